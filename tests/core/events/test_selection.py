"""What a selection takes, and that a filter means in memory what it means in a list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.context import Context
from core.evaluation import holds
from core.events.selection import Selection
from core.query import Condition, Query
from core.service import Core

CREATE, DELETE = ("Customer", "Create"), ("Customer", "Delete")
NAMED = Condition(("name",), ("Jo", "Joe"))
VALUES: tuple[Any, ...] = ("7", 7, Decimal("7.0"), "7.0", True, "true", None, ["x", 7], [], {"a": 7}, [{"a": "7"}], "x")


def test_only_the_kinds_named_are_taken_and_what_meets_every_filter() -> None:
    selection = Selection({CREATE: (), DELETE: (NAMED, Condition(("status",), ("active",)))})
    assert selection.takes(CREATE)
    assert selection.takes(DELETE, {"name": "Joe", "status": "active"})
    assert not selection.takes(DELETE, {"name": "Joe", "status": "new"})
    assert not selection.takes(DELETE, {"name": "Jim", "status": "active"})
    assert not selection.takes(("Customer", "StateChange"))
    assert [selection.looks_inside(kind) for kind in (CREATE, DELETE)] == [False, True]


@pytest.mark.parametrize("path", [("value",), ("value", "a"), ("none",)])
@pytest.mark.parametrize("wanted", [("7",), ("7.0",), ("true",), ("x", "y"), ("",)])
def test_a_filter_takes_in_memory_what_a_list_finds(
    core: Core, context: Context, path: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    party = {"@type": "PartyRef", "id": "p1"}
    documents = [
        {"@type": "Customer", "id": f"c{place:02}", "name": "Jo", "engagedParty": party, "value": value}
        for place, value in enumerate(VALUES)
    ]
    with core.work(context) as work:
        work.create_many("Customer", documents)
    condition = Condition(path, wanted)
    with core.reading(context) as reading:
        found = [document["id"] for document in reading.find("Customer", Query((condition,))).items]
    assert found == [document["id"] for document in documents if holds(condition, document)]
