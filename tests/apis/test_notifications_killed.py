"""A relay process that is killed between sending and booking loses nothing: what it sent comes again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from core.context import Context
from core.domains import open_core
from core.settings import Settings
from tests.apis.announcements import relay_over, subscribe, tell
from tests.apis.listeners import Listener, wait_until

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from core.domains import open_core
from core.settings import Settings
from tests.apis.announcements import relay_over
with relay_over(open_core(Settings(database_url=sys.argv[1], relay_lease=2, relay_timeout=1))) as relay:
    relay.run()
"""


def test_what_a_killed_relay_had_sent_but_not_booked_is_sent_again(settings: Settings, context: Context) -> None:
    killed = threading.Event()
    first: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> int:
        if not killed.is_set():
            first.append(body)
            if len(first) == 4:
                process.kill()
                process.wait()
                killed.set()
        return 204

    core = open_core(settings)
    with Listener(answer) as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, *(f"c{number}" for number in range(10)))
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, settings.database_url], env=environment)
        wait_until(killed.is_set, seconds=30)
        relay.start()
        wait_until(lambda: len(set(listener.identifiers())) == 10 and len(listener.received) == 14)
    assert listener.received[4:8] == first, "the same notifications under the same identifiers"
    core.dispose()
