"""Threads for the operations, in lanes, so that slow work of one kind doesn't keep the others waiting.

Few threads do more than many: SQLite and the drivers let go of the interpreter's lock at every row, and threads that
compute take turns in it. docs/decisions/0007 says what was measured.
"""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor

READERS = 2


class Lanes:
    """One pool for single resources, one for lists, one for everything that may change data."""

    def __init__(self, threads: int) -> None:
        self._retrieving = ThreadPoolExecutor(READERS, thread_name_prefix="retrieve")
        self._listing = ThreadPoolExecutor(READERS, thread_name_prefix="list")
        self._changing = ThreadPoolExecutor(threads, thread_name_prefix="change")

    def of(self, operation_id: str, method: str) -> Executor:
        """Return the threads in which an operation runs."""
        if method != "get":
            return self._changing
        return self._listing if operation_id.startswith("list") else self._retrieving

    def close(self) -> None:
        """Wait until everything that runs is done, and end the threads."""
        for pool in (self._retrieving, self._listing, self._changing):
            pool.shutdown()
