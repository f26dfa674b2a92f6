"""A relay process that is killed between sending and booking loses nothing: what it sent comes again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.clock import FixedClock, SystemClock
from core.context import Context
from core.domains import open_core
from core.events.oversight import Wanted, find_deliveries
from core.service import Core
from core.settings import Settings
from tests.apis.announcements import relay_over, subscribe, tell
from tests.apis.listeners import Listener, wait_until

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from core.domains import open_core
from core.settings import Settings
from tests.apis.announcements import relay_over
with relay_over(open_core(Settings(database_url=sys.argv[1], relay_timeout=60))) as relay:
    relay.run()
"""


def test_what_a_killed_relay_had_sent_but_not_booked_is_sent_again(settings: Settings, context: Context) -> None:
    fourth, killed = threading.Event(), threading.Event()

    def answer(_body: dict[str, Any]) -> int:
        if not killed.is_set() and len(listener.received) == 4:
            fourth.set()
            killed.wait()
        return 204

    core = open_core(settings)
    # By its clock the lease of the killed one is over.
    later = open_core(settings, FixedClock(SystemClock().now() + timedelta(hours=1)))
    with Listener(answer) as listener, relay_over(later) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, *(f"c{number}" for number in range(10)))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, settings.database_url], env=environment)
        try:
            wait_until(fourth.is_set)
        finally:
            process.kill()
            process.wait()
            killed.set()
        # The first three may be booked, where they took long.
        booked = delivered(core)
        first = [body for body in listener.received if body["eventId"] not in booked]
        assert relay.run_once() == 10 - len(booked)
    assert 1 <= len(first) <= 4
    assert listener.received[4 : 4 + len(first)] == first, "the same notifications under the same identifiers"
    assert len(set(listener.identifiers())) == 10
    core.dispose()
    later.dispose()


def delivered(core: Core) -> set[str]:
    """Return the identifiers of the events that are booked as delivered."""
    with core.database.reading() as connection:
        rows = find_deliveries(connection, core.settings.tenant, Wanted(states=("delivered",)), core.clock.now(), 100)
    return {row.event_id for row in rows}
