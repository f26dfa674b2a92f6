"""Who wants to be told (subscriptions), what each is owed (deliveries), and what others told us (received)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, Integer, String, Table, Text, UniqueConstraint

from core.storage.tables import ID, TENANT, metadata
from core.storage.types import Document, Instant

# `topic` is the topic of others that is subscribed to, "" for the events of the API version itself.
# `document` holds what the subscriber sent, extensions included. While a listener can't be reached, `failing_since`,
# `failures` and `paused_until` say for how long that has been so and when it is tried again. `secret` signs what is
# sent, and after a change the former one as well, until `former_secret_until`.
subscription = Table(
    "subscription",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("id", ID, primary_key=True),
    Column("api", String(32), nullable=False),
    Column("version", String(16), nullable=False),
    Column("topic", ID, nullable=False),
    Column("callback", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("document", Document, nullable=False),
    Column("secret", String(128), nullable=False),
    Column("former_secret", String(128)),
    Column("former_secret_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("paused_until", Instant),
    UniqueConstraint("tenant", "api", "version", "topic", "digest"),
)

# One row an event and subscription. There is no status: a delivery is done when `delivered_at` is set, given up
# when `parked_at` is, taken while `claimed_until` lies ahead, and otherwise due at `next_attempt_at`.
delivery = Table(
    "delivery",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("subscription_id", ID, primary_key=True),
    Column("event_id", String(36), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("entity", String(64), nullable=False),
    Column("entity_id", ID, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("claimed_until", Instant),
    Column("failing_since", Instant),
    Column("delivered_at", Instant),
    Column("parked_at", Instant),
    Column("last_error", Text),
    ForeignKeyConstraint(["tenant", "subscription_id"], ["subscription.tenant", "subscription.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["tenant", "event_id"], ["outbox.tenant", "outbox.id"], ondelete="CASCADE"),
)
_OPEN = delivery.c.delivered_at.is_(None) & delivery.c.parked_at.is_(None)
Index("ix_delivery_event", delivery.c.tenant, delivery.c.event_id)
Index(
    "ix_delivery_open",
    delivery.c.tenant,
    delivery.c.subscription_id,
    delivery.c.position,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index(
    "ix_delivery_open_resource",
    delivery.c.tenant,
    delivery.c.subscription_id,
    delivery.c.entity_id,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

# Identifiers of other systems' events are of any length: the key has their digest.
received_notification = Table(
    "received_notification",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("api", String(32), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("version", String(16), nullable=False),
    Column("event_type", Text, nullable=False),
    Column("body", Document, nullable=False),
    Column("received_at", Instant, nullable=False),
)
Index("ix_received_notification_received_at", received_notification.c.received_at)
