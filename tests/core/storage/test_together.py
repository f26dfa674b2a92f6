"""Transactions of one thread that are committed together: each fails for itself, and nothing of a lost one stays."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from core.context import Context
from core.errors import Conflict, Unavailable
from core.events.outbox import outbox
from core.query import Query
from core.service import Core, Work
from tests.builders.customer import a_customer


@pytest.fixture
def create(core: Core, context: Context) -> Any:
    """What creates a customer in a transaction."""

    def create(identifier: str) -> None:
        core.run(context, lambda work: work.create("Customer", a_customer(id=identifier)))

    return create


def stored(core: Core, context: Context) -> list[str]:
    with core.reading(context) as reading:
        return sorted(each["id"] for each in reading.find("Customer", Query(limit=None)).items)


def told(core: Core) -> int:
    with core.database.reading() as connection:
        return len(connection.execute(outbox.select()).all())


def test_nobody_sees_what_is_committed_together_before_it_is(core: Core, context: Context, create: Any) -> None:
    with core.together():
        create("one")
        create("two")
        assert stored(core, context) == []
    assert stored(core, context) == ["one", "two"]
    assert told(core) == 2


def test_each_transaction_is_undone_by_itself_with_its_events(core: Core, context: Context, create: Any) -> None:
    def create_and_fail(work: Work) -> None:
        work.create("Customer", a_customer(id="undone"))
        raise Conflict("in the end")

    with core.together():
        create("before")
        with pytest.raises(Conflict):
            core.run(context, create_and_fail)
        with pytest.raises(Conflict, match="already"):
            create("before")
        with pytest.raises(IntegrityError), core.database.writing() as connection:
            connection.execute(text("INSERT INTO customer (id) VALUES (NULL)"))
        create("after")
    assert stored(core, context) == ["after", "before"]
    assert told(core) == 2


def test_the_next_sees_what_the_one_before_it_did(core: Core, context: Context, create: Any) -> None:
    with core.together():
        create("one")
        core.run(context, lambda work: work.change("Customer", "one", lambda found: found | {"name": "anew"}))
    with core.reading(context) as reading:
        assert reading.require("Customer", "one")["name"] == "anew"


def test_nothing_is_kept_when_the_block_fails(core: Core, context: Context, create: Any) -> None:
    def fail() -> None:
        with core.together():
            create("one")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert stored(core, context) == []
    create("two")
    assert stored(core, context) == ["two"]


def test_nothing_is_kept_when_the_database_has_given_up_in_between(core: Core, context: Context, create: Any) -> None:
    def fail() -> None:
        with core.database.writing() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("ROLLBACK")  # as SQLite does by itself when a disk fails
            raise RuntimeError("disk I/O error")

    def lose() -> None:
        with core.together():
            create("one")
            with pytest.raises(RuntimeError):
                fail()

    def go_on() -> None:
        with core.together():
            with pytest.raises(RuntimeError):
                fail()
            create("one")

    for task in (lose, go_on):
        with pytest.raises(Unavailable):
            task()
    assert stored(core, context) == []


def test_nothing_is_kept_after_an_error_that_nobody_has_undone(core: Core, create: Any, context: Context) -> None:
    def swallow() -> None:
        with core.database.together():
            with core.database.writing() as connection:
                connection.execute(customer.insert(), row)
            with core.database.writing() as connection, suppress(IntegrityError):
                connection.execute(customer.insert(), row)

    create("there")
    customer = core.repositories["Customer"].table
    with core.database.reading() as connection:
        row = dict(connection.execute(customer.select()).mappings().one()) | {"id": "swallowed"}
    if core.database.is_sqlite:
        swallow()  # which goes on after an error of a statement
    else:
        with pytest.raises(Unavailable):
            swallow()
    with core.reading(context) as reading:
        assert (reading.get("Customer", "swallowed") is not None) is core.database.is_sqlite


def test_what_no_longer_fits_on_the_disk_is_refused_and_the_rest_is_whole(
    core: Core, context: Context, create: Any
) -> None:
    if not core.database.is_sqlite:
        pytest.skip("about SQLite")
    with core.database.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 8}")
    accepted: list[str] = []

    def fill() -> None:
        with core.together():
            for number in range(1000):
                create(str(number))
                accepted.append(str(number))

    with pytest.raises((OperationalError, Unavailable)):
        fill()
    assert accepted
    assert stored(core, context) == []


def test_listeners_for_events_hear_of_them_when_they_are_there(core: Core, context: Context, create: Any) -> None:
    seen: list[list[str]] = []
    core.when_told.append(lambda: seen.append(stored(core, context)))
    with core.together():
        create("one")
        create("two")
    assert seen == [["one", "two"]]
