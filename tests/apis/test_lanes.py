"""Operations run in the threads of a lane; what is over at once runs in the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import closing
from contextvars import ContextVar, copy_context
from typing import Any

import pytest

from apis.edge.desk import Desk
from apis.edge.lanes import Lane, Lanes, is_short, may_share
from apis.tmf630.exchange import Reply, Request
from apis.tmf630.handlers import handlers_of
from apis.tmf630.repetition import HEADER
from core.context import Context
from core.errors import NotFound
from core.service import Core
from tests.apis.served import version

CALLER: ContextVar[int] = ContextVar("CALLER")


@pytest.fixture
def lane() -> Iterator[Lane]:
    """Give a lane of two threads."""
    lane = Lane("test", Desk(), 2)
    yield lane
    lane.close()


def told(number: Any) -> Reply:
    return Reply(200, (number, CALLER.get(), threading.current_thread() is threading.main_thread()))


def test_every_request_gets_its_own_reply_made_in_a_thread_and_in_its_own_context(lane: Lane) -> None:
    async def caller(number: Any) -> Any:
        CALLER.set(-number)
        return (await lane.run(told, number)).body

    async def callers() -> list[Any]:
        return await asyncio.gather(*(caller(number) for number in range(500)))

    assert asyncio.run(callers()) == [(number, -number, False) for number in range(500)]


def test_what_an_operation_raises_is_raised_to_its_caller_and_the_thread_goes_on(lane: Lane) -> None:
    async def callers(request: Any) -> list[Any]:
        def fail(_request: Request) -> Reply:
            raise ValueError("this one")

        return await asyncio.gather(*(lane.run(fail, request) for _ in range(5)), return_exceptions=True)

    assert [str(error) for error in asyncio.run(callers(None))] == ["this one"] * 5


def test_a_caller_that_goes_away_takes_nobody_else_along(lane: Lane) -> None:
    async def callers() -> Any:
        free = threading.Event()
        CALLER.set(1)
        waiting = asyncio.create_task(lane.run(lambda _: told(free.wait()), None))  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
        waiting.cancel()
        free.set()
        return (await lane.run(told, 2)).body[0]  # type: ignore[arg-type]

    assert asyncio.run(callers()) == 2


def test_a_reply_that_comes_after_the_loop_has_ended_does_no_harm(lane: Lane) -> None:
    free = threading.Event()

    async def leaver() -> None:
        waiting = asyncio.create_task(lane.run(lambda _: told(free.wait()), None))  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
        waiting.cancel()

    async def later() -> Any:
        CALLER.set(1)
        return [(await lane.run(told, number)).body[0] for number in range(5)]  # type: ignore[arg-type]

    CALLER.set(1)
    asyncio.run(leaver())
    free.set()
    assert asyncio.run(later()) == [0, 1, 2, 3, 4]


def test_a_loop_that_ends_before_it_has_gathered_its_replies_keeps_none_from_the_next() -> None:
    desk = Desk()

    def answered(number: int, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Reply]:
        future: asyncio.Future[Reply] = loop.create_future()
        desk.waiting.put((future, copy_context(), told, number))  # type: ignore[arg-type]
        desk.end(1)
        desk.work()
        return future

    CALLER.set(1)
    with closing(asyncio.new_event_loop()) as ended:
        answered(1, ended)
    with closing(asyncio.new_event_loop()) as loop:
        waiting = asyncio.wait_for(answered(2, loop), timeout=60)
        assert loop.run_until_complete(waiting).body[0] == 2


def test_the_threads_end_with_their_lane() -> None:
    lane = Lane("ending", Desk(), 2)
    CALLER.set(1)
    asyncio.run(lane.run(told, 1))  # type: ignore[arg-type]
    threads = [thread for thread in threading.enumerate() if thread.name.startswith("ending")]
    assert len(threads) == 2
    del lane
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize(
    ("api", "name", "operation", "query", "short"),
    [
        ("tmf629", "v5", "retrieveCustomer", (), True),
        ("tmf629", "v5", "retrieveCustomer", (("expand", "account"),), False),
        ("tmf629", "v5", "listCustomer", (("limit", "20"),), True),
        ("tmf629", "v5", "listCustomer", (("limit", "20"), ("offset", "10000")), True),
        ("tmf629", "v5", "listCustomer", (("limit", "500"),), False),
        ("tmf629", "v5", "listCustomer", (("limit", "20"), ("offset", "10001")), False),
        ("tmf629", "v5", "listCustomer", (("limit", "-1"),), False),
        ("tmf629", "v5", "listCustomer", (("limit", "20"), ("name", "Ada")), False),
        ("tmf629", "v5", "listCustomer", (), False),
        ("tmf629", "v5", "createCustomer", (), False),
        ("tmf678", "v5", "retrieveCustomerBill", (), True),
    ],
)
def test_only_what_an_index_leads_to_is_short(
    core: Core, context: Context, api: str, name: str, operation: str, query: Any, short: bool
) -> None:
    of = version(api, name)
    request = Request(core, context, of.operations[operation], "http://brand.example", {}, {}, query)
    assert is_short(handlers_of(of)[operation], request) is short


def a_request(core: Core, context: Context, api: str, operation: str, **body: Any) -> Request:
    of = version(api)
    return Request(core, context, of.operations[operation], "http://brand.example", {}, {"id": "1"}, body=body)


@pytest.mark.parametrize(
    ("api", "operation", "body", "on_sqlite", "on_postgresql"),
    [
        ("tmf629", "createCustomer", {"name": "Ada"}, True, True),
        ("tmf629", "createCustomer", {"id": "chosen by the caller"}, True, False),
        ("tmf629", "patchCustomer", {"name": "Ada"}, True, False),
        ("tmf622", "createProductOrder", {}, True, False),
        ("tmf678", "createCustomerBillOnDemand", {}, False, False),
        ("tmf629", "createHub", {}, False, False),
    ],
)
def test_only_what_keeps_nobody_waiting_is_committed_with_others(
    core: Core, context: Context, api: str, operation: str, body: Any, on_sqlite: bool, on_postgresql: bool
) -> None:
    expected = on_sqlite if core.database.is_sqlite else on_postgresql
    assert may_share(a_request(core, context, api, operation, **body)) is expected


def test_what_carries_a_key_is_committed_alone_where_another_process_may_have_the_key(
    core: Core, context: Context
) -> None:
    request = a_request(core, context, "tmf629", "createCustomer")
    request.headers = {HEADER: b'"once"'}
    assert may_share(request) is core.database.is_sqlite


def test_all_lanes_of_a_core_end(core: Core, context: Context) -> None:
    before, lanes = {*threading.enumerate()}, Lanes(core)
    request = a_request(core, context, "tmf629", "deleteCustomer")
    handler = handlers_of(request.version)["deleteCustomer"]

    async def delete() -> Reply:
        return await lanes.of(handler, request).run(handler, request)

    with pytest.raises(NotFound):
        asyncio.run(delete())
    begun = {*threading.enumerate()} - before
    lanes.close()
    assert begun
    assert not any(thread.is_alive() for thread in begun)
