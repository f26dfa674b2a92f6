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
from apis.tmf630.repetition import HEADER
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
    """Lanes for single resources, for lists and for what changes data: of each, one for what is answered together."""

    def __init__(self, core: Core) -> None:
        is_sqlite = core.database.is_sqlite
        threads, most = (1, TOGETHER) if is_sqlite else (2, TOGETHER // 2)
        gathered = partial(read_together, core)
        self._retrieving = Lane("retrieve", Desk(), READERS)
        self._retrieving_together = Lane("retrieve together", GatheringDesk(gathered, most), threads)
        self._listing = Lane("list", Desk(), READERS)
        self._listing_together = Lane("list together", GatheringDesk(gathered, most, offset_of), threads)
        self._changing = Lane("change", Desk(), 1 if is_sqlite else core.settings.threads)
        self._changing_together = Lane("change together", SharingDesk(core.together, TOGETHER))

    def of(self, handler: Handler, request: Request) -> Lane:
        """Return the threads in which a request is answered by a function."""
        if request.operation.method != "GET":
            return self._changing_together if may_share(request) else self._changing
        if request.operation.id.startswith("list"):
            return self._listing_together if is_short(handler, request) else self._listing
        return self._retrieving_together if is_short(handler, request) else self._retrieving

    def close(self) -> None:
        """Wait until everything that runs is done, and end the threads."""
        for lane in vars(self).values():
            lane.close()


def is_short(handler: Handler, request: Request) -> bool:
    """Tell whether an index leads soon to what is read: one resource by its identifier, or a page near the start.

    That never waits for whoever writes, and takes milliseconds where documents are of the usual size.
    """
    if request.version.sources:
        return False
    if handler is retrieve_resource:
        return not request.query
    return handler is list_resources and any(request.query) and all(_is_short(*pair) for pair in request.query)


def _is_short(name: str, value: str) -> bool:
    return name in _SHORT and value.isdecimal() and len(value) < 6 and int(value) <= _SHORT[name]


def offset_of(request: Request) -> int:
    """Return where a short page begins: from each the way is shorter to those that begin later."""
    return next((int(value) for name, value in request.query if name == "offset"), 0)


def may_share(request: Request) -> bool:
    """Tell whether a request may be committed with others: each waits for them, and keeps what it locks until then.

    SQLite has one writer at a time anyway. On PostgreSQL two transactions that lock several things each could wait for
    one another: rows that are changed, identifiers that callers choose, keys of requests.
    """
    resource, core = request.operation.resource, request.core
    entity = core.entities.get(resource.entity) if resource else None
    if entity is None or core.database.is_sqlite:
        return bool(entity and not entity.takes_long)
    is_new = request.operation.method == "POST" and "id" not in request.body
    return is_new and entity.is_made_alone and HEADER not in request.headers


@contextmanager
def read_together(core: Core, requests: Sequence[Request]) -> Iterator[None]:
    """Read what requests want by identifier in one statement a kind, for them to find it."""
    wanted = [
        (request.context.tenant, request.operation.resource.entity, request.identifier)
        for request in requests
        if request.operation.resource
        and request.operation.resource.entity in core.entities
        and "id" in request.parameters
    ]
    with core.reading_together(wanted):
        yield
