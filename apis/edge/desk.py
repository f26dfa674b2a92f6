"""Where requests and replies change hands between the event loop and the threads that answer them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import Context
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any

from apis.tmf630.exchange import Handler, Reply, Request
from core.storage.shared_transaction import Apart

# Seconds after which requests that are answered together are committed, though more are waiting.
LONGEST_SHARED = 0.02
Job = tuple[asyncio.Future[Any], Context, Handler, Request]
Outcome = tuple[asyncio.Future[Any], Reply | None, BaseException | None]
Together = Callable[[], AbstractContextManager[None]]
Gathered = Callable[[Sequence[Request]], AbstractContextManager[None]]


class Desk:
    """What waits to be answered in a lane, and what has been."""

    def __init__(self) -> None:
        self.waiting: SimpleQueue[Job | None] = SimpleQueue()
        self._done: deque[Outcome] = deque()
        self._told: asyncio.AbstractEventLoop | None = None

    def work(self) -> None:
        """Do what waits until told to end; what a thread of the lane does."""
        while job := self.waiting.get():
            if not _is_given_up(job):
                self._hand_over(self._answer(job))

    def _answer(self, job: Job) -> list[Outcome]:
        return [_answered(job)]

    def _hand_over(self, outcomes: Sequence[Outcome]) -> None:
        self._done.extend(outcomes)
        # Noted here after the replies are there, reset there before replies are gathered: none is left behind. A loop
        # that ends before it has gathered keeps no other from being told.
        for future, _reply, _error in outcomes:
            loop = future.get_loop()
            if self._told is not loop and not future.done():  # else the caller has gone away, maybe with the loop
                self._told = loop
                self._tell(loop)

    def end(self, threads: int) -> None:
        """Tell so many threads to end once they have done what waits."""
        for _ in range(threads):
            self.waiting.put(None)

    def _next(self) -> Job | None:
        """Return what else waits."""
        try:
            while (job := self.waiting.get_nowait()) and _is_given_up(job):
                pass
        except Empty:
            return None
        if job is None:  # the end, which is for `work` to see
            self.waiting.put(None)
        return job

    def _soon(self) -> Job | None:
        """Return what else waits once the event loop had its turn: it may have requests at hand that it has not read.

        Sleeping for no time lets go of the interpreter's lock, which the loop keeps until it has nothing to do, or has
        had it for some milliseconds.
        """
        sleep(0)
        return self._next()

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


class SharingDesk(Desk):
    """A desk where all that waits is answered in one transaction: a commit that waits for the disk costs most.

    With half of what could be in it, it is twice as dear, so it stays open as long as requests are coming in. Each of
    them is judged and, where it fails, undone by itself; nobody hears anything before all is committed.
    """

    def __init__(self, together: Together, most: int) -> None:
        super().__init__()
        self._together, self._most = together, most

    def _answer(self, job: Job) -> list[Outcome]:
        if self.waiting.empty():
            return super()._answer(job)
        jobs: list[Job] = []
        try:
            with self._together():
                jobs, latest = [job], monotonic() + LONGEST_SHARED
                outcomes = [_answered(job)]
                while len(jobs) < self._most and monotonic() < latest and (following := self._next() or self._soon()):
                    jobs.append(following)
                    outcomes.append(_answered(following))
        except Apart:
            # Whose rows were at fault shows when each is written by itself.
            return [_answered((future, context, handler, request.anew())) for future, context, handler, request in jobs]
        except BaseException as error:  # noqa: BLE001 - raised where the replies are awaited
            if not jobs:
                # Nobody who waited for the database as long is to wait once more.
                jobs = [job, *iter(self._next, None)]
            return [(future, None, error) for future, *_ in jobs]
        return outcomes


class GatheringDesk(Desk):
    """A desk where all that waits is taken at once, so that what all of it wants can be read at once.

    It is answered `by` what helps with reading, where that is given; then those that are coming in are waited for.
    """

    def __init__(self, gathered: Gathered, most: int, by: Callable[[Request], int] | None = None) -> None:
        super().__init__()
        self._gathered, self._most, self._by = gathered, most, by

    def _answer(self, job: Job) -> list[Outcome]:
        jobs, latest = [job], monotonic() + LONGEST_SHARED
        outcomes: list[Outcome] = []
        while len(jobs) < self._most and (following := self._next() or (self._soon() if self._by else None)):
            jobs.append(following)
        if len(jobs) == 1:
            return super()._answer(job)
        if by := self._by:
            jobs.sort(key=lambda each: by(each[-1]))
        try:
            with self._gathered([request for *_, request in jobs]):
                while jobs:
                    outcomes.append(_answered(jobs.pop(0)))
                    if monotonic() > latest:  # large ones: nobody waits for the rest of them
                        self._hand_over(outcomes)
                        outcomes = []
        except BaseException as error:  # noqa: BLE001 - raised where the replies are awaited
            outcomes += [(future, None, error) for future, *_ in jobs]
        return outcomes


def _is_given_up(job: Job) -> bool:
    """Tell whether the caller was answered otherwise, as the server ends: then nothing may be done any more."""
    return job[0].cancelled()


def _answered(job: Job) -> Outcome:
    future, context, handler, request = job
    try:
        return future, context.run(handler, request), None
    except BaseException as error:  # noqa: BLE001 - raised where the reply is awaited
        return future, None, error
