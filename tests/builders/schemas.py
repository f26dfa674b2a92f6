"""The smallest schema of an extension that shows something, and how it is registered."""

from __future__ import annotations

from typing import Any

from core.context import Context
from core.schemas import add, read_schema
from core.service import Core

Document = dict[str, Any]


def a_schema(name: str = "pigeon", base_type: str = "ContactMedium", **keywords: Any) -> Document:
    """Return the schema of carrier pigeons: the loft they come home to is mandatory."""
    return {
        "$id": f"https://brand.example/schemas/{name}",
        "type": "object",
        "required": ["loft"],
        "properties": {
            "@baseType": {"const": base_type},
            "loft": {"type": "integer", "minimum": 1},
            "home": {"$ref": "#/$defs/Home"},
        },
        "$defs": {"Home": {"type": "object", "properties": {"city": {"type": "string"}}}},
        **keywords,
    }


def register(core: Core, context: Context, document: Document | None = None) -> bool:
    """Register a schema, as another process would: nothing is told to the core that serves."""
    with core.work(context) as work:
        return add(work.connection, context.tenant, read_schema(document or a_schema()), work.now)
