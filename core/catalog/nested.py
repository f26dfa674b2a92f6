"""Members of arrays inside documents, each with the path that a fault names it by."""

from __future__ import annotations

from collections.abc import Iterator

from core.entity import Document


def each(document: Document, attribute: str, prefix: str = "") -> Iterator[tuple[str, Document]]:
    """Yield (path, member) for every object in an array attribute: `tax[0]`, or `price.tax[0]` below a prefix."""
    stem = f"{prefix}.{attribute}" if prefix else attribute
    for index, member in enumerate(document.get(attribute) or ()):
        if isinstance(member, dict):
            yield f"{stem}[{index}]", member
