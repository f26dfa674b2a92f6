"""Deliveries as an operator sees and steers them: listed by state, tried again, given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Connection, and_, case, literal, null, select, update

from core.events.delivery import is_open
from core.events.tables import delivery, subscription
from core.storage.tables import outbox
from core.storage.types import Instant

State = Literal["waiting", "sending", "delivered", "parked"]
STATES: tuple[State, ...] = get_args(State)
BY_HAND = "parked by the operator"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries of a brand are meant: of these events, of one subscription, in these states (empty: any)."""

    events: Sequence[str] = ()
    subscription: str | None = None
    states: Sequence[State] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """One delivery: which event is owed to whom, and what has become of it so far."""

    event_id: str
    occurred_at: datetime
    entity: str
    entity_id: str
    kind: str
    subscription_id: str
    api: str
    version: str
    topic: str
    callback: str
    state: State
    attempts: int
    next_attempt_at: datetime
    delivered_at: datetime | None
    parked_at: datetime | None
    last_error: str | None


def unknown_names(connection: Connection, tenant: str, wanted: Wanted) -> list[str]:
    """Return what a brand doesn't have of what is named, in words: `event '7'`, `subscription '8'`."""
    kept = select(outbox.c.id).where(outbox.c.tenant == tenant, outbox.c.id.in_(wanted.events))
    known = set(connection.execute(kept).scalars()) if wanted.events else set[str]()
    unknown = [f"event '{event}'" for event in sorted(set(wanted.events) - known)]
    if wanted.subscription is not None:
        found = select(subscription.c.id).where(
            subscription.c.tenant == tenant, subscription.c.id == wanted.subscription
        )
        if connection.execute(found).first() is None:
            unknown.append(f"subscription '{wanted.subscription}'")
    return unknown


def find_deliveries(connection: Connection, tenant: str, wanted: Wanted, now: datetime, limit: int) -> list[Owed]:
    """Return up to `limit` deliveries of a brand, in the order in which their events were written."""
    known = {
        **{column.name: column for column in (*outbox.c, *subscription.c, *delivery.c)},
        "subscription_id": delivery.c.subscription_id,
        "state": _state(now),
    }
    statement = (
        select(*(known[field.name].label(field.name) for field in fields(Owed)))
        .select_from(
            delivery.join(outbox, (outbox.c.tenant == delivery.c.tenant) & (outbox.c.id == delivery.c.event_id)).join(
                subscription,
                (subscription.c.tenant == delivery.c.tenant) & (subscription.c.id == delivery.c.subscription_id),
            )
        )
        .where(_meant(tenant, wanted, now))
        .order_by(delivery.c.position, delivery.c.subscription_id)
        .limit(limit)
    )
    return [Owed(*row) for row in connection.execute(statement)]


def retry(connection: Connection, tenant: str, wanted: Wanted, now: datetime) -> int:
    """Make deliveries that are parked, or wait for another attempt, due at once; return how many.

    Their time until parking begins anew, and so does that of their listeners, which are called again at once.
    """
    meant = _meant(tenant, wanted, now) & _state(now).in_(("parked", "waiting"))
    listeners = select(delivery.c.subscription_id).where(meant)
    called = update(subscription).where(subscription.c.tenant == tenant, subscription.c.id.in_(listeners))
    connection.execute(called.values(failures=0, failing_since=None, paused_until=None))
    # Why the last attempt failed is still worth knowing; that somebody had parked it isn't.
    reason = case((delivery.c.last_error == BY_HAND, null()), else_=delivery.c.last_error)
    values = {"parked_at": None, "failing_since": None, "next_attempt_at": now, "last_error": reason}
    return connection.execute(update(delivery).where(meant).values(values)).rowcount


def park(connection: Connection, tenant: str, wanted: Wanted, now: datetime) -> int:
    """Give up deliveries that are neither done nor given up; return how many. Later events then pass them."""
    values = {"parked_at": now, "claimed_until": None, "last_error": BY_HAND}
    return connection.execute(update(delivery).where(_meant(tenant, wanted, now), is_open()).values(values)).rowcount


def _meant(tenant: str, wanted: Wanted, now: datetime) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [delivery.c.tenant == tenant]
    if wanted.events:
        conditions.append(delivery.c.event_id.in_(wanted.events))
    if wanted.subscription is not None:
        conditions.append(delivery.c.subscription_id == wanted.subscription)
    if wanted.states:
        conditions.append(_state(now).in_(wanted.states))
    return and_(*conditions)


def _state(now: datetime) -> ColumnElement[str]:
    columns = delivery.c
    return case(
        (columns.delivered_at.is_not(None), "delivered"),
        (columns.parked_at.is_not(None), "parked"),
        (columns.claimed_until > literal(now, Instant()), "sending"),
        else_="waiting",
    )
