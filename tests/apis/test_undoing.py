"""What can't be shown is not committed."""

from __future__ import annotations

import pytest

from apis.tmf630.exchange import Request
from apis.tmf630.operations import undo_invalid
from core.context import Context
from core.errors import Conflict
from core.service import Core
from tests.apis.generations import both


def test_what_v4_writes_is_undone_where_v5_could_not_show_it(core: Core, context: Context) -> None:
    old, _ = both("tmf637", "Product")
    request = Request(core, context, old.version.operations["createProduct"], "http://localhost", {}, {})
    product = {"@type": "Product", "id": "1", "status": "created", "productOffering": {"id": "x"}}
    with pytest.raises(Conflict, match="other versions") as refusal:
        undo_invalid(request, old, product)
    assert [fault.path for fault in refusal.value.faults] == ["productOffering.@type"]
    product["productOffering"]["@type"] = "ProductOfferingRef"  # type: ignore[index]
    assert undo_invalid(request, old, product)["productOffering"]["id"] == "x"
