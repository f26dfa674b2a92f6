"""From the outbox to the subscribers: each new event becomes one delivery a subscription that wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from core.clock import wire_instant
from core.entity import Document
from core.events.selection import ENVELOPE, Channel, EventKind, Selection, Selections
from core.events.tables import delivery, subscription
from core.storage.database import Database
from core.storage.tables import outbox

# What is needed of an event to know who wants it; its payload only where a subscription looks inside.
EVENT = (
    outbox.c.tenant,
    outbox.c.id,
    outbox.c.position,
    outbox.c.entity,
    outbox.c.entity_id,
    outbox.c.kind,
    outbox.c.occurred_at,
)
# By brand, its subscriptions, each with what it selects.
Wishes = Mapping[str, Sequence[tuple[Any, Selection]]]

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
        waiting = select(*EVENT).where(_WAITING).order_by(outbox.c.position).limit(limit)
        events = connection.execute(waiting.with_for_update(skip_locked=True)).all()
        if not events:
            return 0
        wishes = wishes_of(connection, {event.tenant for event in events}, selections)
        deliveries = [
            owed
            for owed, subscriber, event in wanted(connection, events, wishes, now)
            if subscriber.created_at <= event.occurred_at
        ]
        if deliveries:
            connection.execute(insert(delivery), deliveries)
        taken = outbox.c.position.in_([event.position for event in events])
        connection.execute(update(outbox).where(taken).values(distributed_at=now))
    return len(events)


def wishes_of(connection: Connection, tenants: Collection[str], selections: Selections) -> Wishes:
    """Return the subscriptions of some brands with what they select; none can be ended before the transaction is."""
    columns = subscription.c
    channel = (columns.api, columns.version, columns.topic)
    known = select(columns.tenant, columns.id, *channel, columns.query, columns.created_at).where(
        columns.tenant.in_(tenants)
    )
    # Shared with others who distribute, but none of these can be ended before its deliveries are written.
    rows = connection.execute(known.order_by(columns.id).with_for_update(read=True, key_share=True))
    wishes: dict[str, list[tuple[Any, Selection]]] = defaultdict(list)
    for row in rows:
        wishes[row.tenant].append((row, selections(Channel(row.api, row.version, row.topic), row.query)))
    return wishes


def wanted(
    connection: Connection, events: Sequence[Any], wishes: Wishes, now: datetime
) -> Iterator[tuple[dict[str, Any], Any, Any]]:
    """Yield each delivery that is due at `now`, as a row, with its subscription and its event (columns `EVENT`)."""
    payloads = _payloads(connection, events, wishes)
    for event in events:
        for subscriber, selection in wishes.get(event.tenant, ()):
            if selection.takes(_kind(event), payloads.get(event.id)):
                owed = {
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
                yield owed, subscriber, event


def _payloads(connection: Connection, events: Sequence[Any], wishes: Wishes) -> dict[str, Document]:
    """Return the payloads that a selection looks into, by the identifier of the event."""
    identifiers = [
        event.id
        for event in events
        if any(selection.looks_inside(_kind(event)) for _subscriber, selection in wishes.get(event.tenant, ()))
    ]
    if not identifiers:
        return {}
    positions = [event.position for event in events]
    columns = outbox.c
    found = select(columns.id, columns.payload, columns.occurred_at, columns.correlation_id).where(
        outbox.c.position.between(min(positions), max(positions)), outbox.c.id.in_(identifiers)
    )
    return {row.id: {**row.payload, ENVELOPE: _envelope(row)} for row in connection.execute(found)}


def _envelope(event: Any) -> Document:
    """Return what is known of an event beside its payload, as notifications say it."""
    known = {"eventId": event.id, "eventTime": wire_instant(event.occurred_at)}
    return known | ({"correlationId": event.correlation_id} if event.correlation_id else {})


def _kind(event: Any) -> EventKind:
    return event.entity, event.kind
