"""What the inventory accounts for beside its documents: the prices a product was sold at, the numbers it answers to."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from core.storage.tables import ID, TENANT, metadata
from core.storage.types import Instant

# A price version in force for a product, half-open; no `valid_to` means until further notice.
product_price = Table(
    "product_price",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("product_id", ID, primary_key=True),
    Column("price_id", ID, primary_key=True),
    Column("valid_from", Instant, primary_key=True),
    Column("valid_to", Instant),
    Column("revision", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
)
Index("ix_product_price_price_id", product_price.c.tenant, product_price.c.price_id)

# Who has a number, and had it when. No `valid_from`: reserved by an order for a product that doesn't have it yet.
product_identifier = Table(
    "product_identifier",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("value", String(32), nullable=False),
    Column("product_id", ID, nullable=False),
    Column("valid_from", Instant),
    Column("valid_to", Instant),
)
Index(
    "uq_product_identifier_owner",
    product_identifier.c.tenant,
    product_identifier.c.kind,
    product_identifier.c.value,
    unique=True,
    sqlite_where=product_identifier.c.valid_to.is_(None),
    postgresql_where=product_identifier.c.valid_to.is_(None),
)
Index(
    "ix_product_identifier_value",
    product_identifier.c.tenant,
    product_identifier.c.value,
    product_identifier.c.kind,
)
Index("ix_product_identifier_product_id", product_identifier.c.tenant, product_identifier.c.product_id)
