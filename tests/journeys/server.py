"""A server process as an operator starts it, on a port of its own, that a journey may kill and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import requests

from tests.apis.listeners import PATIENCE
from tests.ports import free_port

BSS = str(Path(sys.executable).with_name("bss"))


class Server:
    """`bss serve` (or another `command` that serves) within a `with` block.

    `settings` are those of the suite, in capitals; what the process writes goes to `server.log` in `folder`.
    """

    def __init__(self, folder: Path, database_url: str, command: str = "serve", **settings: str) -> None:
        self.folder = folder
        self.command = command
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        named = {"DATABASE_URL": database_url, "PORT": str(self.port), "EXCHANGE_FOLDER": str(folder), **settings}
        self.environment = os.environ | {f"BSS_{name}": value for name, value in named.items()} | {"NO_COLOR": "1"}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.end(signal.SIGTERM)

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [BSS, self.command], cwd=self.folder, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        end = time.monotonic() + PATIENCE
        while not self._is_ready():
            assert self._process.poll() is None, f"the server ended: {self.log()}"
            assert time.monotonic() < end, "the server isn't ready in time"
            time.sleep(0.05)

    def kill(self) -> None:
        """Take the process away without a chance to finish anything (SIGKILL)."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals) -> None:
        """Send a signal and wait for the end."""
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(PATIENCE)
        self._process = None

    def bss(self, *arguments: str) -> str:
        """Run a command of `bss` with the server's settings and return what it prints; it must succeed."""
        done = subprocess.run(
            [BSS, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def log(self) -> str:
        """Return what the server has written."""
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/health/ready", timeout=PATIENCE).status_code == 200
        except requests.ConnectionError:
            return False
