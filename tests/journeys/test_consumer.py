"""The consumer of docs/guides has every event once, though it is killed, sent things twice, and loses its newest."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import pytest
import requests

from apis.tmf630.specification import load
from tests.apis.listeners import PATIENCE, wait_until
from tests.journeys.caller import Caller
from tests.journeys.server import Server
from tests.journeys.shop import sign_up
from tests.ports import free_port

PROGRAM = Path(__file__).resolve().parents[2] / "docs" / "guides" / "consumer.py"
API = load("tmf629", "v5").base_path.rstrip("/")

pytestmark = pytest.mark.slow


class Consumer:
    """The program in a process of its own, that may be killed and started again."""

    def __init__(self, server: Server) -> None:
        self.folder = server.folder
        self.file = server.folder / "events.db"
        self.port = free_port()
        place = ["--port", str(self.port), "--file", str(self.file)]
        self.command = [sys.executable, str(PROGRAM), f"{server.url}{API}", *place]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and wait until it listens."""
        with (self.folder / "consumer.log").open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log)
        wait_until(self._answers)

    def kill(self) -> None:
        """Take it away without a chance to finish anything."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(PATIENCE)
            self._process = None

    def events(self) -> list[str]:
        """Return the identifiers of the events that it has, in order."""
        return self._read("SELECT id FROM event ORDER BY id")

    def unfinished(self) -> list[str]:
        """Return the identifiers of the events whose work isn't done."""
        return self._read("SELECT id FROM event WHERE done IS NULL")

    def since(self) -> str:
        """Return from when on it would have events replayed."""
        return subprocess.run([*self.command, "--since"], capture_output=True, text=True, check=True).stdout.strip()

    def worked(self) -> list[str]:
        """Return the events that it has worked on, in order of the work."""
        return [line.split()[1] for line in (self.folder / "consumer.log").read_text().splitlines()]

    def post(self, body: bytes, headers: dict[str, Any]) -> int:
        """Send it something, as anybody may."""
        return requests.post(
            f"http://localhost:{self.port}/events", body, headers=headers, timeout=PATIENCE
        ).status_code

    def _read(self, statement: str) -> list[str]:
        with closing(sqlite3.connect(self.file, timeout=PATIENCE)) as file:
            return [row[0] for row in file.execute(statement)]

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "consumer.log").read_text()
        try:
            return self.post(b"{}", {}) == 401
        except requests.ConnectionError:
            return False


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A running server that tries failed deliveries again soon."""
    quick = {"RELAY_LEASE": "2", "RELAY_TIMEOUT": "1", "RELAY_BACKOFF": "0.1", "RELAY_BACKOFF_LIMIT": "0.5"}
    with Server(tmp_path, database_url, **quick) as server:
        yield server


def test_a_consumer_has_every_event_once(server: Server, tmp_path: Path) -> None:
    caller = Caller(server.url)
    with Consumer(server) as consumer:
        for _ in range(5):
            sign_up(caller)
        wait_until(lambda: len(consumer.events()) == 5 and not consumer.unfinished())
        consumer.kill()
        shutil.copy(consumer.file, tmp_path / "copy.db")

        # Away for a while, and killed again while it catches up: nothing is missing.
        for _ in range(20):
            sign_up(caller)
        consumer.start()
        wait_until(lambda: len(consumer.events()) > 5)
        consumer.kill()
        consumer.start()
        wait_until(lambda: consumer.events() == told(server) and not undelivered(server))

        # Its file is restored from a copy: what was delivered since is gone, until it is replayed.
        consumer.kill()
        shutil.copy(tmp_path / "copy.db", consumer.file)
        consumer.start()
        sign_up(caller)
        wait_until(lambda: len(consumer.events()) == 6)
        server.bss("events", "replay", "--since", consumer.since())
        wait_until(lambda: consumer.events() == told(server) and not consumer.unfinished())
        assert len(consumer.events()) == 26
        worked = consumer.worked()
        assert set(worked) == set(told(server))

        # What it has already makes no difference.
        server.bss("events", "replay", "--since", consumer.since())
        wait_until(lambda: not undelivered(server))
        assert (consumer.events(), consumer.worked()) == (told(server), worked)


def test_a_consumer_believes_only_what_is_signed(server: Server) -> None:
    with Consumer(server) as consumer:
        sign_up(Caller(server.url))
        wait_until(lambda: consumer.worked())
        forged = json.dumps({"eventId": "forged", "eventTime": "2026-01-01T00:00:00Z", "eventType": "X"}).encode()
        headers = {"webhook-id": "forged", "webhook-timestamp": "1767225600", "webhook-signature": "v1,AAAA"}
        assert consumer.post(forged, headers) == 401
        assert consumer.post(forged, {}) == 401
        assert consumer.events() == told(server)


def told(server: Server) -> list[str]:
    """Return the identifiers of all events that the subscriptions of the server were ever owed, in order."""
    lines = server.bss("events", "list", "--limit", "1000", "--json").splitlines()
    return sorted({json.loads(line)["event_id"] for line in lines})


def undelivered(server: Server) -> str:
    """Return what is still owed to subscriptions."""
    return server.bss("events", "list", "--state", "waiting", "--state", "sending", "--json")
