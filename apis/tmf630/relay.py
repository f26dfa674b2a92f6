"""Tells subscribers: takes events from the outbox, words and checks them, posts them, and books what came of it.

Any number of relays, in any number of processes, share the work. Each look distributes new events and starts a
runner for every subscription with something due; runners wait for one listener only, so that a slow or dead one
delays no other.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

from apis.tmf630.alarm import Alarm
from apis.tmf630.channels import ChannelWordings
from apis.tmf630.dispatch import Dispatch
from apis.tmf630.notification_check import NotificationCheck
from apis.tmf630.subscription_query import selections_of
from apis.tmf630.version import Version
from core.events import subscriptions
from core.events.delivery import Subscriber, waiting_subscribers
from core.events.distribution import distribute
from core.events.retention import remove_expired
from core.logs import get_logger
from core.service import Core

log = get_logger(__name__)

# Threads sleep while a listener answers: there may be many, and a listener out of reach is called ever less often.
RUNNERS = 128
RUNNERS_A_SUBSCRIPTION = 4
DISTRIBUTED_AT_A_TIME = 500
# Seconds between two looks for events that are older than they are kept.
TIDIED_EVERY = 3600.0
TIDIED_AT_A_TIME = 5000
# Events of a burst are taken together instead of one transaction each.
BREATH = 0.05


class Relay:
    """The relay of one process over an opened core, for the API versions that are served."""

    def __init__(self, core: Core, versions: Iterable[Version]) -> None:
        versions = tuple(versions)
        self._core = core
        self._selections = selections_of(versions)
        checks = {(version.api.name, version.name): NotificationCheck(version) for version in versions}
        self._stop = threading.Event()
        self._wake = Alarm()
        self._dispatch = Dispatch(core, ChannelWordings(versions), checks, self._stop, self._wake.set_in)
        self._running: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()
        # Where nobody has subscribed, writers aren't disturbed more often than once an interval.
        self._awaited = True
        self._tidied = -TIDIED_EVERY
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Deliver in threads of this process until `stop`; a commit with events in this process wakes it at once."""
        self._core.when_told.append(self._wake.set)
        self._thread = threading.Thread(target=self.run, name="relay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let notifications that are being sent end, give the others back, and end."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._core.when_told.remove(self._wake.set)
            self._thread.join()
            self._thread = None

    def run(self) -> None:
        """Deliver until `stop` is called (from another thread or a signal handler); what `bss relay` does."""
        with closing(self._dispatch), ThreadPoolExecutor(RUNNERS, thread_name_prefix="relay") as pool:
            while not self._stop.is_set():
                try:
                    self._look(pool)
                except Exception:
                    # The database may be away for a while; the relay must still be there when it returns.
                    log.exception("relay.interrupted")
                self._pause()
            with self._counting:  # a runner that is about to be started is there before no more are taken
                pool.shutdown(wait=False)

    def run_once(self) -> int:
        """Deliver, in this thread, everything that is due now; return how many notifications were taken."""
        with closing(self._dispatch):
            self._tidy()
            self._distribute()
            waiting = waiting_subscribers(self._core.database, self._core.clock.now())
            return sum(self._dispatch.run(subscriber) for subscriber in waiting)

    def _look(self, pool: ThreadPoolExecutor) -> None:
        self._tidy()
        self._distribute()
        self._awaited = subscriptions.exist(self._core.database)
        for subscriber in waiting_subscribers(self._core.database, self._core.clock.now()):
            if not self._running[_key(subscriber)]:
                self._start_runner(pool, subscriber)

    def _pause(self) -> None:
        interval = self._core.settings.relay_interval
        if not self._awaited:
            self._stop.wait(interval)
        elif self._wake.wait(interval):
            self._stop.wait(BREATH)
        self._wake.clear()

    def _distribute(self) -> None:
        full = True
        while full and not self._stop.is_set():
            now = self._core.clock.now()
            taken = distribute(self._core.database, self._selections, now, DISTRIBUTED_AT_A_TIME)
            full = taken == DISTRIBUTED_AT_A_TIME

    def _tidy(self) -> None:
        if time.monotonic() - self._tidied < TIDIED_EVERY:
            return
        kept = timedelta(seconds=self._core.settings.event_retention)
        removed = remove_expired(self._core.database, self._core.clock.now() - kept, TIDIED_AT_A_TIME)
        if removed < TIDIED_AT_A_TIME:
            self._tidied = time.monotonic()
        if removed:
            log.info("events.removed", events=removed)

    def _start_runner(self, pool: ThreadPoolExecutor, subscriber: Subscriber) -> None:
        with self._counting:
            if self._stop.is_set() or self._running[_key(subscriber)] >= RUNNERS_A_SUBSCRIPTION:
                return
            self._running[_key(subscriber)] += 1
            pool.submit(self._run, pool, subscriber)

    def _run(self, pool: ThreadPoolExecutor, subscriber: Subscriber) -> None:
        try:
            taken = self._dispatch.run(subscriber, when_full=lambda: self._start_runner(pool, subscriber))
            if taken:
                # What was distributed while this one was ending would otherwise wait for the next interval.
                self._wake.set()
        except Exception:
            log.exception("relay.interrupted", subscription=subscriber.id)
        finally:
            with self._counting:
                self._running[_key(subscriber)] -= 1


def _key(subscriber: Subscriber) -> tuple[str, str]:
    return subscriber.tenant, subscriber.id
