"""What query strings find, and in which order, told the plain way: docs/integrator.md, "Filters" and "Order"."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

Path = tuple[str, ...]
# What a value is compared as: whatever the document has, what a JSONPath has written, or a date-time by the schema.
Kind = Literal["any", "text", "number", "truth", "instant"]
_ORDER = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def nodes_at(document: Any, path: Path) -> list[Any]:
    """Return what is at a path; arrays stand for their members."""
    found = _members([document])
    for step in path:
        found = _members([node[step] for node in found if isinstance(node, dict) and step in node])
    return found


def is_there(document: Any, path: Path) -> bool:
    """Tell whether a document has an attribute, be it null."""
    return any(isinstance(node, dict) and path[-1] in node for node in nodes_at(document, path[:-1]))


def meets(document: Any, path: Path, said: str, values: Sequence[str], kind: Kind = "any") -> bool:
    """Tell whether a document meets a condition: some node has some value, with `ne` none has."""
    nodes = nodes_at(document, path)
    if said == "ne":
        return not meets(document, path, "eq", values, kind)
    if said == "regex":
        return any(isinstance(node, str) and re.search(value, node) for node in nodes for value in values)
    test = _is_equal if said == "eq" else lambda node, value, as_kind: _is_in_order(node, said, value, as_kind)
    return any(test(node, value, kind) for node in nodes for value in values)


def in_order(documents: Iterable[Any], sort: Sequence[tuple[Path, bool]]) -> list[Any]:
    """Return documents by paths, each ascending or descending, else by identifier in the direction of the last."""
    found = sorted(documents, key=lambda each: str(each["id"]), reverse=bool(sort) and sort[-1][1])
    for path, descending in reversed(sort):
        found.sort(key=lambda each, by=path: _place(each, by), reverse=descending)  # type: ignore[misc]
    return found


def _members(nodes: Iterable[Any]) -> list[Any]:
    return [member for node in nodes for member in (node if isinstance(node, list) else [node])]


def _place(document: Any, path: Path) -> tuple[Any, ...]:
    """Return numbers, then date-times, other text, truth values, what has none of them last."""
    for node in nodes_at(document, path):
        if isinstance(node, bool):
            return 3, node
        if isinstance(node, int | Decimal):
            return 0, node
        if isinstance(node, str):
            at = _instant(node)
            return (2, node) if at is None else (1, at)
    return (4,)


def _is_equal(node: Any, value: str, kind: Kind) -> bool:
    if isinstance(node, bool):
        return kind in ("any", "truth") and value == str(node).lower()
    if isinstance(node, int | Decimal):
        return kind in ("any", "number") and node == _number(value)
    if not isinstance(node, str) or kind in ("number", "truth"):
        return False
    if kind != "instant" and node == value:
        return True
    at = _asked_for(value, kind)
    return at is not None and at == _instant(node)


def _is_in_order(node: Any, said: str, value: str, kind: Kind) -> bool:
    compare = _ORDER[said]
    if isinstance(node, int | Decimal) and not isinstance(node, bool):
        number = _number(value)
        return kind in ("any", "number") and number is not None and compare(node, number)
    if not isinstance(node, str) or kind in ("number", "truth"):
        return False
    wanted = _asked_for(value, kind)
    if wanted is None:
        return bool(compare(node, value))
    at = _instant(node)
    return at is not None and compare(at, wanted)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _instant(text: str) -> datetime | None:
    """Return the instant of a complete date-time, with an offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if len(text) >= 20 and at.tzinfo else None


def _asked_for(text: str, kind: Kind) -> datetime | None:
    """Return the instant that is asked for; of an attribute that is a date-time, a date alone is midnight UTC."""
    if kind != "instant":
        return _instant(text)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
