"""Where the schemas of extensions are: one row a brand and name."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from core.storage.tables import ID, TENANT, metadata
from core.storage.types import Document, Instant

# A schema never changes under its name; `digest` tells processes that have compiled one whether it is still that one.
extension_schema = Table(
    "extension_schema",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("name", ID, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("base_type", ID, nullable=False),
    Column("document", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
)
