"""Transactions of one thread that are committed together: each fails for itself, and nothing of a lost one stays."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from core.context import Context
from core.errors import Conflict, Unavailable
from core.events.outbox import outbox
from core.query import Query
from core.service import Core, Work
from core.storage.shared_transaction import Apart
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
        with pytest.raises(Conflict, match="identifier of another"):
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
            connection.execute(text("SELECT 1"))
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


def a_new_customer(**attributes: Any) -> dict[str, Any]:
    """A customer whose identifier is left to us."""
    customer = a_customer(**attributes)
    del customer["id"]
    return customer


def statements_of(core: Core) -> list[str]:
    """Return the statements on the table of customers that the writer is given from now on, one for a set of rows."""
    given: list[str] = []

    @event.listens_for(core.database.writer, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "customer" in statement:
            given.append(statement.split()[0])

    return given


def test_what_is_new_in_several_transactions_is_added_in_one_statement(core: Core, context: Context) -> None:
    given = statements_of(core)

    def create_and_fail(work: Work) -> None:
        work.create("Customer", a_new_customer(name="undone"))
        raise Conflict("in the end")

    with core.together():
        core.run(context, lambda work: work.create("Customer", a_new_customer(name="one")))
        with pytest.raises(Conflict):
            core.run(context, create_and_fail)
        core.run(context, lambda work: work.create("Customer", a_new_customer(name="two")))
    with core.reading(context) as reading:
        assert {each["name"] for each in reading.find("Customer", Query(limit=None)).items} == {"one", "two"}
    assert (given, told(core)) == (["INSERT"], 2)


def test_what_is_new_is_there_for_whoever_looks_and_undone_with_the_rest(core: Core, context: Context) -> None:
    given = statements_of(core)

    def change_and_fail(work: Work) -> None:
        made = work.create("Customer", a_new_customer(name="undone"))
        work.change("Customer", made["id"], lambda found: found | {"name": "changed"})
        assert work.require("Customer", made["id"])["name"] == "changed"
        raise Conflict("in the end")

    with core.together():
        kept = core.run(context, lambda work: work.create("Customer", a_new_customer(name="kept")))
        with pytest.raises(Conflict, match="in the end"):
            core.run(context, change_and_fail)
        core.run(context, lambda work: work.change("Customer", kept["id"], lambda found: found | {"name": "anew"}))
    with core.reading(context) as reading:
        assert [each["name"] for each in reading.find("Customer", Query(limit=None)).items] == ["anew"]
    assert given == ["INSERT", "INSERT", "SELECT", "UPDATE", "SELECT", "SELECT", "UPDATE"]
    assert told(core) == 2


@pytest.mark.usefixtures("one_customer_a_name")
def test_nothing_is_kept_and_all_are_to_be_done_apart_where_what_is_new_is_refused(
    core: Core, context: Context
) -> None:
    def create_twice() -> None:
        with core.together():
            for name in ("Ann", "Bea", "Bea"):
                core.run(context, lambda work, name=name: work.create("Customer", a_new_customer(name=name)))

    def look_after_them() -> None:
        with core.together():
            for name in ("Ann", "Bea", "Bea"):
                core.run(context, lambda work, name=name: work.create("Customer", a_new_customer(name=name)))
            with pytest.raises(Apart):
                core.run(context, lambda work: work.find("Customer", Query()))
            core.run(context, lambda work: work.create("Customer", a_new_customer(name="Cid")))

    for task in (create_twice, look_after_them):
        with pytest.raises(Apart):
            task()
        assert (stored(core, context), told(core)) == ([], 0)


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
