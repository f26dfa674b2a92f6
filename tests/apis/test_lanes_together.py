"""Requests that change data and wait together are committed together, and each gets its own answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from apis.edge.desk import GatheringDesk, SharingDesk
from apis.edge.lanes import Lane, read_together
from apis.tmf630.exchange import Reply, Request
from apis.tmf630.handlers import handlers_of
from apis.tmf630.operations import list_resources, retrieve_resource
from core.context import Context
from core.errors import Conflict, NotFound
from core.service import Core, Work
from core.storage.json import dumps
from tests.apis.served import version
from tests.builders.customer import a_customer

CUSTOMERS = version("tmf629")
CREATE = handlers_of(CUSTOMERS)["createCustomer"]


class Counted:
    """A core whose commits are counted, and a lane of it that can be held up."""

    def __init__(self, core: Core) -> None:
        self.core, self.commits = core, 0
        self.lane = Lane("changing", SharingDesk(self.together, 100))
        self.free = threading.Event()

    @contextmanager
    def together(self) -> Iterator[None]:
        with self.core.together():
            yield
        self.commits += 1

    def request(self, operation: str = "createCustomer", api: str = "tmf629", **body: Any) -> Request:
        of = version(api)
        context = Context(self.core.settings.tenant)
        return Request(self.core, context, of.operations[operation], "http://brand.example", {}, {}, body=body)

    def customer(self, identifier: str) -> Any:
        return self.lane.run(CREATE, self.request(**a_customer(id=identifier)))

    async def all(self, *requests: Any) -> list[Any]:
        """Send requests that all wait when the first is done; return replies, or what was raised."""
        first = asyncio.create_task(self.lane.run(self._wait, self.request()))
        sent = [asyncio.ensure_future(each) for each in requests]
        await asyncio.sleep(0)
        self.free.set()
        _first, *outcomes = await asyncio.gather(first, *sent, return_exceptions=True)
        return outcomes

    def _wait(self, _request: Request) -> Reply:
        assert self.free.wait(10)
        return Reply(204)

    def has(self, identifier: str) -> bool:
        with self.core.reading(Context(self.core.settings.tenant)) as reading:
            return reading.get("Customer", identifier) is not None


@pytest.fixture
def counted(core: Core, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    """Give a lane over a database, which commits when nothing waits any more, however slow the machine."""
    monkeypatch.setattr("apis.edge.desk.LONGEST_SHARED", 60)
    counted = Counted(core)
    yield counted
    counted.lane.close()


def test_what_waits_is_committed_at_once_before_anybody_hears_of_it(counted: Counted) -> None:
    async def send(number: int) -> bool:
        reply = await counted.customer(str(number))
        return reply.status == 201 and counted.has(str(number))

    assert asyncio.run(counted.all(*(send(number) for number in range(10)))) == [True] * 10
    assert counted.commits == 1


def test_each_request_is_refused_by_itself(counted: Counted) -> None:
    def task(work: Work) -> Reply:
        work.create("Customer", a_customer(id="3"))
        raise ZeroDivisionError

    def fail(request: Request) -> Reply:
        return request.core.run(request.context, task)

    failing = counted.lane.run(fail, counted.request())
    patch = counted.request("patchCustomer", name="Bea")
    patch.parameters, patch.media_type = {"id": "missing"}, "application/json"
    missing = counted.lane.run(handlers_of(CUSTOMERS)["patchCustomer"], patch)
    outcomes = asyncio.run(
        counted.all(counted.customer("1"), counted.customer("1"), failing, missing, counted.customer("2"))
    )
    assert [type(outcome) for outcome in outcomes] == [Reply, Conflict, ZeroDivisionError, NotFound, Reply]
    assert [counted.has(identifier) for identifier in "123"] == [True, True, False]


def test_nobody_is_told_of_success_when_the_commit_fails(counted: Counted) -> None:
    @contextmanager
    def failing() -> Iterator[None]:
        with counted.core.together():
            yield
            raise OSError("no space left on device")

    lane = counted.lane = Lane("failing", SharingDesk(failing, 100))
    outcomes = asyncio.run(counted.all(*(counted.customer(str(number)) for number in range(3))))
    assert [type(outcome) for outcome in outcomes] == [OSError] * 3
    assert not any(counted.has(str(number)) for number in range(3))
    lane.close()


@pytest.mark.usefixtures("one_customer_a_name")
def test_each_is_answered_by_itself_where_what_they_add_is_refused_at_once(counted: Counted) -> None:
    def create(name: str) -> Any:
        request = counted.request()
        request.text = dumps({name: value for name, value in a_customer(name=name).items() if name != "id"})
        return counted.lane.run(CREATE, request.anew())

    outcomes = asyncio.run(counted.all(*(create(name) for name in ("Ann", "Bea", "Bea", "Cid"))))
    assert [type(outcome) for outcome in outcomes] == [Reply, Reply, IntegrityError, Reply]
    assert [outcomes[place].body["name"] for place in (0, 1, 3)] == ["Ann", "Bea", "Cid"]
    assert all(counted.has(outcomes[place].body["id"]) for place in (0, 1, 3))


def test_a_lane_that_is_closed_finishes_what_waits(counted: Counted) -> None:
    async def close_while_they_wait() -> list[Any]:
        closing = asyncio.to_thread(counted.lane.close)
        return await counted.all(*(counted.customer(str(number)) for number in range(5)), closing)

    *replies, _closed = asyncio.run(close_while_they_wait())
    assert [reply.status for reply in replies] == [201] * 5


def test_resources_that_are_wanted_together_are_read_at_once(counted: Counted) -> None:
    statements: list[str] = []
    asyncio.run(counted.all(counted.customer("1"), counted.customer("2")))
    event.listen(counted.core.database.reader, "before_cursor_execute", lambda *args: statements.append(args[2]))
    counted.lane.close()
    counted.lane = Lane("reading", GatheringDesk(partial(read_together, counted.core), 100))
    requests = [counted.request("retrieveCustomer") for _ in range(4)]
    for request, identifier in zip(requests, ["1", "2", "missing", "1"], strict=True):
        request.parameters = {"id": identifier}
    outcomes = asyncio.run(counted.all(*(counted.lane.run(retrieve_resource, request) for request in requests)))
    assert [outcome.body["id"] for outcome in (*outcomes[:2], outcomes[3])] == ["1", "2", "1"]
    assert isinstance(outcomes[2], NotFound)
    assert len(statements) == 1


def test_lists_that_are_wanted_together_are_counted_once(counted: Counted) -> None:
    statements: list[str] = []
    asyncio.run(counted.all(*(counted.customer(str(number)) for number in range(5))))
    event.listen(counted.core.database.reader, "before_cursor_execute", lambda *args: statements.append(args[2]))
    counted.lane.close()
    counted.lane = Lane("reading", GatheringDesk(partial(read_together, counted.core), 100))
    requests = [counted.request("listCustomer") for _ in range(4)]
    for request, limit in zip(requests, "1230", strict=True):
        request.query = (("limit", limit), ("offset", "0" if limit == "1" else "1"))
    outcomes = asyncio.run(counted.all(*(counted.lane.run(list_resources, request) for request in requests)))
    assert [[each["id"] for each in outcome.body] for outcome in outcomes] == [["0"], ["1", "2"], ["1", "2", "3"], []]
    assert [outcome.headers["X-Total-Count"] for outcome in outcomes] == ["5"] * 4
    assert len([statement for statement in statements if "count(" in statement]) == 1


def test_all_are_told_when_what_they_want_cannot_be_read(counted: Counted) -> None:
    @contextmanager
    def away(_requests: Sequence[Request]) -> Iterator[None]:
        raise OSError("the database is away")
        yield

    counted.lane = Lane("away", GatheringDesk(away, 100))
    outcomes = asyncio.run(counted.all(*(counted.lane.run(retrieve_resource, counted.request()) for _ in range(3))))
    assert [type(outcome) for outcome in outcomes] == [OSError] * 3


def test_what_is_given_up_before_its_turn_is_not_done(counted: Counted) -> None:
    async def give_up() -> list[Any]:
        waiting = asyncio.create_task(counted.customer("given up"))

        async def cancel() -> None:
            waiting.cancel()

        return await counted.all(waiting, cancel(), counted.customer("kept"))

    outcomes = asyncio.run(give_up())
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert outcomes[2].status == 201
    assert [counted.has(identifier) for identifier in ("given up", "kept")] == [False, True]


def test_all_that_wait_are_refused_when_the_database_does_not_let_the_first_in(counted: Counted) -> None:
    tries: list[int] = []

    @contextmanager
    def locked() -> Iterator[None]:
        tries.append(1)
        raise OSError("database is locked")
        yield

    counted.lane = Lane("locked", SharingDesk(locked, 100))
    outcomes = asyncio.run(counted.all(*(counted.customer(str(number)) for number in range(5))))
    assert [type(outcome) for outcome in outcomes] == [OSError] * 5
    assert len(tries) <= 2  # the first may have come before there were others
