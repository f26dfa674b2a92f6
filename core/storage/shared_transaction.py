"""A transaction in parts, each of which can be undone by itself: what several callers wanted, committed at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Insert
from sqlalchemy.exc import DBAPIError

from core.errors import Unavailable

Row = dict[str, Any]
_LOST = "the database could not keep the change; try again later"
_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


class Apart(Exception):
    """New rows of several parts, written at once, were refused: nothing is kept, and each part is to be done apart."""


class SharedTransaction:
    """The parts of one transaction: rows that they add are written together; savepoints undo what else they did.

    The driver is asked for savepoints, which costs less than SQLAlchemy's own; a part has one from its first statement
    on. Many have none at all, since what they add waits here for whoever needs the database next.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._driver: Any = connection.connection.dbapi_connection
        self._later: list[tuple[Insert, Row]] = []
        self._begun_at: int | None = None  # how much waited when the part began that runs; None outside of parts
        self._has_begun = False
        self._has_savepoint = False
        self._is_part_saved = False
        self._is_writing = False
        self._is_refused = False

    @contextmanager
    def part(self) -> Iterator[Connection]:
        """Run a part; what it did is undone when the block raises. Raises Unavailable where all is lost already."""
        self.refuse_lost()
        self._begun_at, self._is_part_saved = len(self._later), False
        try:
            yield self.connection
        except BaseException:
            del self._later[self._begun_at :]
            if self._is_part_saved and self._is_open:
                self._driver.execute("ROLLBACK TO part")
            raise
        finally:
            self._begun_at = None

    def add_later(self, insert: Insert, rows: Sequence[Row]) -> None:
        """Add rows before the next statement, whoever has it. To be used for rows that no constraint can refuse."""
        self._later += [(insert, row) for row in rows]

    def before_statement(self) -> None:
        """Write what waits, and let a part that runs begin where it can be undone to. Raises Apart."""
        if self._is_writing:
            return
        later, self._later = self._later, []
        earlier = len(later) if self._begun_at is None else self._begun_at
        self._write(later[:earlier])
        if self._begun_at is not None:
            if not self._is_part_saved:
                self._begin_part()
            self._begun_at = 0
        self._write(later[earlier:])

    def refuse_lost(self) -> None:
        """Raise Unavailable where the database has undone the whole transaction, will not commit it, or has gone.

        SQLite undoes by itself when the disk is full or fails; a savepoint would begin another transaction then. To
        commit after an error that nobody has undone, PostgreSQL answers by undoing everything, and calls it no error.
        Raises Apart where new rows were refused.
        """
        if self._is_refused:
            raise Apart
        if not (self._is_sound or (not self._has_begun and not self._is_sqlite)):
            raise Unavailable(_LOST)

    @property
    def _is_open(self) -> bool:
        if self._is_sqlite:
            return bool(self._driver.in_transaction)
        return self._driver.info.transaction_status in _OPEN

    @property
    def _is_sound(self) -> bool:
        return self._is_open and (self._is_sqlite or self._driver.info.transaction_status is TransactionStatus.INTRANS)

    def _write(self, later: Sequence[tuple[Insert, Row]]) -> None:
        if not later:
            return
        rows: dict[Insert, list[Row]] = {}
        for insert, row in later:
            rows.setdefault(insert, []).append(row)
        self._has_begun = self._is_writing = True
        try:
            for insert, added in rows.items():
                self.connection.execute(insert, added)
        except DBAPIError as error:
            self._is_refused = True
            raise Apart from error
        finally:
            self._is_writing = False

    def _begin_part(self) -> None:
        self._has_begun = True
        if not self._has_savepoint:
            self._driver.execute("SAVEPOINT part")
        elif self._is_sqlite:
            self._driver.execute("RELEASE part")
            self._driver.execute("SAVEPOINT part")
        else:
            # A journey to the server as short as can be; what may have gone wrong shows in the transaction's status.
            self._driver.pgconn.exec_(b"RELEASE part; SAVEPOINT part")
            self.refuse_lost()
        self._has_savepoint = self._is_part_saved = True
