"""What became of deliveries, written down in sets: done, failed and due again, given up, or given back untried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from sqlalchemy import Connection, Update, bindparam, exists, func, literal, select, update

from core.events.delivery import Subscriber, is_open, of
from core.events.tables import delivery, subscription
from core.settings import Settings
from core.storage.database import Database
from core.storage.types import Instant

_chance = SystemRandom()


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that failed: when to try again, or None to give up (park)."""

    event_id: str
    error: str
    next_attempt_at: datetime | None


@dataclass(slots=True)
class Outcomes:
    """What became of claims, by event identifier: delivered, failed, or given back untried.

    `failing` says since when the listener has failed on what a resource is told of, None once it has taken something:
    that goes for all that waits behind, which so has no time of its own that begins when its turn comes.
    """

    delivered: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    failing: dict[tuple[str, str], datetime | None] = field(default_factory=dict)


def pause_after(failures: int, settings: Settings) -> timedelta:
    """Return how long to wait after that many failures in a row: doubling up to a limit, the last half by chance.

    Chance keeps the retries of many deliveries from arriving together at a listener that has just come back.
    """
    longest = min(settings.relay_backoff * 2.0 ** min(failures - 1, 64), settings.relay_backoff_limit)
    return timedelta(seconds=longest * _chance.uniform(0.5, 1))


def book(database: Database, subscriber: Subscriber, outcomes: Outcomes, now: datetime) -> None:
    """Write down what became of claims, in one transaction. A delivery that came back answered clears its listener."""
    with database.writing() as connection:
        if outcomes.delivered:
            done = update(delivery).where(of(subscriber), delivery.c.event_id.in_(outcomes.delivered))
            attempts = delivery.c.attempts + 1
            connection.execute(done.values(delivered_at=now, claimed_until=None, parked_at=None, attempts=attempts))
            well = _listener(subscriber).where(subscription.c.failures > 0)
            connection.execute(well.values(failures=0, failing_since=None, paused_until=None))
        if outcomes.released:
            freed = update(delivery).where(of(subscriber), delivery.c.event_id.in_(outcomes.released), is_open())
            connection.execute(freed.values(claimed_until=None))
        if outcomes.failed:
            _book_failures(connection, subscriber, outcomes.failed, now)
        for resource, since in outcomes.failing.items():
            connection.execute(_still_owed(subscriber, resource, since).values(failing_since=since))


def leave_alone(database: Database, subscriber: Subscriber, now: datetime, until: datetime) -> None:
    """Call a listener that can't be reached no more until `until`, so that it takes nobody else's time.

    Of several threads that find it so at the same time, one counts.
    """
    paused = subscription.c.paused_until
    values = {
        "failures": subscription.c.failures + 1,
        "failing_since": func.coalesce(subscription.c.failing_since, literal(now, Instant())),
        "paused_until": until,
    }
    with database.writing() as connection:
        connection.execute(_listener(subscriber).where(paused.is_(None) | (paused <= now)).values(values))


def park_overdue(database: Database, subscriber: Subscriber, now: datetime, since: datetime, error: str) -> int:
    """Give up what has waited from before `since` for a listener out of reach ever since; return how many."""
    columns = subscription.c
    unreached = exists(
        select(columns.id).where(
            columns.tenant == subscriber.tenant, columns.id == subscriber.id, columns.failing_since <= since
        )
    )
    overdue = update(delivery).where(of(subscriber), is_open(), delivery.c.created_at <= since, unreached)
    with database.writing() as connection:
        return connection.execute(overdue.values(parked_at=now, claimed_until=None, last_error=error)).rowcount


def _book_failures(connection: Connection, subscriber: Subscriber, failed: Sequence[Failure], now: datetime) -> None:
    values: dict[str, Any] = {
        "attempts": delivery.c.attempts + 1,
        "next_attempt_at": bindparam("b_next"),
        "parked_at": bindparam("b_parked"),
        "claimed_until": None,
        "last_error": bindparam("b_error"),
    }
    statement = update(delivery).where(of(subscriber), delivery.c.event_id == bindparam("b_event"), is_open())
    rows = [
        {
            "b_event": each.event_id,
            "b_next": each.next_attempt_at or now,
            "b_parked": now if each.next_attempt_at is None else None,
            "b_error": each.error,
        }
        for each in failed
    ]
    connection.execute(statement.values(values), rows)


def _still_owed(subscriber: Subscriber, resource: tuple[str, str], since: datetime | None) -> Update:
    entity, entity_id = resource
    others = delivery.c.failing_since.is_distinct_from(literal(since, Instant()))
    this = (delivery.c.entity == entity) & (delivery.c.entity_id == entity_id)
    return update(delivery).where(of(subscriber), this, is_open(), others)


def _listener(subscriber: Subscriber) -> Update:
    return update(subscription).where(subscription.c.tenant == subscriber.tenant, subscription.c.id == subscriber.id)
