"""Connections to the database: one pool that writes in transactions, one that reads in autocommit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from core.storage.json import dumps_text, loads

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "cache_size=-65536",
)


class Database:
    """A SQLite file or a PostgreSQL server behind the same few methods.

    SQLite has one writer at a time: threads of a process queue at a lock here instead of sleeping in the driver;
    other processes wait by `busy_timeout`.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer_turn: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()
        options: dict[str, Any] = {
            "json_serializer": dumps_text,
            "json_deserializer": loads,
            "pool_size": pool_size,
        }
        self.writer = self._engine(options)
        self.reader = self._engine({**options, "isolation_level": "AUTOCOMMIT"})
        if self.is_sqlite:
            event.listen(self.writer, "begin", _begin_immediate)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Run one transaction; it commits when the block ends, and is undone when the block raises."""
        with self._writer_turn, self.writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read without a transaction: each statement sees what is committed."""
        with self.reader.connect() as connection:
            yield connection

    def dispose(self) -> None:
        """Close all connections."""
        self.writer.dispose()
        self.reader.dispose()

    def _engine(self, options: dict[str, Any]) -> Engine:
        engine = create_engine(_with_driver(self.url), max_overflow=20, pool_timeout=60, **options)
        if self.is_sqlite:
            event.listen(engine, "connect", _prepare_sqlite)
        return engine


def _with_driver(url: Any) -> Any:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail with SQLITE_BUSY instead of waiting for its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
