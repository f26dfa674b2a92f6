"""Where operations run: in threads, in lanes, so that slow work of one kind doesn't keep the others waiting.

What is over sooner than it is handed to a thread runs in the event loop. Few threads do more than many: SQLite and the
drivers let go of the interpreter's lock at every row, and threads that compute take turns in it. docs/decisions/0007
says what was measured.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import Context, copy_context
from queue import SimpleQueue
from threading import Thread
from typing import Any
from weakref import finalize

from apis.tmf630.exchange import Handler, Reply, Request
from apis.tmf630.operations import list_resources, retrieve_resource

READERS = 2
_SHORT_PAGES = frozenset(("limit", str(number)) for number in range(51))
Job = tuple[asyncio.Future[Any], Context, Handler, Request]
Outcome = tuple[asyncio.Future[Any], Reply | None, BaseException | None]


class Lane:
    """Some threads that take requests in the order of their arrival; they begin with the first and end with the lane.

    The executors of the standard library do the same with several locks a request, and wake the event loop for each;
    here it is woken once for all that is done by then.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._name, self._count = name, threads
        self._desk = Desk()
        self._threads: list[Thread] = []
        self._end = finalize(self, self._desk.end, threads)

    async def run(self, handler: Handler, request: Request) -> Reply:
        """Return what the function says to a request; the context goes along, with the correlation id of the logs."""
        if not self._threads:
            self._start()
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._desk.waiting.put((future, copy_context(), handler, request))
        return await future

    def close(self) -> None:
        """Wait until everything that was asked for is done, and end the threads."""
        self._end()
        for thread in self._threads:
            thread.join()

    def _start(self) -> None:
        names = [f"{self._name}-{number}" for number in range(self._count)]
        self._threads = [Thread(target=self._desk.work, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()


class Desk:
    """Where requests and replies of a lane change hands."""

    def __init__(self) -> None:
        self.waiting: SimpleQueue[Job | None] = SimpleQueue()
        self._done: deque[Outcome] = deque()
        self._told: asyncio.AbstractEventLoop | None = None

    def work(self) -> None:
        """Do what waits until told to end; what a thread of the lane does."""
        while job := self.waiting.get():
            future, context, handler, request = job
            try:
                self._done.append((future, context.run(handler, request), None))
            except BaseException as error:  # noqa: BLE001 - raised where the reply is awaited
                self._done.append((future, None, error))
            if future.done():  # the caller has gone away, maybe with the loop
                continue
            # Noted here after the reply is there, reset there before replies are gathered: none is left behind. A loop
            # that ends before it has gathered keeps no other from being told.
            if self._told is not (loop := future.get_loop()):
                self._told = loop
                self._tell(loop)

    def end(self, threads: int) -> None:
        """Tell so many threads to end once they have done what waits."""
        for _ in range(threads):
            self.waiting.put(None)

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.call_soon_threadsafe(self._gather)
        except RuntimeError:  # the loop has ended, and with it everybody who waited there
            self._told = None

    def _gather(self) -> None:
        self._told = None
        while self._done:
            future, reply, error = self._done.popleft()
            if future.done():  # the caller has gone away
                continue
            if error:
                future.set_exception(error)
            else:
                future.set_result(reply)


class Lanes:
    """One lane for single resources, one for lists, one for everything that may change data."""

    def __init__(self, threads: int) -> None:
        self._retrieving = Lane("retrieve", READERS)
        self._listing = Lane("list", READERS)
        self._changing = Lane("change", threads)

    def of(self, operation_id: str, method: str) -> Lane:
        """Return the threads in which an operation runs."""
        if method != "get":
            return self._changing
        return self._listing if operation_id.startswith("list") else self._retrieving

    def close(self) -> None:
        """Wait until everything that runs is done, and end the threads."""
        for lane in (self._retrieving, self._listing, self._changing):
            lane.close()


def is_short(handler: Handler, request: Request) -> bool:
    """Tell whether a request is answered sooner than it is handed to a thread and back.

    That is a read from a file beside us that an index leads to: one resource by its identifier, or the beginning of a
    list. It never waits for whoever writes (SQLite's log keeps readers going), nor for a network.
    """
    if not request.core.database.is_sqlite or request.version.sources:
        return False
    if handler is retrieve_resource:
        return not request.query
    return handler is list_resources and len(request.query) == 1 and request.query[0] in _SHORT_PAGES
