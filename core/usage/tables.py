"""What rating accounts for beside the usage documents: records seen, amounts rated, allowances used."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from core.storage.tables import ID, TENANT, metadata
from core.storage.types import Amount, Instant

# One row a network record: whoever inserts it first stores the usage, whoever comes second gets that usage.
usage_record = Table(
    "usage_record",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("record_key", String(64), primary_key=True),
    Column("usage_id", ID, nullable=False),
    Column("content", String(64), nullable=False),
)
Index("ix_usage_record_usage_id", usage_record.c.tenant, usage_record.c.usage_id)

# One row a part of a rated usage: what an allowance covered, and what was charged. `amount` is exact, not rounded.
rated_usage = Table(
    "rated_usage",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("usage_id", ID, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("billing_account_id", ID, nullable=False),
    Column("product_id", ID, nullable=False),
    Column("price_id", ID, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("used_product_id", ID, nullable=False),
    Column("period_start", Instant, nullable=False),
    Column("usage_date", Instant, nullable=False),
    Column("tag", String(32), nullable=False),
    Column("unit", String(16), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("amount", Amount(), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("rated_at", Instant, nullable=False),
    Column("bill_id", ID),
    Column("rate_id", ID),
)
Index(
    "ix_rated_usage_unbilled",
    rated_usage.c.tenant,
    rated_usage.c.billing_account_id,
    rated_usage.c.usage_date,
    sqlite_where=rated_usage.c.bill_id.is_(None),
    postgresql_where=rated_usage.c.bill_id.is_(None),
)
Index("ix_rated_usage_bill", rated_usage.c.tenant, rated_usage.c.bill_id)

# How much of an allowance a product has used in a period, in base units; the row is locked while it is drawn on.
allowance_use = Table(
    "allowance_use",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("product_id", ID, primary_key=True),
    Column("price_id", ID, primary_key=True),
    Column("period_start", Instant, primary_key=True),
    Column("used", BigInteger, nullable=False),
)
