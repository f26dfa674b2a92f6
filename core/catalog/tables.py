"""Facts of the catalog beside its documents: the price versions that were sold, how far an import has come."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table

from core.storage.tables import ID, TENANT, metadata
from core.storage.types import Document, Instant

price_version = Table(
    "price_version",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("price_id", ID, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
)

import_progress = Table(
    "import_progress",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("job_id", ID, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("line", Integer, nullable=False),
    Column("errors", Document, nullable=False),
)
