"""Fills in `@type`, at every level where it is absent and the schema leaves no doubt what stands there."""

from __future__ import annotations

from typing import Any

from apis.tmf630.shapes import Node, Shapes


class TypeFiller:
    """Fills documents by the schemas of the canonical version of an API."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def fill(self, document: dict[str, Any], schema: Node) -> None:
        """Set `@type` in a document of this schema and in everything inside it; what is there stays."""
        shape = self._shapes.chosen(schema, document)
        if shape.name and not shape.is_union and "@type" in shape.properties and "@type" not in document:
            document["@type"] = shape.name
        for name, value in document.items():
            below = shape.properties.get(name)
            if below is not None and isinstance(value, dict | list):
                self._fill_value(value, below)

    def _fill_value(self, value: Any, schema: Node) -> None:
        if isinstance(value, dict):
            self.fill(value, schema)
        elif isinstance(value, list):
            items = self._shapes.of(schema).items
            if items is not None:
                for member in value:
                    self._fill_value(member, items)
