"""Filters, orders and pages mean the same to SQLite, PostgreSQL and a plain evaluation in memory."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.context import Context
from core.entity import copied
from core.evaluation import in_order, meets
from core.query import AllOf, AnyOf, Condition, Criterion, Judged, Member, Negation, Order, Query
from core.service import Core
from core.values import read_instant

_TENANTS = count()
NAMES = ("name", "x", "y", "when", "part")
WORDS = (
    "",
    "a",
    "A",
    "ab",
    "b",
    "5",
    "5.0",
    "-5",
    "1e1",
    "true",
    "é",
    "\U0001f600",
    'quo"te',
    "back\\slash",
    "%_",
    "'",
)
TIMES = (
    "2026-01-01T10:00:00.000Z",
    "2026-01-01T11:00:00+01:00",
    "2026-01-01t10:00:00.1234567z",
    "2026-01-01T10:00:00.123456Z",
    "2025-12-31T23:59:59-10:00",
    "2016-12-31T23:59:60Z",
    "9999-12-31T23:59:59-05:00",
    "0001-01-01T00:00:00+14:00",
    "0000-01-01T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-01-01",
)
NUMBERS = (
    "5",
    "5.0",
    "5e0",
    "-5",
    "0",
    "-0.0",
    "10",
    "9.5",
    "0.1",
    "0.10000000000000000001",
    "9007199254740993",
    "1e20",
)
texts = st.sampled_from((*WORDS, *TIMES))
numbers = st.sampled_from(NUMBERS).map(lambda text: int(text) if text.lstrip("-").isdigit() else Decimal(text))
scalars = st.one_of(texts, numbers, st.booleans(), st.none())
parts = st.dictionaries(st.sampled_from(("x", "y", "when")), scalars, max_size=3)
inner = st.lists(st.one_of(scalars, parts), max_size=2)
values = st.one_of(scalars, inner, parts, st.lists(st.one_of(parts, scalars, inner), max_size=3))
documents = st.fixed_dictionaries(
    {},
    optional={"name": texts, "since": st.sampled_from(TIMES[:8]), "owner": st.fixed_dictionaries({"id": texts})}
    | dict.fromkeys(NAMES[1:], values),
)
paths = st.one_of(
    st.sampled_from((("name",), ("owner", "id"), ("id",), ("since",))),
    st.lists(st.sampled_from(NAMES[1:]), min_size=1, max_size=2).map(tuple),
)
asked = st.sampled_from((*WORDS, *TIMES, *NUMBERS))


def conditions(within: st.SearchStrategy[tuple[str, ...]]) -> st.SearchStrategy[Criterion]:
    some = st.lists(asked, min_size=1, max_size=3).map(tuple)
    compared = st.sampled_from(("eq", "ne", "gt", "gte", "lt", "lte"))
    any_kind = st.builds(Condition, within, some, compared, st.sampled_from(("any", "text")))
    exact = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=2).map(tuple)
    number = st.builds(Condition, within, exact, compared, st.just("number"))
    truth = st.builds(Condition, within, st.sampled_from((("true",), ("false",))), st.just("eq"), st.just("truth"))
    times = st.sampled_from([text for text in TIMES if read_instant(text) or len(text) == 10])
    instant = st.builds(Condition, within, times.map(lambda text: (text,)), compared, st.just("instant"))
    known = st.builds(Condition, within, st.just(()), st.sampled_from(("present", "null")))
    pattern = st.sampled_from((("^a",), ("5", "b$"), (".",), ("é|[A-Z]",)))
    regex = st.builds(Condition, within, pattern, st.just("regex"))
    return st.one_of(any_kind, number, truth, instant, known, regex)


inside = st.one_of(conditions(st.sampled_from((("x",), ("y",), ("when",)))), conditions(st.just(())))
members = st.builds(
    Member, st.sampled_from((("part",), ("x",), ("y", "part"))), st.builds(AllOf, st.tuples(inside, inside))
)
judged = st.just(Judged(lambda node: isinstance(node, dict) and len(node) > 3))
criteria = st.recursive(
    st.one_of(conditions(paths), members, judged),
    lambda some: st.one_of(
        st.builds(AllOf, st.tuples(some, some)),
        st.builds(AnyOf, st.tuples(some, some)),
        st.builds(Negation, some),
        st.builds(Member, st.just(("part",)), some.filter(lambda each: not isinstance(each, Judged))),
    ),
    max_leaves=4,
)
shown = st.sampled_from(((), (("a", "true"), ("b", "A"), ("true", "quo'te"), (TIMES[0], "\U0001f600"))))
orders = st.builds(Order, paths, st.booleans(), st.sampled_from(("any", "text", "instant")), shown)


def rather_by_index(things: Core, switch: str) -> None:
    """Have PostgreSQL, which looks through small tables, find what meets a condition by the GIN index, or not."""
    if not things.database.is_sqlite:
        other = "off" if switch == "on" else "on"
        with things.database.reading() as connection:
            for way in ("seqscan", "indexscan", "indexonlyscan"):
                connection.exec_driver_sql(f"SET enable_{way} = {other}")


def ids_of(found: list[dict[str, Any]]) -> list[str]:
    return [document["id"] for document in found]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    said=st.lists(documents, min_size=1, max_size=8),
    asked=st.lists(criteria, max_size=2).map(tuple),
    sort=st.lists(orders, max_size=2).map(tuple),
    limit=st.integers(1, 4),
    by_index=st.booleans(),
)
def test_databases_find_what_an_evaluation_in_memory_finds(
    things: Core,
    said: list[dict[str, Any]],
    asked: tuple[Criterion, ...],
    sort: tuple[Order, ...],
    limit: int,
    by_index: bool,
) -> None:
    rather_by_index(things, "on" if by_index else "off")
    context = Context(f"tenant-{next(_TENANTS)}")
    with things.work(context) as work:
        for place, document in enumerate(said):
            work.create("Thing", copied(document) | {"id": f"{place}"})
    with things.reading(context) as reading:
        everything = reading.find("Thing", Query()).items
        expected = ids_of(in_order([each for each in everything if meets(each, Query(asked))], sort))
        whole = reading.find("Thing", Query(asked, sort=sort))
        assert (ids_of(whole.items), whole.total, whole.exact) == (expected, len(expected), True)
        assert ids_of(list(reading.each("Thing", asked))) == sorted(expected)
        by_offset, by_cursor, after = [], [], None
        for offset in range(0, len(expected) + 1, limit):
            bounds = {"limit": limit, "sort": sort, "count_limit": 100, "scan_limit": 100}
            page = reading.find("Thing", Query(asked, offset=offset, **bounds))
            assert page.total == len(expected)
            by_offset += ids_of(page.items)
            if offset and after is None:
                continue
            following = reading.find("Thing", Query(asked, after=after, **bounds))
            by_cursor += ids_of(following.items)
            after = following.last
        assert by_offset == by_cursor == expected


def test_what_is_said_not_to_be_is_found_by_the_index_too(things: Core) -> None:
    context = Context(f"tenant-{next(_TENANTS)}")
    said = ({}, {"x": True}, {"x": True, "name": "z"}, {"name": "z"}, *[{"x": True}] * 300)
    with things.work(context) as work:
        for place, document in enumerate(said):
            work.create("Thing", document | {"id": f"{place}"})
    with things.database.reading() as connection:
        connection.exec_driver_sql("ANALYZE")
    both = AllOf((Condition(("name",), ("z",), "ne"), Condition(("x",), ("true",), kind="truth")))
    for switch in ("off", "on"):
        rather_by_index(things, switch)
        with things.reading(context) as reading:
            assert ids_of(reading.find("Thing", Query((Negation(both),))).items) == ["0", "2", "3"]
            assert reading.find("Thing", Query((Negation(Negation(both)),))).total == 301


def test_what_a_document_lacks_is_no_null_to_an_evaluation(things: Core) -> None:
    context = Context(f"tenant-{next(_TENANTS)}")
    with things.work(context) as work:
        for place, document in enumerate(({}, {"part": None}, {"part": {"name": "b"}}, {"part": {"name": "a"}})):
            work.create("Thing", document | {"id": f"{place}"})
    unlike = Negation(Condition(("name",), ("^a",), "regex"))
    with things.reading(context) as reading:
        assert ids_of(reading.find("Thing", Query((Member(("part",), unlike),))).items) == ["1", "2"]


def test_a_member_that_is_there_is_present(things: Core) -> None:
    context = Context(f"tenant-{next(_TENANTS)}")
    with things.work(context) as work:
        for place, document in enumerate(({}, {"part": "a"}, {"part": ["a"]}, {"part": []})):
            work.create("Thing", document | {"id": f"{place}"})
    present = Member(("part",), Condition((), (), "present"))
    with things.reading(context) as reading:
        everything = reading.find("Thing", Query()).items
        assert ids_of(reading.find("Thing", Query((present,))).items) == ["1", "2"]
        assert ids_of([each for each in everything if meets(each, Query((present,)))]) == ["1", "2"]


def test_a_member_is_there_whatever_it_is(things: Core) -> None:
    context = Context(f"tenant-{next(_TENANTS)}")
    with things.work(context) as work:
        for place, part in enumerate(("", None, {}, [], 5)):
            work.create("Thing", {"id": f"{place}", "part": part})
    for other in (Negation(Condition(("x",), ("5",))), Judged(lambda _: True)):
        wanted = Member(("part",), AllOf((other, Condition((), (), "present"))))
        with things.reading(context) as reading:
            assert ids_of(reading.find("Thing", Query((wanted,))).items) == ["0", "1", "2", "4"]
