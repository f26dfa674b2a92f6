"""Deliveries that are due: found, and claimed in batches so that each resource's events stay in order.

A claim is a lease. A process that dies between sending and booking leaves its claims behind; they run out, and the
notification is sent again with the same event identifier: at least once, never lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, select, update

from core.events.history import HAPPENED, Happened, happened
from core.events.secrets import secrets_in_force
from core.events.selection import Channel
from core.events.tables import delivery, subscription
from core.storage.database import Database
from core.storage.tables import outbox


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscription as the relay sees it: whose it is, of what and where it is told, failures in a row.

    `secrets` are those that sign what it is sent: one, or two for a while after a change.
    """

    tenant: str
    id: str
    channel: Channel
    callback: str
    failures: int
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Claim(Happened):
    """An event that this process is to deliver to a subscriber. `attempts` counts the ones before this.

    It has been due since `owed_since`; the listener has failed on its resource, with no answer since, `failing_since`.
    """

    owed_since: datetime = field(kw_only=True)
    attempts: int = 0
    failing_since: datetime | None = None


def waiting_subscribers(database: Database, now: datetime) -> list[Subscriber]:
    """Return the subscriptions that have something due and whose listener isn't being left alone for a while."""
    columns = subscription.c
    due = exists().where(
        delivery.c.tenant == columns.tenant, delivery.c.subscription_id == columns.id, is_open(), _is_free(now)
    )
    callable_ = columns.paused_until.is_(None) | (columns.paused_until <= now)
    statement = select(subscription).where(callable_, due).order_by(columns.tenant, columns.id)
    with database.reading() as connection:
        return [_subscriber_of(row, now) for row in connection.execute(statement)]


def claim(database: Database, subscriber: Subscriber, now: datetime, until: datetime, limit: int) -> list[Claim]:
    """Take up to `limit` due deliveries for this process until `until`, in order of their events.

    An event is left out while an earlier one about the same resource is on its way elsewhere, waits to be tried
    again or hasn't been distributed yet; so whoever sends a batch in order keeps the order for each resource.
    """
    this = (subscription.c.tenant == subscriber.tenant) & (subscription.c.id == subscriber.id)
    turn = select(subscription.c.id).where(this).with_for_update(skip_locked=True, key_share=True)
    with database.writing() as connection:
        # One claims for a subscription at a time: two might each take one of two events about the same resource.
        if connection.execute(turn).first() is None:
            return []
        rows = _claimable(connection, subscriber, now, limit)
        mine = of(subscriber) & delivery.c.event_id.in_([row.event_id for row in rows])
        if rows:
            connection.execute(update(delivery).where(mine).values(claimed_until=until))
    return _with_events(database, subscriber, rows) if rows else []


def of(subscriber: Subscriber) -> ColumnElement[bool]:
    """Return the condition for the deliveries of a subscription."""
    return (delivery.c.tenant == subscriber.tenant) & (delivery.c.subscription_id == subscriber.id)


def is_open() -> ColumnElement[bool]:
    """Return the condition for deliveries that are neither done nor given up."""
    return delivery.c.delivered_at.is_(None) & delivery.c.parked_at.is_(None)


def _subscriber_of(row: Any, now: datetime) -> Subscriber:
    secrets = secrets_in_force(row.secret, row.former_secret, row.former_secret_until, now)
    channel = Channel(row.api, row.version, row.topic)
    return Subscriber(row.tenant, row.id, channel, row.callback, row.failures, secrets)


def _is_free(now: datetime) -> ColumnElement[bool]:
    unclaimed = delivery.c.claimed_until.is_(None) | (delivery.c.claimed_until <= now)
    return unclaimed & (delivery.c.next_attempt_at <= now)


def _claimable(connection: Connection, subscriber: Subscriber, now: datetime, limit: int) -> list[Any]:
    taken: list[Any] = []
    after, more = -1, True
    while more and len(taken) < limit:
        page = connection.execute(_due(subscriber, now, after, limit)).all()
        if page:
            taken += _in_order(connection, subscriber, page)
            after = page[-1].position
        more = len(page) == limit
    return taken[:limit]


def _in_order(connection: Connection, subscriber: Subscriber, page: Sequence[Any]) -> list[Any]:
    """Return those of a page of due deliveries that no earlier event about the same resource stands in the way of.

    What is in the way is asked for after the page, and the outbox before the deliveries: so an event that others
    distribute, release or book at the same moment is seen in at least one of the places.
    """
    obstacles: dict[tuple[str, str], int] = {}
    mine = {row.position for row in page}
    last, entity_ids = max(mine), {row.entity_id for row in page}
    for statement in (_undistributed(subscriber, last), _owed(subscriber, last, entity_ids)):
        for entity, entity_id, position in connection.execute(statement):
            if position not in mine:
                obstacles[entity, entity_id] = min(position, obstacles.get((entity, entity_id), position))
    return [row for row in page if row.position < obstacles.get((row.entity, row.entity_id), row.position + 1)]


def _due(subscriber: Subscriber, now: datetime, after: int, limit: int) -> Select[Any]:
    columns = delivery.c
    return (
        select(
            columns.event_id,
            columns.position,
            columns.entity,
            columns.entity_id,
            columns.created_at,
            columns.attempts,
            columns.failing_since,
        )
        .where(of(subscriber), is_open(), _is_free(now), columns.position > after)
        .order_by(columns.position)
        .limit(limit)
    )


def _undistributed(subscriber: Subscriber, before: int) -> Select[Any]:
    # Few: events are distributed in order, so these are in the hands of another process at this moment.
    columns = outbox.c
    # Joined to nothing, the tenant has no index: SQLite would go through all that was ever told, by its instants.
    of_tenant = columns.tenant.concat("") == subscriber.tenant
    return select(columns.entity, columns.entity_id, columns.position).where(
        of_tenant, columns.distributed_at.is_(None), columns.position < before
    )


def _owed(subscriber: Subscriber, before: int, entity_ids: set[str]) -> Select[Any]:
    columns = delivery.c
    return select(columns.entity, columns.entity_id, columns.position).where(
        of(subscriber), is_open(), columns.position < before, columns.entity_id.in_(entity_ids)
    )


def _with_events(database: Database, subscriber: Subscriber, rows: Sequence[Any]) -> list[Claim]:
    columns = outbox.c
    statement = select(*HAPPENED).where(
        columns.tenant == subscriber.tenant, columns.id.in_([row.event_id for row in rows])
    )
    with database.reading() as connection:
        events = {event.event_id: happened(event) for event in connection.execute(statement)}
    return [
        Claim(**events[row.event_id], owed_since=row.created_at, attempts=row.attempts, failing_since=row.failing_since)
        for row in rows
    ]
