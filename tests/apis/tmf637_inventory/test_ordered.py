"""A patch leaves alone what was ordered, over HTTP in both generations, also one that sends back all that was read."""

from __future__ import annotations

from typing import Any

import pytest

from core.clock import FixedClock
from core.context import Context
from core.service import Core
from tests.apis.conftest import Ask
from tests.builders.ordering import an_item, an_order, with_characteristics
from tests.core.ordering.shop import Shop, stock

NUMBER = "+4915112345678"
# The product would have no number and no customer any more, and its usage would be charged as before.
OTHER = {"@type": "ProductOfferingRef", "id": "plan-m"}
UNDOING: dict[str, Any] = {"productCharacteristic": [], "relatedParty": [], "productOffering": OTHER}


@pytest.mark.parametrize("version", ["v4", "v5"])
def test_a_patch_changes_what_describes_a_product_and_nothing_that_was_ordered(
    ask: Ask, core: Core, context: Context, clock: FixedClock, version: str
) -> None:
    shop = Shop(core, context, clock)
    shop.run(stock)
    product = shop.product(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
    place = f"/tmf-api/productInventory/{version}/product/{product['id']}"
    typed = {"@type": "Product"} if version == "v5" else {}
    refused = ask("PATCH", place, json={**typed, **UNDOING})
    assert refused.status_code == 409, refused.text
    assert refused.json()["code"] == "changedByOrder"
    assert all(name in refused.text for name in UNDOING)
    assert shop.get("Product", product["id"]) == product
    read = ask("GET", place).json()
    news = {"description": "x", "shelf": {"row": 7}, "name": "Ada's phone"}
    reply = ask("PATCH", place, json={**read, **news})
    assert reply.status_code == 200, reply.text
    assert reply.json() == {**read, **news}
    assert shop.get("Product", product["id"]) == {**product, **news}


@pytest.mark.parametrize("version", ["v4", "v5"])
def test_a_patch_suspends_what_was_ordered_and_does_not_end_it(
    ask: Ask, core: Core, context: Context, clock: FixedClock, version: str
) -> None:
    shop = Shop(core, context, clock)
    shop.run(stock)
    product = shop.product(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
    place = f"/tmf-api/productInventory/{version}/product/{product['id']}"
    refused = ask("PATCH", place, json={"@type": "Product", "status": "terminated"})
    assert (refused.status_code, refused.json()["code"]) == (409, "changedByOrder")
    assert "action 'delete'" in refused.text
    assert shop.get("Product", product["id"]) == product
    for status in ("suspended", "active"):
        assert ask("PATCH", place, json={"@type": "Product", "status": status}).json()["status"] == status
