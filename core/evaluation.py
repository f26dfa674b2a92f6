"""Evaluates criteria on a document in memory, with the outcome that the databases have for the same criteria."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from core.clock import EARLIEST
from core.errors import InvalidInput
from core.query import AllOf, AnyOf, Condition, Criterion, Judged, Member, Negation, Order, Page, Path, Query, bounded
from core.values import Reading, pattern, read_instant, wanted_by

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


def meets(document: Any, query: Query) -> bool:
    """Tell whether a document meets all conditions of a query; its page and order play no part."""
    return all(holds(criterion, document) for criterion in query.conditions)


def page_in(documents: Iterable[dict[str, Any]], query: Query) -> Page:
    """Return the page that a query asks for of documents in memory, in their own order where it names none.

    Raises InvalidInput for a cursor that none of these pages has given: those in no order of the query's give none.
    """
    found = [document for document in documents if meets(document, query)]
    if not query.sort:
        if query.after is not None:
            raise InvalidInput("is not offered by this list, which has pages by offset", path="after")
        return bounded(found[query.offset :][: query.limit], len(found), query, None)
    ordered = in_order(found, query.sort)
    if query.after is not None:
        ordered = [document for document in ordered if _is_beyond(document, query.sort, query.after)]
    items = ordered[query.offset :][: query.limit]
    last = _keys(items[-1], query.sort) if items else None
    return bounded(items, len(found), query, last)


def holds(criterion: Criterion, document: Any) -> bool:
    """Tell whether a document, or a member of one, meets a criterion. Raises InvalidInput for an impossible pattern."""
    match criterion:
        case AllOf(parts):
            return all(holds(part, document) for part in parts)
        case AnyOf(parts):
            return any(holds(part, document) for part in parts)
        case Negation(part):
            return not holds(part, document)
        case Member(path, part):
            return any(holds(part, member) for member in nodes_at(document, path) if not isinstance(member, list))
        case Judged(test):
            return test(document)
        case _:
            return _meets_condition(criterion, document)


def nodes_at(value: Any, path: Path) -> Iterator[Any]:
    """Yield what is at a path. An array stands for its members, one level of it at each step."""
    for node in value if isinstance(value, list) else (value,):
        if not path:
            yield node
        elif isinstance(node, dict) and path[0] in node:
            yield from nodes_at(node[path[0]], path[1:])


def sort_key(document: Any, order: Order) -> tuple[Any, ...]:
    """Return what a document sorts by, ascending: its first value at the path, those without one last."""
    if order.kind == "instant":
        at = next(filter(None, map(read_instant, nodes_at(document, order.path))), None)
        return (1, EARLIEST) if at is None else (0, at)
    for node in nodes_at(document, order.path):
        if _is_number(node):
            return (0, Decimal(node), EARLIEST, "")
        if isinstance(node, str):
            node = dict(order.shown).get(node, node)
            at = read_instant(node) if order.kind == "any" else None
            return (2, Decimal(0), EARLIEST, node) if at is None else (1, Decimal(0), at, "")
        if isinstance(node, bool):
            return (3, Decimal(0), EARLIEST, "true" if node else "false")
    return (4, Decimal(0), EARLIEST, "")


def in_order(documents: Iterable[dict[str, Any]], sort: Iterable[Order]) -> list[dict[str, Any]]:
    """Return documents as a list of them is sorted: by `sort`, then by identifier in the direction of the last."""
    orders = tuple(sort)
    found = sorted(documents, key=lambda each: str(each["id"]), reverse=bool(orders) and orders[-1].descending)
    for order in reversed(orders):
        found.sort(key=lambda each, by=order: sort_key(each, by), reverse=order.descending)  # type: ignore[misc]
    return found


def unclear() -> InvalidInput:
    """Return the refusal of a place that no page of this list has given."""
    return InvalidInput("is no place in this list; take it from the link to the next page", path="after")


def _keys(document: Any, sort: Iterable[Order]) -> tuple[Any, ...]:
    """Return what a document sorts by in full, as JSON can say it."""
    keys = (part for order in sort for part in sort_key(document, order))
    said = ((key - EARLIEST) // timedelta(microseconds=1) if isinstance(key, datetime) else key for key in keys)
    return (*said, str(document["id"]))


def _is_beyond(document: Any, sort: Sequence[Order], after: Sequence[Any]) -> bool:
    """Tell whether a document comes after the place of a cursor."""
    directions = [order.descending for order in sort for _ in sort_key(document, order)]
    keys = _keys(document, sort)
    try:
        for key, place, descending in zip(keys, after, (*directions, directions[-1]), strict=True):
            if key != place:
                return bool(key < place) is descending
    except (TypeError, ValueError) as error:
        raise unclear() from error
    return False


def _meets_condition(condition: Condition, document: Any) -> bool:
    if condition.operator == "present":
        if not condition.path:
            return True
        above = nodes_at(document, condition.path[:-1])
        return any(isinstance(node, dict) and condition.path[-1] in node for node in above)
    nodes = nodes_at(document, condition.path)
    if condition.operator == "null":
        return any(node is None for node in nodes)
    if condition.operator == "regex":
        patterns = [pattern(value) for value in condition.values]
        return any(isinstance(node, str) and any(p.search(node) for p in patterns) for node in nodes)
    wanted = wanted_by(condition)
    if condition.operator in COMPARISONS:
        compare = COMPARISONS[condition.operator]
        return any(_compares(node, reading, compare) for node in nodes for reading in wanted)
    found = any(_equals(node, reading) for node in nodes for reading in wanted)
    return found if condition.operator == "eq" else not found


def _equals(node: Any, wanted: Reading) -> bool:
    if isinstance(node, bool):
        return node is wanted.truth
    if _is_number(node):
        return wanted.number is not None and node == wanted.number
    if not isinstance(node, str):
        return False
    return node == wanted.text or (wanted.instant is not None and read_instant(node) == wanted.instant)


def _compares(node: Any, wanted: Reading, compare: Callable[[Any, Any], bool]) -> bool:
    if _is_number(node):
        return wanted.number is not None and compare(node, wanted.number)
    if not isinstance(node, str):
        return False
    if wanted.instant is not None:
        at = read_instant(node)
        return at is not None and compare(at, wanted.instant)
    return wanted.text is not None and compare(node, wanted.text)


def _is_number(node: Any) -> bool:
    return isinstance(node, int | Decimal) and not isinstance(node, bool)
