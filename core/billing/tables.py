"""What billing accounts for beside its documents: charges, how far accounts are billed, numbers, what is printed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from core.storage.tables import ID, TENANT, metadata
from core.storage.types import Amount, Instant
from core.storage.types import Document as JsonDocument

# One row a line of a bill. The key makes a charge repeatable: what was charged for a period once isn't charged again;
# `sequence` counts its lines, such as the credit for a month that ended early. A line is for the days `covered_*` at
# `quantity` times the price; below zero they are given back: all lines of a charge together say what of each day is
# billed. Amounts are rounded: they were billed. `taxes` are those of the line, [category, rate, amount] each: by them
# a credit gives back the tax that was charged.
bill_item = Table(
    "bill_item",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("product_id", ID, primary_key=True),
    Column("price_id", ID, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("base_price_id", ID, primary_key=True),
    Column("base_revision", Integer, primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("period_start", Instant, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("id", ID, nullable=False),
    Column("bill_id", ID, nullable=False),
    Column("billing_account_id", ID, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("covered_from", Instant, nullable=False),
    Column("covered_to", Instant, nullable=False),
    Column("amount", Amount(), nullable=False),
    Column("taxes", JsonDocument, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("billed_at", Instant, nullable=False),
)
Index("ix_bill_item_bill", bill_item.c.tenant, bill_item.c.bill_id)

# Up to when an account has been billed on cycle. The row is locked while a bill is made: one bill at a time.
bill_progress = Table(
    "bill_progress",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("billing_account_id", ID, primary_key=True),
    Column("billed_until", Instant),
)

# Running numbers without gaps: the row is locked until the transaction that took a number ends.
number_series = Table(
    "number_series",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

# Letterhead, recipient and names of what is charged for, as they were when the bill was made: a bill that is printed
# later, when any of it has changed, is still the bill of that day.
bill_particulars = Table(
    "bill_particulars",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("bill_id", ID, primary_key=True),
    Column("brand", JsonDocument, nullable=False),
    Column("recipient", JsonDocument, nullable=False),
    Column("products", JsonDocument, nullable=False),
)

# A bill as it was first printed, so that whoever asks again gets what the customer got.
bill_document = Table(
    "bill_document",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("bill_id", ID, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("printed_at", Instant, nullable=False),
)
