"""Server processes of the HTTP benchmark: started as an operator would, ready, and stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from benchmarks.load_generator import HOST

OURS = (str(Path(sys.executable).with_name("bss")), "serve")
STOCK = {
    name: (sys.executable, "-W", "ignore", "-m", f"benchmarks.stock_{name}") for name in ("validation", "connexion")
}
PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A server that answers. `ready_after` is how many seconds it took until it did."""

    port: int
    ready_after: float
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Return the processor time that its process has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@contextmanager
def serving(command: tuple[str, ...], database_url: str) -> Iterator[Server]:
    """Run one server process with the usual settings on a free port. Raises RuntimeError when it doesn't get ready."""
    port = _free_port()
    settings = {"BSS_DATABASE_URL": database_url, "BSS_HOST": HOST, "BSS_PORT": str(port), "BSS_WORKERS": "1"}
    started = time.perf_counter()
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_until_ready(process, port)
            yield Server(port, time.perf_counter() - started, psutil.Process(process.pid))
        finally:
            process.terminate()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.perf_counter() + PATIENCE
    while process.poll() is None and time.perf_counter() < until:
        try:
            requests.get(f"http://{HOST}:{port}/health/ready", timeout=5)
            return
        except requests.ConnectionError:
            time.sleep(0.02)
    raise RuntimeError(f"{process.args!r} doesn't get ready on port {port}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
