"""Delivers events again that have happened, under their own identifiers, for as long as they are kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from core.errors import NotFound
from core.events.delivery import is_open
from core.events.distribution import EVENT, Wishes, wanted, wishes_of
from core.events.history import Span, within
from core.events.selection import Selections
from core.events.tables import delivery, subscription
from core.storage.database import Database
from core.storage.statements import insert_new
from core.storage.tables import outbox

PAGE = 500


def replay(
    database: Database,
    tenant: str,
    span: Span,
    selections: Selections,
    now: datetime,
    subscription_id: str | None = None,
) -> int:
    """Make due what a brand's subscriptions (or one of them) select from a span of time; return how many deliveries.

    That is so whether an event was delivered, parked or, because the subscription is younger, never owed. What is
    still on its way stays as it is. Listeners out of reach are called again at once. Done in transactions of 500
    events, oldest first: what was interrupted is run again. Raises NotFound for a subscription that isn't there.
    """
    after, count = 0, 0
    while True:
        with database.writing() as connection:
            events = _events(connection, tenant, span, after)
            wishes = _narrowed(wishes_of(connection, [tenant], selections), tenant, subscription_id)
            rows = [owed for owed, _subscriber, _event in wanted(connection, events, wishes, now)]
            count += _make_due(connection, tenant, rows, now)
        if len(events) < PAGE:
            return count
        after = events[-1].position


def _events(connection: Connection, tenant: str, span: Span, after: int) -> Sequence[Any]:
    # What isn't distributed yet is about to be delivered anyway.
    told = select(*EVENT).where(within(tenant, span), outbox.c.distributed_at.is_not(None), outbox.c.position > after)
    return connection.execute(told.order_by(outbox.c.position).limit(PAGE)).all()


def _narrowed(wishes: Wishes, tenant: str, subscription_id: str | None) -> Wishes:
    if subscription_id is None:
        return wishes
    chosen = [wish for wish in wishes.get(tenant, ()) if wish[0].id == subscription_id]
    if not chosen:
        raise NotFound(f"there is no subscription '{subscription_id}'", path="id")
    return {tenant: chosen}


def _make_due(connection: Connection, tenant: str, rows: Sequence[dict[str, Any]], now: datetime) -> int:
    if not rows:
        return 0
    by_subscription: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_subscription[row["subscription_id"]].append(row["event_id"])
    again: dict[str, Any] = {"attempts": 0, "created_at": now, "next_attempt_at": now}
    again |= dict.fromkeys(("delivered_at", "parked_at", "failing_since", "last_error", "claimed_until"))
    count = 0
    for subscription_id, event_ids in by_subscription.items():
        mine = (delivery.c.tenant == tenant) & (delivery.c.subscription_id == subscription_id)
        ended = update(delivery).where(mine, delivery.c.event_id.in_(event_ids), ~is_open())
        count += connection.execute(ended.values(again)).rowcount
    called = update(subscription).where(subscription.c.tenant == tenant, subscription.c.id.in_(by_subscription))
    connection.execute(called.values(failures=0, failing_since=None, paused_until=None))
    return count + len(insert_new(connection, delivery, rows))
