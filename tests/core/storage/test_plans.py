"""PostgreSQL answers from its indexes; and whatever a query says, it reaches SQL as a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from core.context import Context
from core.query import AllOf, AnyOf, Condition, Criterion, Member, Order, Query
from core.service import Core
from core.storage import listing

HOSTILE = """x') OR 1=1; DROP TABLE thing; -- " :v0 %(v0)s ${} \\ \U0001f600"""


@contextmanager
def statements(core: Core) -> Iterator[list[tuple[str, Any]]]:
    """Give what is sent to the database while the block lasts."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(core.database.reader, "before_cursor_execute", note)
    yield sent
    event.remove(core.database.reader, "before_cursor_execute", note)


@pytest.fixture
def many(things: Core, context: Context) -> Core:
    """A core with 3,000 things, of which a few are alike; of values as long the planner doesn't know how frequent."""
    if things.database.is_sqlite:
        pytest.skip("SQLite has no such index")
    documents: list[dict[str, Any]] = [
        {
            "id": f"{n:05d}",
            "name": f"thing {n}",
            "x": {"y": [f"v{n % 700}", n % 900]},
            "part": [{"role": f"r{n % 800}"}],
            "description": "x" * 1100,
            "shape": "round",
            "series": "first" if n < 150 else "second",
            "late": n >= 900,
        }
        for n in range(3000)
    ]
    things.run(context, lambda work: work.create_many("Thing", documents))
    with things.database.reader.connect() as connection:
        # As the server does by itself: what is new in the GIN index waits in a list at first.
        connection.execute(text("VACUUM ANALYZE thing"))
    return things


@pytest.mark.parametrize(
    ("criterion", "index"),
    [
        (Condition(("x", "y"), ("v7",)), "ix_thing_document"),
        (Condition(("x", "y"), ("7", "v8")), "ix_thing_document"),
        (Condition(("x", "y"), ("7",), kind="number"), "ix_thing_document"),
        (Member(("part",), Condition(("role",), ("r7",), kind="text")), "ix_thing_document"),
        (AnyOf((Condition(("x", "y"), ("v7",)), Condition(("part", "role"), ("r7",)))), "ix_thing_document"),
        (AllOf((Condition(("x", "y"), ("v7",)), Condition(("x", "y"), ("9",), "gt"))), "ix_thing_document"),
        (Condition(("name",), ("thing 7",)), "ix_thing_name"),
    ],
)
def test_equality_on_any_path_is_answered_by_an_index(
    many: Core, context: Context, criterion: Criterion, index: str
) -> None:
    with statements(many) as sent, many.reading(context) as reading:
        found = reading.find("Thing", Query((criterion,), limit=10, count_limit=100, scan_limit=1000))
    assert found.items
    with many.database.reader.connect() as connection:
        for statement, parameters in sent:
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            assert index in "\n".join(line[0] for line in plan)


def test_what_most_have_is_found_in_order_and_not_gathered_from_the_index(
    many: Core, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_size(many, context, monkeypatch)
    common = Condition(("shape",), ("round",))
    for offset in (0, 500):
        query = Query((common,), offset=offset, limit=10, count_limit=10_000, scan_limit=1000)
        with statements(many) as sent, many.reading(context) as reading:
            page = reading.find("Thing", query)
        assert [each["id"] for each in page.items] == [f"{offset + n:05d}" for n in range(10)]
        assert (page.total, page.exact) == (max(200, offset + 10), False)
        assert {use.partition("(")[2] for use in uses(many, sent, "ix_thing_document")} == {"never executed)"}


def test_what_many_have_though_not_the_first_is_counted_by_the_index_as_far_as_it_is(
    many: Core, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn_size(many, context, monkeypatch)
    with many.reading(context) as reading:
        page = reading.find("Thing", Query((Condition(("late",), ("true",)),), limit=10, scan_limit=1000))
    assert ([each["id"] for each in page.items], page.total, page.exact) == (
        [f"{n:05d}" for n in range(900, 910)],
        1000,
        False,
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [(Condition(("series",), ("first",)), 150), (Condition(("x", "y"), ("v7",)), 5), (Condition(("shape",), ("",)), 0)],
)
def test_what_few_have_is_counted_by_the_index_wherever_they_are(
    many: Core, context: Context, monkeypatch: pytest.MonkeyPatch, condition: Condition, expected: int
) -> None:
    learn_size(many, context, monkeypatch)
    with statements(many) as sent, many.reading(context) as reading:
        page = reading.find("Thing", Query((condition,), limit=10, count_limit=10_000, scan_limit=1000))
    assert (page.total, page.exact, len(page.items)) == (expected, True, min(expected, 10))
    assert [use for use in uses(many, sent, "ix_thing_document") if "never executed" not in use]


def test_documents_that_a_page_passes_over_are_not_read(many: Core, context: Context) -> None:
    query = Query(sort=(Order(("name",), kind="text"),), offset=1500, limit=10, count_limit=10_000, scan_limit=1000)
    with statements(many) as sent, many.reading(context) as reading:
        page = reading.find("Thing", query)
    names = sorted(f"thing {n}" for n in range(3000))
    assert ([each["name"] for each in page.items], page.total) == (names[1500:1510], 3000)
    assert ["Index Only Scan" in use for use in uses(many, sent[:1], "ix_thing_name")] == [True]


@pytest.mark.parametrize(
    ("query", "search"),
    [
        (Query(offset=1500, limit=10), "sqlite_autoindex_thing_1 (tenant>?)"),
        (Query(sort=(Order(("name",), kind="text"),), offset=9, limit=10), "ix_thing_name (tenant>?)"),
        (Query(sort=(Order(("name",), True, "text"),), offset=9, limit=10), "ix_thing_name (tenant<?)"),
        (Query((Condition(("name",), ("a",)),), offset=9, limit=10), "ix_thing_name (tenant=? AND name=?)"),
    ],
)
def test_sqlite_passes_over_entries_of_an_index_alone(
    things: Core, context: Context, query: Query, search: str
) -> None:
    if not things.database.is_sqlite:
        pytest.skip("about SQLite")
    with statements(things) as sent, things.reading(context) as reading:
        reading.find("Thing", query)
    with things.database.reader.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", of).all() for statement, of in sent]
    assert f"SEARCH thing USING COVERING INDEX {search}" in [step[-1] for plan in plans for step in plan]


def learn_size(core: Core, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the connection learn from a first list that the table is large."""
    monkeypatch.setattr(listing, "LARGE", 1000)
    with core.reading(context) as reading:
        reading.find("Thing", Query((Condition(("shape",), ("none",)),), limit=1, scan_limit=1000))


def uses(core: Core, sent: list[tuple[str, Any]], index: str) -> list[str]:
    """Run statements again and return where their plans name an index."""
    with core.database.reader.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF) {statement}", of) for statement, of in sent]
        return [line[0] for plan in plans for line in plan if index in line[0]]


@pytest.mark.parametrize("operator", ["eq", "ne", "gt", "regex"])
def test_no_path_and_no_value_is_ever_part_of_the_text_of_a_statement(
    things: Core, context: Context, operator: Any
) -> None:
    value = "x.*DROP" if operator == "regex" else HOSTILE
    things.run(context, lambda work: work.create("Thing", {"id": "a", "name": HOSTILE, "odd '); DROP": {"x": HOSTILE}}))
    for path in (("name",), ("odd '); DROP", "x")):
        conditions = (Condition(path, (value,), operator),)
        with statements(things) as sent, things.reading(context) as reading:
            page = reading.find("Thing", Query(conditions, limit=5, sort=(Order(path), Order(("odd '); DROP",)))))
            assert [each["id"] for each in page.items] == (["a"] if operator in ("eq", "regex") else [])
        assert sent
        assert not [statement for statement, _ in sent if "DROP" in statement]
