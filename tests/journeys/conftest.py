"""What journeys start from: a server process over an empty database, and a caller."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.caller import Caller
from tests.journeys.server import Server


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """A running server, once on SQLite and once on PostgreSQL; what a killed one had begun is soon free again."""
    with Server(tmp_path, database_url, TASK_LEASE="2", RELAY_LEASE="2") as server:
        yield server


@pytest.fixture
def caller(server: Server) -> Caller:
    """A caller of that server."""
    return Caller(server.url)
