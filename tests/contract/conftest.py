"""One server for all contract tests of a worker, over a SQLite file of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract.servers import Server, running_server


@pytest.fixture(scope="session")
def server(empty_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server; tests share it, so each makes what it needs and relies on nothing else."""
    folder = tmp_path_factory.mktemp("server")
    shutil.copy(empty_sqlite_file, folder / "bss.db")
    with running_server(f"sqlite:///{folder / 'bss.db'}", folder) as server:
        yield server


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    """A client of the server."""
    with server.client() as client:
        yield client
