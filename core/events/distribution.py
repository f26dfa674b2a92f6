"""From the outbox to the subscribers: each new event becomes one delivery a subscription that wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.entity import Document
from core.events.selection import EventKind, Selection, Selections
from core.events.tables import delivery, subscription
from core.storage.database import Database
from core.storage.tables import outbox

_WAITING = outbox.c.distributed_at.is_(None)


def distribute(database: Database, selections: Selections, now: datetime, limit: int) -> int:
    """Turn up to `limit` events into deliveries, oldest first; return how many events were looked at.

    Any number of processes may do so at the same time: on PostgreSQL each takes rows that no other has locked, on
    SQLite they take turns. All of it commits together, so that a process that dies has done nothing.
    """
    with database.reading() as connection:
        if connection.execute(select(outbox.c.id).where(_WAITING).limit(1)).first() is None:
            return 0
    with database.writing() as connection:
        events = _take(connection, limit)
        if not events:
            return 0
        deliveries = list(_deliveries(connection, events, selections, now))
        if deliveries:
            connection.execute(insert(delivery), deliveries)
        taken = outbox.c.position.in_([event.position for event in events])
        connection.execute(update(outbox).where(taken).values(distributed_at=now))
    return len(events)


def _take(connection: Connection, limit: int) -> Sequence[Any]:
    columns = outbox.c
    waiting = (
        select(
            columns.tenant,
            columns.id,
            columns.position,
            columns.entity,
            columns.entity_id,
            columns.kind,
            columns.occurred_at,
        )
        .where(_WAITING)
        .order_by(columns.position)
        .limit(limit)
    )
    return connection.execute(waiting.with_for_update(skip_locked=True)).all()


def _subscriptions(connection: Connection, events: Sequence[Any]) -> dict[str, list[Any]]:
    columns = subscription.c
    wanted = select(columns.tenant, columns.id, columns.api, columns.version, columns.query, columns.created_at).where(
        columns.tenant.in_({event.tenant for event in events})
    )
    # Shared with others who distribute, but none of these can be ended before its deliveries are written.
    rows = connection.execute(wanted.order_by(columns.id).with_for_update(read=True, key_share=True))
    by_tenant: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_tenant[row.tenant].append(row)
    return by_tenant


def _deliveries(
    connection: Connection, events: Sequence[Any], selections: Selections, now: datetime
) -> Iterator[dict[str, Any]]:
    wishes = {
        tenant: [(subscriber, selections(subscriber.api, subscriber.version, subscriber.query)) for subscriber in those]
        for tenant, those in _subscriptions(connection, events).items()
    }
    payloads = _payloads(connection, events, wishes)
    for event in events:
        for subscriber, selection in wishes.get(event.tenant, ()):
            if subscriber.created_at <= event.occurred_at and selection.takes(_kind(event), payloads.get(event.id)):
                yield {
                    "tenant": event.tenant,
                    "subscription_id": subscriber.id,
                    "event_id": event.id,
                    "position": event.position,
                    "entity": event.entity,
                    "entity_id": event.entity_id,
                    "created_at": now,
                    "attempts": 0,
                    "next_attempt_at": now,
                }


def _payloads(
    connection: Connection, events: Sequence[Any], wishes: Mapping[str, Sequence[tuple[Any, Selection]]]
) -> dict[str, Document]:
    """Return the payloads that a selection looks into, by the identifier of the event."""
    identifiers = [
        event.id
        for event in events
        if any(selection.looks_inside(_kind(event)) for _subscriber, selection in wishes.get(event.tenant, ()))
    ]
    if not identifiers:
        return {}
    positions = [event.position for event in events]
    found = select(outbox.c.id, outbox.c.payload).where(
        outbox.c.position.between(min(positions), max(positions)), outbox.c.id.in_(identifiers)
    )
    return {row.id: row.payload for row in connection.execute(found)}


def _kind(event: Any) -> EventKind:
    return event.entity, event.kind
