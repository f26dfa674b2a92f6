"""Bodies that schemathesis draws from the complete documents get through the other generation and back whole.

tests/apis/generated.py draws more of what is hard for dialects; these are drawn by who knows nothing of us.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from apis.tmf630.json_body import parse_body
from apis.tmf630.operations import admitted
from apis.tmf630.version import ServedResource
from core.entity import copied
from core.errors import BssError
from core.storage.json import dumps
from tests.apis.generations import both
from tests.apis.test_completion import patched, reading
from tests.apis.test_dialect_properties import CREATED, creation_of, lost

pytestmark = pytest.mark.slow
drawing = settings(max_examples=8, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
each_created = pytest.mark.parametrize(("api", "name"), CREATED)


@cache
def bodies(api: str, name: str, generation: str) -> st.SearchStrategy[Any]:
    """Return a strategy for the bodies that create a resource."""
    old, new = both(api, name)
    resource = old if generation == "v4" else new
    operations = schemathesis.openapi.from_dict(copied(resource.version.specification.document))
    return operations[resource.path]["POST"].as_strategy().map(lambda case: case.body)


def taken_in(resource: ServedResource, drawn: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a body as it was sent and as it is stored; what the edge refuses is left aside."""
    try:
        said = parse_body(dumps(drawn))
        assume(not resource.version.validators.of(creation_of(resource)).faults(said))
        stored = admitted(resource, copied(said))
    except (BssError, TypeError):
        assume(False)
    return said, {"id": "1"} | stored


@each_created
@drawing
@given(data=st.data())
def test_a_body_of_v4_is_valid_in_v5_and_comes_back(api: str, name: str, data: st.DataObject) -> None:
    old, new = both(api, name)
    said, stored = taken_in(old, data.draw(bodies(api, name, "v4")))
    assert not new.validator.faults(stored)
    shown = old.fitted(old.dialect.dump(copied(stored)))
    assert not old.validator.faults(shown)
    assert lost({name: value for name, value in said.items() if name not in ("id", "href")}, shown) is None


@each_created
@drawing
@given(data=st.data())
def test_a_body_of_v5_is_valid_in_v4_and_sent_back_from_there_changes_nothing(
    api: str, name: str, data: st.DataObject
) -> None:
    old, new = both(api, name)
    _, stored = taken_in(new, data.draw(bodies(api, name, "v5")))
    shown = old.fitted(old.dialect.dump(copied(stored)))
    assert not old.validator.faults(shown)
    assert patched(old, stored, reading(old, shown)) == stored
