"""Which identifiers a caller may give to what it makes, and which one is in an address."""

from __future__ import annotations

from urllib.parse import unquote

from core.entity import Document
from core.errors import Conflict

LONGEST_ID = 255


def refuse_unreachable_identifier(document: Document) -> None:
    """Refuse an identifier that no address can hold: no text, empty, too long, a path step, control characters."""
    identifier = document.get("id")
    if identifier is None:
        document.pop("id", None)
    elif not isinstance(identifier, str) or not _is_reachable(identifier):
        reason = f"must be a string of 1 to {LONGEST_ID} printable characters and can't be '.' or '..'"
        raise Conflict(reason, path="id", code="notAllowed")


def _is_reachable(identifier: str) -> bool:
    return 0 < len(identifier) <= LONGEST_ID and identifier not in (".", "..") and identifier.isprintable()


def identifier_in(place: str, address: str) -> str:
    """Return the identifier at the end of an address below a place (a base path and a path); elsewhere "", no one's."""
    identifier = address.rpartition(place)[2]
    return "" if "/" in identifier else unquote(identifier)
