"""A transaction in parts, each of which can be undone by itself: what several callers wanted, committed at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection

from core.errors import Unavailable

_LOST = "the database could not keep the change; try again later"
_OPEN = (TransactionStatus.INTRANS, TransactionStatus.INERROR)


class SharedTransaction:
    """The savepoints of one transaction. The driver is asked for them, which costs less than SQLAlchemy's own."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._driver: Any = connection.connection.dbapi_connection
        self._has_parts = False

    @contextmanager
    def part(self) -> Iterator[Connection]:
        """Run a part; what it did is undone when the block raises. Raises Unavailable where all is lost already."""
        self.refuse_lost()
        self._begin_part()
        self._has_parts = True
        try:
            yield self.connection
        except BaseException:
            if self._is_open:
                self._driver.execute("ROLLBACK TO part")
            raise

    def refuse_lost(self) -> None:
        """Raise Unavailable where the database has undone the whole transaction, will not commit it, or has gone.

        SQLite undoes by itself when the disk is full or fails; a savepoint would begin another transaction then. To
        commit after an error that nobody has undone, PostgreSQL answers by undoing everything, and calls it no error.
        """
        if not (self._is_sound or (not self._has_parts and not self._is_sqlite)):
            raise Unavailable(_LOST)

    @property
    def _is_open(self) -> bool:
        if self._is_sqlite:
            return bool(self._driver.in_transaction)
        return self._driver.info.transaction_status in _OPEN

    @property
    def _is_sound(self) -> bool:
        return self._is_open and (self._is_sqlite or self._driver.info.transaction_status is TransactionStatus.INTRANS)

    def _begin_part(self) -> None:
        if not self._has_parts:
            self._driver.execute("SAVEPOINT part")
        elif self._is_sqlite:
            self._driver.execute("RELEASE part")
            self._driver.execute("SAVEPOINT part")
        else:
            # A journey to the server as short as can be; what may have gone wrong shows in the transaction's status.
            self._driver.pgconn.exec_(b"RELEASE part; SAVEPOINT part")
            self.refuse_lost()
