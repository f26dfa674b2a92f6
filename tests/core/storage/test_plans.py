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
    """A core with 3,000 things, of which a few are alike."""
    if things.database.is_sqlite:
        pytest.skip("SQLite has no such index")
    documents: list[dict[str, Any]] = [
        {
            "id": f"{n:05d}",
            "name": f"thing {n}",
            "x": {"y": [f"v{n % 700}", n % 900]},
            "part": [{"role": f"r{n % 800}"}],
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
