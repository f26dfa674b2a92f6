"""Wakes a thread that waits: at once, or when the time has come that somebody has named."""

from __future__ import annotations

import heapq
import threading
import time


class Alarm:
    """What one thread waits for and any may set. Times are in seconds from now; each wakes once."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_set = False
        self._times: list[float] = []

    def set(self) -> None:
        """Wake whoever waits, or waits next."""
        with self._changed:
            self._is_set = True
            self._changed.notify()

    def set_in(self, seconds: float) -> None:
        """Wake whoever waits in so many seconds."""
        with self._changed:
            heapq.heappush(self._times, time.monotonic() + seconds)
            self._changed.notify()

    def wait(self, longest: float) -> bool:
        """Wait until woken, at most so many seconds; tell whether it was woken."""
        end = time.monotonic() + longest
        with self._changed:
            while not (woken := self._is_set or self._has_come()):
                left = min([end, *self._times[:1]]) - time.monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            return woken

    def clear(self) -> None:
        """Forget what it was set for, as far as the time has come."""
        with self._changed:
            self._is_set = False
            while self._has_come():
                heapq.heappop(self._times)

    def _has_come(self) -> bool:
        return bool(self._times) and self._times[0] <= time.monotonic()
