"""Criteria on a document in memory: by type, through arrays, and with patterns that can't take long."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.errors import InvalidInput
from core.evaluation import holds, in_order, meets
from core.query import AllOf, AnyOf, Condition, Criterion, Judged, Member, Negation, Order, Query

DOCUMENT: dict[str, Any] = {
    "id": "a",
    "name": "Fan",
    "size": Decimal("1.50"),
    "count": 12,
    "open": True,
    "none": None,
    "since": "2026-01-01T10:00:00.000+01:00",
    "part": [{"role": "lid", "n": 1}, {"role": "rim", "n": 5}],
}


def asks(path: str, *values: str, **how: Any) -> Condition:
    return Condition(tuple(path.split(".")), values, **how)


@pytest.mark.parametrize(
    "criterion",
    [
        asks("size", "1.5"),
        asks("count", "9", operator="gt"),
        asks("name", "Eve", operator="gt"),
        asks("open", "true"),
        asks("since", "2026-01-01T09:00:00Z"),
        asks("since", "2026-01-01", operator="gte", kind="instant"),
        asks("since", "2026-01-01T09:30:00Z", operator="lt"),
        asks("part.role", "x", "rim"),
        asks("name", "Fun", operator="ne"),
        asks("absent", "x", operator="ne"),
        asks("name", "^F.n$", operator="regex"),
        asks("none", operator="null"),
        asks("none", operator="present"),
        Member(("part",), AllOf((asks("role", "rim"), asks("n", "5", kind="number")))),
        AnyOf((asks("name", "x"), Negation(asks("name", "y")))),
        Judged(lambda document: len(document["part"]) == 2),
    ],
)
def test_a_criterion_holds_for_what_the_document_says(criterion: Criterion) -> None:
    assert holds(criterion, DOCUMENT)
    assert not holds(Negation(criterion), DOCUMENT)


@pytest.mark.parametrize(
    "criterion",
    [
        asks("count", "2", operator="gt", kind="text"),
        asks("name", "1", operator="gt", kind="number"),
        asks("size", "1.5", kind="text"),
        asks("open", "false"),
        asks("name", "fan"),
        asks("name", "Fan", operator="ne"),
        asks("part.role", "rim", operator="ne"),
        asks("absent", "0", operator="lt"),
        asks("none", "null"),
        asks("name", "^a", operator="regex"),
        Member(("part",), AllOf((asks("role", "lid"), asks("n", "5")))),
    ],
)
def test_a_criterion_does_not_hold_for_anything_else(criterion: Criterion) -> None:
    assert not holds(criterion, DOCUMENT)


def test_a_query_is_met_if_all_of_it_is() -> None:
    assert meets(DOCUMENT, Query((asks("name", "Fan"), asks("count", "12"))))
    assert not meets(DOCUMENT, Query((asks("name", "Fan"), asks("count", "13"))))


@pytest.mark.parametrize("text", ["(?=x)", r"(a)\1", "[", "a{1001}", "((a{100}){100}){100}", "a" * 501])
def test_a_pattern_that_could_take_long_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        holds(asks("name", text, operator="regex"), DOCUMENT)


def test_a_pattern_that_makes_other_engines_hang_is_quick() -> None:
    assert not holds(asks("name", "^(a+)+$", operator="regex"), {"name": "a" * 50_000 + "b"})


def test_documents_are_sorted_by_type_and_those_without_the_attribute_come_last() -> None:
    said = ["b", None, 10, "B", Decimal("9.5"), True, ["z", 1], False]
    documents = [{"id": str(place), "x": value} for place, value in enumerate(said)]
    ascending = [each["id"] for each in in_order(documents, [Order(("x",))])]
    assert ascending == ["4", "2", "3", "0", "6", "7", "5", "1"]
    assert [each["id"] for each in in_order(documents, [Order(("x",), descending=True)])] == ascending[::-1]
