"""Replies to requests that carry a key: who sends one again gets the same reply, and nothing is done twice.

The row of a key is written in the transaction of the change that it stands for, so a crash leaves both or neither, and
of two requests at once the unique key lets one through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Index, Integer, String, Table, Text, delete, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import OperationalError

from core.errors import Conflict, Unprocessable
from core.service import Core, Work
from core.storage.json import dumps_text, loads_stored
from core.storage.tables import TENANT, metadata
from core.storage.types import Instant

NAME = "Idempotency-Key"  # what callers call it
LONGEST = 255
# Milliseconds that a request waits for one with its key that is running: in most cases it gets the reply of that one.
PATIENCE = 3000
REMOVED_AT_A_TIME = 1000
_IS_LOCKED = "55P03"
_LOCK_TIMEOUT = text("SELECT set_config('lock_timeout', :value, true)")

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("operation", String(128), primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("key", String(LONGEST), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("status", Integer),
    # As text: the order of attributes is part of a reply, and JSONB doesn't keep it.
    Column("headers", Text),
    Column("body", Text),
)
Index("ix_idempotency_key_expires_at", idempotency_key.c.expires_at)


@dataclass(frozen=True, slots=True)
class Key:
    """One request that may be sent again: to which operation, under which key, and the digest of what it asks for."""

    operation: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply as it was given."""

    status: int
    headers: Mapping[str, str]
    body: Any


def claim(work: Work, key: Key) -> Kept | None:
    """Take a key for the running transaction; return the reply that a request with it got before, if there was one.

    Raises Unprocessable when the key stood for another request, Conflict while a request with it is being carried out.
    """
    table = idempotency_key
    row = {
        **_names(work, key),
        "fingerprint": key.fingerprint,
        "expires_at": work.now + timedelta(seconds=work.settings.idempotency_lifetime),
    }
    is_sqlite = work.connection.dialect.name == "sqlite"
    statement = (insert_sqlite if is_sqlite else insert_postgresql)(table).values(row)
    fresh = {"fingerprint": statement.excluded.fingerprint, "expires_at": statement.excluded.expires_at}
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_=fresh, where=table.c.expires_at <= work.now
    )
    if _insert(work, statement.returning(table.c.key), is_sqlite):
        return None
    known = work.connection.execute(select(table).where(*_is(work, key))).one()
    if known.fingerprint != key.fingerprint:
        reason = "this key was sent with another request before; a new request needs a new one"
        raise Unprocessable(reason, path=NAME, code="keyReused")
    return Kept(known.status, loads_stored(known.headers), loads_stored(known.body))


def keep(work: Work, key: Key, reply: Kept) -> None:
    """Keep the reply of a request whose key the running transaction has taken."""
    values = {"status": reply.status, "headers": dumps_text(dict(reply.headers)), "body": dumps_text(reply.body)}
    work.connection.execute(update(idempotency_key).where(*_is(work, key)).values(values))


def forget_expired(core: Core) -> int:
    """Remove the keys whose time is over, of all brands, a batch a transaction; return how many."""
    table, count, now = idempotency_key, 0, core.clock.now()
    columns = tuple_(*table.primary_key.columns)
    expired = select(*table.primary_key.columns).where(table.c.expires_at <= now).limit(REMOVED_AT_A_TIME)
    while True:
        with core.database.reading() as connection:
            if connection.execute(expired.limit(1)).first() is None:
                return count
        with core.database.writing() as connection:
            # A key that is taken anew at this very moment lives again: the row itself has to be looked at.
            mine = (columns.in_(expired), table.c.expires_at <= now)
            count += connection.execute(delete(table).where(*mine)).rowcount


def _insert(work: Work, statement: Any, is_sqlite: bool) -> bool:
    """Write the row unless there is a living one. On SQLite, a running request has the whole database to itself."""
    if is_sqlite:
        return work.connection.execute(statement).first() is not None
    usual = int(work.core.database.busy_timeout * 1000)
    work.connection.execute(_LOCK_TIMEOUT, {"value": f"{min(PATIENCE, usual)}ms"})
    try:
        written = work.connection.execute(statement).first() is not None
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _IS_LOCKED:
            raise
        reason = "a request with this key is still being carried out; send it again later"
        raise Conflict(reason, path=NAME, code="inProgress") from error
    work.connection.execute(_LOCK_TIMEOUT, {"value": f"{usual}ms"})
    return written


def _names(work: Work, key: Key) -> dict[str, str]:
    return {
        "tenant": work.context.tenant,
        "operation": key.operation,
        "actor": work.context.actor,
        "key": key.key,
    }


def _is(work: Work, key: Key) -> list[Any]:
    return [idempotency_key.c[name] == value for name, value in _names(work, key).items()]
