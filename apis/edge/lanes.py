"""Where operations run: in threads, in lanes, so that slow work of one kind doesn't keep the others waiting.

Few threads do more than many: SQLite and the drivers let go of the interpreter's lock at every row, and threads that
compute take turns in it. What waits together is answered together where nobody has to wait long for it.
docs/decisions/0007 says what was measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from threading import Thread
from weakref import finalize

from apis.edge.desk import Desk, GatheringDesk, SharingDesk
from apis.tmf630.exchange import Handler, Reply, Request
from apis.tmf630.operations import list_resources, retrieve_resource
from apis.tmf630.version import Operation
from core.service import Core

READERS = 2
# So many requests are answered together at most.
TOGETHER = 16
# The largest values of a page that is short.
_SHORT = {"limit": 50, "offset": 10_000}


class Lane:
    """Some threads that take requests in the order of their arrival; they begin with the first and end with the lane.

    The executors of the standard library do the same with several locks a request, and wake the event loop for each;
    here it is woken once for all that is done by then.
    """

    def __init__(self, name: str, desk: Desk, threads: int = 1) -> None:
        self._name, self._count = name, threads
        self._desk = desk
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


class Lanes:
    """One lane for single resources, one for lists, one for everything that may change data, and two for what is short.

    What is short is answered for all that want it together: on PostgreSQL that spares journeys to the server, on SQLite
    waits for the disk.
    """

    def __init__(self, core: Core) -> None:
        is_sqlite = core.database.is_sqlite
        threads, most = (1, TOGETHER) if is_sqlite else (2, TOGETHER // 2)
        self._retrieving = Lane("retrieve", Desk(), READERS)
        self._listing = Lane("list", Desk(), READERS)
        self._changing = Lane("change", Desk(), 1 if is_sqlite else core.settings.threads)
        self.short = Lane("read together", GatheringDesk(partial(read_together, core), most), threads)
        self._changing_together = Lane("change together", SharingDesk(core.together, TOGETHER))

    def of(self, operation: Operation, core: Core) -> Lane:
        """Return the threads in which an operation runs."""
        if operation.method == "GET":
            return self._listing if operation.id.startswith("list") else self._retrieving
        return self._changing_together if may_share(operation, core) else self._changing

    def close(self) -> None:
        """Wait until everything that runs is done, and end the threads."""
        changing, reading = (self._changing, self._changing_together), (self._retrieving, self._listing)
        for lane in (*changing, *reading, self.short):
            lane.close()


def is_short(handler: Handler, request: Request) -> bool:
    """Tell whether an index leads soon to what is read: one resource by its identifier, or a page near the start.

    That never waits for whoever writes, and takes a few milliseconds at most.
    """
    if request.version.sources:
        return False
    if handler is retrieve_resource:
        return not request.query
    return handler is list_resources and any(request.query) and all(_is_short(*pair) for pair in request.query)


def _is_short(name: str, value: str) -> bool:
    return name in _SHORT and value.isdecimal() and len(value) < 6 and int(value) <= _SHORT[name]


def may_share(operation: Operation, core: Core) -> bool:
    """Tell whether requests may be committed together: each waits for the others, and keeps what it locks until then.

    SQLite has one writer at a time anyway; on PostgreSQL two that lock several resources could wait for each other.
    """
    entity = core.entities.get(operation.resource.entity) if operation.resource else None
    if core.database.is_sqlite:
        return not (entity and entity.takes_long)
    return bool(entity and entity.is_made_alone and operation.method == "POST")


@contextmanager
def read_together(core: Core, requests: Sequence[Request]) -> Iterator[None]:
    """Read what requests want by identifier in one statement a kind, for them to find it."""
    wanted = [
        (request.context.tenant, request.operation.resource.entity, request.identifier)
        for request in requests
        if request.operation.resource and "id" in request.parameters
    ]
    with core.reading_together(wanted):
        yield
