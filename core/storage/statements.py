"""Statements that both databases understand but spell through their own dialect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import DBAPIError

# SQLite has no code for it, PostgreSQL a class of codes.
_TOO_LARGE = re.compile("parser stack overflow|too (?:large|big|many)|at most 64 tables|number of parameters")
_LIMITS_OF_POSTGRESQL = "54"


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Insert those rows that break no unique key and skip the others; return the primary keys of the inserted.

    Against a transaction that is writing the same key, PostgreSQL waits until that one has ended.
    """
    if not rows:
        return []
    insert = insert_sqlite if connection.dialect.name == "sqlite" else insert_postgresql
    statement = insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return [tuple(row) for row in connection.execute(statement, list(rows))]


def hold_rows(connection: Connection, table: Table, tenant: str, identifiers: Iterable[str]) -> None:
    """Let nobody delete rows until this transaction ends; many may hold the same, in one order.

    Against a transaction that is deleting or changing one, PostgreSQL waits until that has ended; on SQLite nobody
    else writes anyway.
    """
    wanted = sorted(set(identifiers))
    if wanted and connection.dialect.name != "sqlite":
        mine = (table.c.tenant == tenant) & table.c.id.in_(wanted)
        connection.execute(
            select(table.c.id).where(mine).order_by(table.c.id).with_for_update(read=True, key_share=True)
        )


def one_at_a_time(connection: Connection, name: str) -> None:
    """Wait until no other transaction has asked for the same name, and keep others waiting until this one ends."""
    if connection.dialect.name != "sqlite":  # where nobody else writes anyway
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def is_too_large(error: Exception) -> bool:
    """Tell whether a database refused a statement for what it is, and would refuse it again."""
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlstate", None)
    return code.startswith(_LIMITS_OF_POSTGRESQL) if code else bool(_TOO_LARGE.search(str(error.orig)))
