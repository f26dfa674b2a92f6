"""Statements that both databases understand but spell through their own dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Insert those rows that break no unique key and skip the others; return the primary keys of the inserted.

    Against a transaction that is writing the same key, PostgreSQL waits until that one has ended.
    """
    if not rows:
        return []
    insert = insert_sqlite if connection.dialect.name == "sqlite" else insert_postgresql
    statement = insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return [tuple(row) for row in connection.execute(statement, list(rows))]
