"""`bss serve` answers on its port, says where, warns of danger, and ends in good order."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from cli import exits
from tests.apis.listeners import PATIENCE
from tests.cli.conftest import Bss
from tests.ports import free_port

BSS = str(Path(sys.executable).with_name("bss"))


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return free_port()


def answer(port: int, path: str) -> httpx.Response:
    """Return the reply to a GET as soon as the server gives one."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE)
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the server doesn't answer"
            time.sleep(0.1)


def until_written(file: Path, words: str) -> str:
    """Return what a file holds as soon as the words are there."""
    deadline = time.monotonic() + PATIENCE
    while words not in (written := file.read_text()):
        assert time.monotonic() < deadline, f"'{words}' isn't said: {written}"
        time.sleep(0.1)
    return written


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_server_answers_says_where_and_ends_when_told(bss: Bss, tmp_path: Path, port: int, workers: str) -> None:
    bss("migrate")
    command = [BSS, "serve", "--port", str(port), "--workers", workers]
    with (tmp_path / "output").open("w") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=os.environ | {"NO_COLOR": "1"})
        try:
            assert answer(port, "/health/ready").status_code == 200
            assert answer(port, "/tmf-api/customerManagement/v5/customer").json() == []
            announced = until_written(tmp_path / "output", f"http://localhost:{port}/tmf-api/customerManagement/v5")
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(PATIENCE)
    assert code in (0, -signal.SIGTERM)
    assert announced.startswith("The suite and its documentation")
    written = (tmp_path / "output").read_text()
    assert "Traceback" not in written
    assert "Warning" not in written


def test_workers_end_with_the_process_that_started_them(bss: Bss, tmp_path: Path, port: int) -> None:
    bss("migrate")
    command = [BSS, "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert answer(port, "/health/ready").status_code == 200
        processes = psutil.Process(server.pid).children(recursive=True)
    finally:
        server.kill()
        server.wait(PATIENCE)
    assert len(processes) >= 2
    _ended, left = psutil.wait_procs(processes, PATIENCE)
    assert left == []


def test_a_port_that_is_taken_is_said_in_a_sentence(bss: Bss) -> None:
    bss("migrate")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = bss("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == exits.FAILED
    assert "BSS_PORT=9090" in result.output


def test_listening_beyond_this_machine_is_warned_of(bss: Bss, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("uvicorn.run", lambda *_arguments, **_options: None)
    monkeypatch.setattr("cli.serve._announce_when_ready", lambda _settings: None)
    for name in ("BSS_HOST", "BSS_PORT", "BSS_WORKERS"):
        monkeypatch.setenv(name, "1")  # so that what the command sets is undone afterwards
    bss("migrate")
    result = bss("serve", "--host", "0.0.0.0", "--port", str(port))
    assert "there is no authentication yet" in result.output
