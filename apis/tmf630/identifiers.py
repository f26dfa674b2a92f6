"""Which identifiers a caller may give to what it makes."""

from __future__ import annotations

from core.entity import Document
from core.errors import Conflict

LONGEST_ID = 255


def refuse_unreachable_identifier(document: Document) -> None:
    """Refuse an identifier that no address can hold: empty, too long, a path step of its own, control characters."""
    identifier = document.get("id")
    if identifier is None:
        document.pop("id", None)
    elif not 0 < len(identifier) <= LONGEST_ID or identifier in (".", "..") or not identifier.isprintable():
        reason = f"must have 1 to {LONGEST_ID} printable characters and can't be '.' or '..'"
        raise Conflict(reason, path="id", code="notAllowed")
