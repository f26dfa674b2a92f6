"""Equality on any path finds the same on both databases as a plain walk over the documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.context import Context
from core.entity import values_at
from core.query import Condition, Criterion, Member, Negation, Order, Query
from core.service import Core
from core.storage.json import loads

DOCUMENTS: list[dict[str, Any]] = [
    {"id": "a", "name": "pan", "owner": {"id": "o1"}, "tags": ["x", "y"], "size": Decimal("1.50"), "open": True},
    {"id": "b", "name": "5", "parts": [{"role": "lid", "of": {"id": "p1"}}, {"role": "rim", "n": 5}], "size": 5},
    {"id": "c", "name": "true", "parts": {"role": "lid"}, "open": False, "nested": [[{"deep": "z"}]], "size": "5"},
    {"id": "d", "name": 'quo"te\\', "when": "2026-01-01T10:00:00.000+01:00", "none": None},
]


def spelled(value: Any) -> set[str]:
    """Return the query values that mean `value`."""
    if isinstance(value, bool):
        return {"true"} if value else {"false"}
    return {value} if isinstance(value, str) else {str(value)}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", "pan"),
        ("name", "5"),
        ("name", 'quo"te\\'),
        ("name", "' OR 1=1 --"),
        ("owner.id", "o1"),
        ("tags", "y"),
        ("size", "5"),
        ("size", "1.50"),
        ("open", "true"),
        ("open", "false"),
        ("parts.role", "lid"),
        ("parts.of.id", "p1"),
        ("parts.n", "5"),
        ("when", "2026-01-01T10:00:00.000+01:00"),
        ("name.first", "pan"),
        ("absent", "x"),
        ("none", "null"),
        ("na.me", "$.name"),
    ],
)
def test_a_path_finds_exactly_the_documents_that_say_the_value(
    things: Core, context: Context, path: str, value: str
) -> None:
    things.run(context, lambda work: work.create_many("Thing", [dict(d) for d in DOCUMENTS]))
    parts = tuple(path.split("."))
    expected = [d["id"] for d in DOCUMENTS if any(value in spelled(v) for v in values_at(d, parts) if v is not None)]
    with things.reading(context) as reading:
        found = reading.find("Thing", Query((Condition(parts, (value,)),)))
    assert [d["id"] for d in found.items] == expected


@pytest.mark.parametrize(
    "text",
    ['quo"te', "back\\slash", "tab\tand\nline", "a/b", "\x7f\u2028é", "\U0001f600", "", " ", "*?[a]*", "x" * 60_000],
)
def test_text_is_found_however_json_writes_it(things: Core, context: Context, text: str) -> None:
    documents: list[dict[str, Any]] = [{"id": "a", "title": [{"is": text}]}, {"id": "b", "title": [{"is": f"{text}."}]}]
    things.run(context, lambda work: work.create_many("Thing", documents))
    with things.reading(context) as reading:
        found = reading.find("Thing", Query((Condition(("title", "is"), (text,)),)))
    assert [d["id"] for d in found.items] == ["a"]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("650", ("650", "650.00", "6.5E+2", "65e1")),
        ("6.50e2", ("650", "650.00", "6.5E+2")),
        ("0.0000001", ("1E-7", "0.00000010")),
        ("-12.50", ("-12.5", "-1.25e1")),
        ("0", ("0", "-0", "0.00", "0E+3", "0E-9")),
        ("1e30", ("1E+30", f"1{'0' * 30}")),
    ],
)
def test_a_number_is_found_however_it_is_written(
    things: Core, context: Context, asked: str, written: tuple[str, ...]
) -> None:
    numbers = {"other": Decimal("1.5"), **{number: loads(number) for number in written}}
    documents: list[dict[str, Any]] = [{"id": name, "size": {"is": number}} for name, number in numbers.items()]
    things.run(context, lambda work: work.create_many("Thing", documents))
    with things.reading(context) as reading:
        for condition in (Condition(("size", "is"), (asked,)), Member(("size",), Condition(("is",), ("no", asked)))):
            found = reading.find("Thing", Query((condition,))).items
            assert {document["id"] for document in found} == set(written)


def test_any_of_several_values_will_do_and_all_conditions_must_hold(things: Core, context: Context) -> None:
    things.run(context, lambda work: work.create_many("Thing", [dict(d) for d in DOCUMENTS]))
    query = Query((Condition(("parts", "role"), ("lid", "nothing")), Condition(("size",), ("5",))), limit=10)
    with things.reading(context) as reading:
        assert [d["id"] for d in reading.find("Thing", query).items] == ["b", "c"]
        narrower = Query((*query.conditions, Condition(("open",), ("false",))), limit=10)
        assert reading.find("Thing", narrower).total == 1


def test_a_value_of_any_length_can_be_kept_in_a_column_and_found(things: Core, context: Context) -> None:
    long = "\U0001f600" * 5000
    things.run(
        context, lambda work: work.create_many("Thing", [{"id": "a", "name": long}, {"id": "b", "name": long[1:]}])
    )
    with things.reading(context) as reading:
        assert [d["id"] for d in reading.find("Thing", Query.matching({"name": long})).items] == ["a"]
        assert [d["id"] for d in reading.find_by("Thing", name=[long[1:]])] == ["b"]


def test_thousands_of_values_may_be_asked_for(things: Core, context: Context) -> None:
    things.run(context, lambda work: work.create_many("Thing", [dict(d) for d in DOCUMENTS]))
    many = tuple(str(number) for number in range(3000))
    with things.reading(context) as reading:
        found = reading.find("Thing", Query((Condition(("size",), many), Condition(("parts", "n"), (*many, "true")))))
    assert [d["id"] for d in found.items] == ["b"]


@pytest.mark.parametrize(
    "criterion",
    [
        Condition(("x",), ("5",)),
        Condition(("x",), ("a",)),
        Condition(("x",), ("-1",), "gte"),
        Condition(("x",), ("2026-01-01T09:00:00Z",)),
        Condition(("x",), ("2026-01-01T09:00:00Z",), "gte", "instant"),
        Condition(("x",), operator="null"),
        Condition(("x", "k"), ("5",)),
        Member(("x",), Condition((), ("5",))),
        Member(("x",), Condition((), ("0",), "gte")),
        Member(("x",), Condition(("k",), ("5",))),
        Member(("x",), Condition(("k",), operator="present")),
        Member(("x",), Negation(Condition(("k",), ("7",)))),
        Member(("x",), Condition((), ("2026-01-01T09:00:00Z",))),
    ],
)
def test_an_array_inside_an_array_is_not_compared_as_its_members(
    things: Core, context: Context, criterion: Criterion
) -> None:
    members = (5, "a", "2026-01-01T10:00:00+01:00", None, {"k": 5})
    things.run(context, lambda work: work.create_many("Thing", [{"id": "a", "x": [[*members]]}]))
    with things.reading(context) as reading:
        assert reading.find("Thing", Query((criterion,))).items == []
        assert len(reading.find("Thing", Query((Negation(criterion),))).items) == 1


def test_a_list_is_not_sorted_by_what_an_array_has_inside_of_an_array(things: Core, context: Context) -> None:
    said = [("a", [[1]]), ("b", [[0], 3]), ("c", 2), ("d", [["2026-01-01T10:00:00Z"]])]
    things.run(context, lambda work: work.create_many("Thing", [{"id": key, "x": value} for key, value in said]))
    for kind in ("any", "instant"):
        with things.reading(context) as reading:
            found = reading.find("Thing", Query(sort=(Order(("x",), kind=kind),))).items
        assert "".join(each["id"] for each in found) == ("cbad" if kind == "any" else "abcd")
