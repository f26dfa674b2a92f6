"""Subscriptions of a brand to the events of one API version or topic: made, read and ended."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, func, select

from core.entity import Document, new_id
from core.errors import Conflict, NotFound
from core.evaluation import page_in
from core.events.secrets import new_secret
from core.events.selection import Channel
from core.events.tables import subscription
from core.query import Page, Query
from core.storage.database import Database
from core.storage.statements import insert_new

LONGEST = 2048
ALL = Query()


def create(
    connection: Connection,
    tenant: str,
    channel: tuple[str, ...],
    document: Mapping[str, Any],
    now: datetime,
    identifier: str | None = None,
) -> Document:
    """Store a subscription to a `Channel` (`("tmf622", "v5")`); whether its query makes sense is known.

    `document` has `callback`, `query` and whatever else was sent, which is kept. Returns it with its `id`, by default a
    new one. Raises Conflict for an unusable callback, when the same callback has the same query already, and for an
    identifier that is taken.
    """
    callback, query = str(document["callback"]), str(document.get("query") or "")
    refuse_unusable_callback(callback)
    _refuse_overlong(query, "query")
    kept = {name: value for name, value in document.items() if name not in ("id", "href")}
    row = {
        "tenant": tenant,
        "id": identifier or new_id(),
        **Channel(*channel)._asdict(),
        "callback": callback,
        "query": query,
        "digest": hashlib.sha256(f"{callback}\n{query}".encode()).hexdigest(),
        "document": kept,
        "secret": new_secret(),
        "created_at": now,
        "failures": 0,
    }
    if not insert_new(connection, subscription, [row]):
        if identifier and _is_taken(connection, tenant, identifier):
            raise Conflict("a subscription with this identifier exists already", path="id", code="duplicate")
        raise Conflict("this callback is subscribed with the same query already", path="callback", code="duplicate")
    return {"id": row["id"], **kept}


def get(connection: Connection, tenant: str, channel: tuple[str, ...], identifier: str) -> Document:
    """Return a subscription of this brand to a channel as it was sent, with its `id`. Raises NotFound."""
    found = select(subscription.c.id, subscription.c.document).where(
        *_within(tenant, channel), subscription.c.id == identifier
    )
    row = connection.execute(found).first()
    if row is None:
        raise _missing(identifier)
    return {"id": row.id, **row.document}


def find(connection: Connection, tenant: str, channel: tuple[str, ...], query: Query = ALL) -> Page:
    """Return a page of this brand's subscriptions to a channel, oldest first. There are few: all are looked at."""
    found = select(subscription.c.id, subscription.c.document).where(*_within(tenant, channel))
    oldest_first = found.order_by(subscription.c.created_at, subscription.c.id)
    if query.conditions or query.sort or query.after:
        return page_in([{"id": row.id, **row.document} for row in connection.execute(oldest_first)], query)
    rows = connection.execute(oldest_first.offset(query.offset).limit(query.limit))
    items = [{"id": row.id, **row.document} for row in rows]
    counted = select(func.count()).select_from(subscription).where(*_within(tenant, channel))
    return Page(items, connection.execute(counted).scalar_one())


def exist(database: Database) -> bool:
    """Tell whether anybody at all wants to be told of anything."""
    with database.reading() as connection:
        return connection.execute(select(subscription.c.id).limit(1)).first() is not None


def remove(connection: Connection, tenant: str, channel: tuple[str, ...], identifier: str) -> None:
    """End a subscription; what it is still owed goes with it. Raises NotFound."""
    ended = delete(subscription).where(*_within(tenant, channel), subscription.c.id == identifier)
    if not connection.execute(ended).rowcount:
        raise _missing(identifier)


def remove_with_topic(connection: Connection, tenant: str, topic: str) -> None:
    """End all subscriptions to a topic of others."""
    connection.execute(delete(subscription).where(subscription.c.tenant == tenant, subscription.c.topic == topic))


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


def _is_taken(connection: Connection, tenant: str, identifier: str) -> bool:
    found = select(subscription.c.id).where(subscription.c.tenant == tenant, subscription.c.id == identifier)
    return connection.execute(found).first() is not None


def _within(tenant: str, channel: tuple[str, ...]) -> tuple[Any, ...]:
    named = Channel(*channel)._asdict().items()
    return subscription.c.tenant == tenant, *(subscription.c[name] == value for name, value in named)


def _missing(identifier: str) -> NotFound:
    return NotFound(f"there is no subscription '{identifier}'", path="id")
