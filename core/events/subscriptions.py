"""Subscriptions of a brand to the events of one API version: made, read and ended."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, func, select

from core.entity import Document, new_id
from core.errors import Conflict, NotFound
from core.events.secrets import new_secret
from core.events.tables import subscription
from core.query import Page, Query
from core.storage.database import Database
from core.storage.statements import insert_new

LONGEST = 2048
ALL = Query()


def create(
    connection: Connection,
    tenant: str,
    api: tuple[str, str],
    document: Mapping[str, Any],
    now: datetime,
) -> Document:
    """Store a subscription to events of an API version (`("tmf622", "v5")`); whether its query makes sense is known.

    `document` has `callback`, `query` and whatever else was sent, which is kept. Returns it with its `id`. Raises
    Conflict for an unusable callback, and when the same callback has the same query already.
    """
    callback, query = str(document["callback"]), str(document.get("query") or "")
    refuse_unusable_callback(callback)
    _refuse_overlong(query, "query")
    kept = {name: value for name, value in document.items() if name not in ("id", "href")}
    row = {
        "tenant": tenant,
        "id": new_id(),
        "api": api[0],
        "version": api[1],
        "callback": callback,
        "query": query,
        "digest": hashlib.sha256(f"{callback}\n{query}".encode()).hexdigest(),
        "document": kept,
        "secret": new_secret(),
        "created_at": now,
        "failures": 0,
    }
    if not insert_new(connection, subscription, [row]):
        raise Conflict("this callback is subscribed with the same query already", path="callback", code="duplicate")
    return {"id": row["id"], **kept}


def get(connection: Connection, tenant: str, api: tuple[str, str], identifier: str) -> Document:
    """Return a subscription of this brand and API version as it was sent, with its `id`. Raises NotFound."""
    found = select(subscription.c.id, subscription.c.document).where(
        *_within(tenant, api), subscription.c.id == identifier
    )
    row = connection.execute(found).first()
    if row is None:
        raise _missing(identifier)
    return {"id": row.id, **row.document}


def find(connection: Connection, tenant: str, api: tuple[str, str], query: Query = ALL) -> Page:
    """Return a page of this brand's subscriptions to an API version, oldest first."""
    found = select(subscription.c.id, subscription.c.document).where(*_within(tenant, api))
    rows = connection.execute(found.order_by(subscription.c.id).offset(query.offset).limit(query.limit))
    items = [{"id": row.id, **row.document} for row in rows]
    total = connection.execute(select(func.count()).select_from(subscription).where(*_within(tenant, api))).scalar_one()
    return Page(items, total)


def exist(database: Database) -> bool:
    """Tell whether anybody at all wants to be told of anything."""
    with database.reading() as connection:
        return connection.execute(select(subscription.c.id).limit(1)).first() is not None


def remove(connection: Connection, tenant: str, api: tuple[str, str], identifier: str) -> None:
    """End a subscription; what it is still owed goes with it. Raises NotFound."""
    ended = delete(subscription).where(*_within(tenant, api), subscription.c.id == identifier)
    if not connection.execute(ended).rowcount:
        raise _missing(identifier)


def refuse_unusable_callback(callback: str) -> None:
    """Refuse (Conflict) a callback that isn't an absolute http(s) URL without credentials and fragment.

    Whether it may lead where it does is for core.events.addresses to say.
    """
    _refuse_overlong(callback, "callback")
    try:
        parts = urlsplit(callback)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not callback.isprintable() or " " in callback:
        raise Conflict(
            "a callback is an absolute http or https URL, such as https://listener.example/events",
            path="callback",
            code="invalidCallback",
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Conflict("a callback carries neither credentials nor a fragment", path="callback", code="invalidCallback")


def _refuse_overlong(value: str, path: str) -> None:
    if len(value) > LONGEST:
        raise Conflict(f"{path} has at most {LONGEST} characters", path=path, code="tooLong")


def _within(tenant: str, api: tuple[str, str]) -> tuple[Any, ...]:
    columns = subscription.c
    return columns.tenant == tenant, columns.api == api[0], columns.version == api[1]


def _missing(identifier: str) -> NotFound:
    return NotFound(f"there is no subscription '{identifier}'", path="id")
