"""Items are told apart by their identifiers, come in a sensible number, and don't wait for one another in a circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from core.clock import parse_instant
from core.errors import Fault
from core.ordering.case import Case
from core.ordering.items import prerequisites_of, relationships_of

MOST = 10_000


def refuse_equal_item_identifiers(case: Case) -> Iterator[Fault]:
    """Refuse the second item with an identifier, at any depth: relationships couldn't tell them apart."""
    seen: Counter[str] = Counter()
    for item in case.items:
        if item.implied:
            continue
        seen[item.id] += 1
        if seen[item.id] == 2:
            yield Fault(item.at("id"), "duplicateItem", f"another item of the order has the identifier '{item.id}'")


def refuse_senseless_quantities(case: Case) -> Iterator[Fault]:
    """Refuse a quantity below one or beyond reason."""
    for item in case.items:
        if not 1 <= item.quantity <= MOST:
            reason = f"{item.quantity} can't be ordered; 1 to {MOST} is expected"
            yield Fault(item.at("quantity"), "invalidQuantity", reason)


def refuse_relationships_that_lead_nowhere(case: Case) -> Iterator[Fault]:
    """Refuse a relationship to an item that the order doesn't have (TMF622: it must be in the same order)."""
    known = {item.id for item in case.items if not item.implied}
    for item in case.items:
        for path, _, other in relationships_of(item):
            if other not in known:
                reason = f"the order has no item '{other}'; a relationship names another item of the same order"
                yield Fault(f"{path}.id", "unknownItem", reason)


def refuse_items_that_wait_for_one_another(case: Case) -> Iterator[Fault]:
    """Refuse items of which each is to be delivered after the other; a bundle comes after its parts."""
    before = {
        item.path: {other.path for other in [*prerequisites_of(item, case.items), *item.parts]}
        for item in case.items
        if not item.implied
    }
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        path = error.args[1][0]
        reason = "this item relies, by way of others, on itself"
        yield Fault(f"{path}.productOrderItemRelationship", "circularItems", reason)


def refuse_completion_before_start(case: Case) -> Iterator[Fault]:
    """Refuse an order that is to be completed before it may be started."""
    start, completion = case.order.get("requestedStartDate"), case.order.get("requestedCompletionDate")
    if start and completion and parse_instant(completion) < parse_instant(start):
        reason = "requestedCompletionDate lies before requestedStartDate; it must not"
        yield Fault("requestedCompletionDate", "completionBeforeStart", reason)
