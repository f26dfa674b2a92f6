"""Removes rows whose time is over, from any table that has an index on when they came in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, delete, select, tuple_

from core.storage.database import Database

REMOVED_AT_A_TIME = 1000


def remove_older(database: Database, table: Table, at: Column[Any], before: datetime) -> int:
    """Remove the rows of all brands that came in (`at`) before an instant; return how many.

    A batch a transaction, oldest first; any number of processes may do so at the same time.
    """
    key, count = table.primary_key.columns, 0
    oldest = select(*key).where(at < before).order_by(at).limit(REMOVED_AT_A_TIME)
    while True:
        with database.reading() as connection:
            expired = [tuple(row) for row in connection.execute(oldest)]
        if not expired:
            return count
        with database.writing() as connection:
            count += connection.execute(delete(table).where(tuple_(*key).in_(expired))).rowcount
