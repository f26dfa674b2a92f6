"""Some attributes of stored documents, read without the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import TextClause

from core.entity import Document
from core.storage.fragments import Fragments
from core.storage.json import loads_stored


def part_of(source: str, name: str, fragments: Fragments) -> TextClause:
    """Return what a document has under a name, as text: nothing where it lacks it, `null` where it says that."""
    return fragments.clause(f"CAST({source} -> CAST({fragments.bind(name)} AS text) AS text)")


def document_of(names: Sequence[str], texts: Iterable[str | None]) -> Document:
    """Return the document that has what was read under some names."""
    return {name: loads_stored(text) for name, text in zip(names, texts, strict=True) if text is not None}
