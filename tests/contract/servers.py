"""Starts the real server, `bss serve`, in a process of its own, and gives a client that speaks to it over sockets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.apis.listeners import PATIENCE
from tests.ports import free_port

COMMAND = [sys.executable, "-c", "from cli.main import app; app()", "serve"]


@dataclass
class Server:
    """A running server. `process` may be killed by a test that is about that."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def client(self) -> httpx.Client:
        """Return a client of its own connections."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE)

    def stop(self) -> None:
        """End the server the polite way and wait for it."""
        self.process.terminate()
        self.process.wait(PATIENCE)


@contextmanager
def running_server(database_url: str, folder: Path, **settings: str) -> Iterator[Server]:
    """Run a server over a migrated database; settings are given as in the environment, without `BSS_`."""
    port = free_port()
    log = folder / f"server-{port}.log"
    environment = {f"BSS_{name.upper()}": value for name, value in settings.items()}
    own = {"BSS_DATABASE_URL": database_url, "BSS_PORT": str(port), "BSS_EXCHANGE_FOLDER": str(folder)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            COMMAND, env={**os.environ, **own, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        wait_until_ready(server)
        yield server
    finally:
        if process.poll() is None:
            server.stop()


def wait_until_ready(server: Server) -> None:
    """Wait until the server answers; raises with its log when it ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if httpx.get(f"{server.url}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the server is not ready:\n{server.log.read_text()}")
