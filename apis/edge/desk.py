"""Where requests and replies change hands between the event loop and the threads that answer them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import Context
from queue import SimpleQueue
from time import monotonic
from typing import Any

from apis.tmf630.exchange import Handler, Reply, Request

# Seconds after which requests that are answered together are committed, though more are waiting.
LONGEST_SHARED = 0.02
Job = tuple[asyncio.Future[Any], Context, Handler, Request]
Outcome = tuple[asyncio.Future[Any], Reply | None, BaseException | None]
Together = Callable[[], AbstractContextManager[None]]


class Desk:
    """What waits to be answered in a lane, and what has been."""

    def __init__(self) -> None:
        self.waiting: SimpleQueue[Job | None] = SimpleQueue()
        self._done: deque[Outcome] = deque()
        self._is_told = False

    def work(self) -> None:
        """Do what waits until told to end; what a thread of the lane does."""
        while job := self.waiting.get():
            self._hand_over([_answer(job)])

    def _hand_over(self, outcomes: Sequence[Outcome]) -> None:
        self._done.extend(outcomes)
        # Noted here after the replies are there, reset there before replies are gathered: none is left behind.
        for future, _reply, _error in outcomes:
            if not self._is_told and not future.done():  # else the caller has gone away, maybe with the loop
                self._is_told = True
                self._tell(future.get_loop())

    def end(self, threads: int) -> None:
        """Tell so many threads to end once they have done what waits."""
        for _ in range(threads):
            self.waiting.put(None)

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.call_soon_threadsafe(self._gather)
        except RuntimeError:  # the loop has ended, and with it everybody who waited there
            self._is_told = False

    def _gather(self) -> None:
        self._is_told = False
        while self._done:
            future, reply, error = self._done.popleft()
            if future.done():  # the caller has gone away
                continue
            if error:
                future.set_exception(error)
            else:
                future.set_result(reply)


class SharingDesk(Desk):
    """A desk of one thread, which answers what waits in one transaction: a commit that waits for the disk costs most.

    Each request is judged and, where it fails, undone by itself; nobody hears anything before all is committed.
    """

    def __init__(self, together: Together) -> None:
        super().__init__()
        self._together = together

    def work(self) -> None:
        """Do what waits until told to end."""
        job = self.waiting.get()
        while job:
            outcomes, following = self._answer_together(job)
            self._hand_over(outcomes)
            job = following or self.waiting.get()

    def _answer_together(self, job: Job) -> tuple[list[Outcome], Job | None]:
        """Answer a request and those behind it that may share its transaction; return the one that may not."""
        if self.waiting.empty() or not may_share(job[-1]):
            return [_answer(job)], None
        outcomes: list[Outcome] = []
        following: Job | None = None
        latest = monotonic() + LONGEST_SHARED
        try:
            with self._together():
                outcomes.append(_answer(job))
                while following is None and not self.waiting.empty() and monotonic() < latest:
                    following = self.waiting.get()
                    if following is None:  # the end, which is for `work` to see
                        self.waiting.put(None)
                        break
                    if may_share(following[-1]):
                        outcomes.append(_answer(following))
                        following = None
        except BaseException as error:  # noqa: BLE001 - raised where the replies are awaited
            futures = [future for future, _reply, _error in outcomes] or [job[0]]
            return [(future, None, error) for future in futures], following
        return outcomes, following


def _answer(job: Job) -> Outcome:
    future, context, handler, request = job
    try:
        return future, context.run(handler, request), None
    except BaseException as error:  # noqa: BLE001 - raised where the reply is awaited
        return future, None, error


def may_share(request: Request) -> bool:
    """Tell whether a request may wait for the commit of others, and let others wait for its own: it takes no time."""
    resource = request.operation.resource
    entity = request.core.entities.get(resource.entity) if resource else None
    return not (entity and entity.takes_long)
