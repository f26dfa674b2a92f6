"""What an order has agreed on beside its document: the frozen prices that its items will be charged at."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from core.storage.tables import ID, TENANT, metadata
from core.storage.types import Document

agreed_price = Table(
    "agreed_price",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("order_id", ID, primary_key=True),
    Column("product_id", ID, primary_key=True),
    Column("price_id", ID, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("document", Document, nullable=False),
)
