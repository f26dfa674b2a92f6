"""Connections to the database: one pool that writes in transactions, one that reads in autocommit."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, Insert, create_engine, event
from sqlalchemy.engine import make_url

from core.errors import Unavailable
from core.storage.functions import register_functions
from core.storage.json import dumps_text, loads_stored
from core.storage.shared_transaction import Row, SharedTransaction

# The first that has pg_input_is_valid, by which lists tell date-times from other text.
OLDEST_POSTGRESQL = 16
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-65536",
    # No mmap_size: SQLite gives the mapping up whenever somebody else has written, and a get takes five times as long.
)


class _Shared(threading.local):
    """What a thread has opened for all that it does until it closes it."""

    transaction: SharedTransaction | None = None
    reader: Connection | None = None


class Database:
    """A SQLite file or a PostgreSQL server behind the same few methods.

    SQLite has one writer at a time: threads of a process queue at a lock here instead of sleeping in the driver;
    other processes wait by `busy_timeout`, seconds that a statement waits for a lock before it fails. Connecting to a
    server that is too old raises Unavailable.
    """

    def __init__(self, url: str, *, pool_size: int = 10, busy_timeout: float = 30) -> None:
        self.url = make_url(url)
        self.busy_timeout = busy_timeout
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer_turn = threading.Lock()
        self._shared = _Shared()
        options: dict[str, Any] = {
            "json_serializer": dumps_text,
            "json_deserializer": loads_stored,
            "pool_size": pool_size,
            "hide_parameters": True,  # they are customers' data, and errors end up in logs
        }
        self.writer = self._engine(options)
        self.reader = self._engine({**options, "isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True})
        event.listen(self.writer, "before_cursor_execute", self._before_statement)
        if self.is_sqlite:
            event.listen(self.writer, "begin", _begin_immediate)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Run one transaction; it commits when the block ends, and is undone when the block raises.

        Within `together` it is a part of what is committed there. Raises Unavailable when other threads keep it from
        its turn.
        """
        with self._shared.transaction.part() if self._shared.transaction else self._whole() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit all transactions of this thread in the block at once: one wait for the disk.

        Each is undone by itself when it raises. When the block raises or can't be committed, none of them is kept;
        raises what the database says then, Unavailable where it has given up the transaction before, or Apart.
        """
        with self._whole() as connection:
            self._shared.transaction = transaction = SharedTransaction(connection)
            try:
                yield
                transaction.before_statement()
            finally:
                self._shared.transaction = None
            transaction.refuse_lost()

    def add_later(self, connection: Connection, insert: Insert, rows: Sequence[Row]) -> None:
        """Add rows that no constraint can refuse: with those of others where all is committed together, else now."""
        if self._shared.transaction:
            self._shared.transaction.add_later(insert, rows)
        else:
            connection.execute(insert, rows)

    def _before_statement(self, *_execution: Any) -> None:
        if self._shared.transaction:
            self._shared.transaction.before_statement()

    @contextmanager
    def _whole(self) -> Iterator[Connection]:
        with self._turn() if self.is_sqlite else nullcontext(), self.writer.begin() as connection:
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writer_turn.acquire(timeout=self.busy_timeout):
            raise Unavailable("the database is busy; try again later")
        try:
            yield
        finally:
            self._writer_turn.release()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read without a transaction: each statement sees what is committed."""
        with nullcontext(self._shared.reader) if self._shared.reader else self.reader.connect() as connection:
            yield connection

    @contextmanager
    def reading_together(self) -> Iterator[Connection]:
        """Let everything that this thread reads in the block take the same connection."""
        with self.reader.connect() as connection:
            self._shared.reader = connection
            try:
                yield connection
            finally:
                self._shared.reader = None

    def dispose(self) -> None:
        """Close all connections."""
        self.writer.dispose()
        self.reader.dispose()

    def _engine(self, options: dict[str, Any]) -> Engine:
        engine = create_engine(_with_driver(self.url), max_overflow=20, pool_timeout=60, **options)
        event.listen(engine, "connect", self._prepare_sqlite if self.is_sqlite else self._prepare_postgresql)
        return engine

    def _prepare_sqlite(self, connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (*_PRAGMAS, f"busy_timeout={self._milliseconds}"):
            connection.execute(f"PRAGMA {pragma}")
        register_functions(connection)

    def _prepare_postgresql(self, connection: Any, _record: Any) -> None:
        release = connection.info.server_version // 10_000
        if release < OLDEST_POSTGRESQL:
            raise Unavailable(f"it is PostgreSQL {release}, and the suite needs {OLDEST_POSTGRESQL} or newer")
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {self._milliseconds}")
            # In the server's own zone an instant at the edge of the calendar can be one that Python can't say.
            cursor.execute("SET TIME ZONE 'UTC'")
        connection.commit()

    @property
    def _milliseconds(self) -> int:
        return int(self.busy_timeout * 1000)


def _with_driver(url: Any) -> Any:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail with SQLITE_BUSY instead of waiting for its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
