"""What only an order changes in a product that came of one: ordering, rating and billing work from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from core.clock import parse_instant
from core.entity import Document
from core.errors import Fault, refuse
from core.inventory.belonging import customer_of, numbers_of, parent_of
from core.inventory.lifecycle import is_live
from core.inventory.prices import is_sold

if TYPE_CHECKING:
    from core.service import Work


class Ordered(NamedTuple):
    """What of an attribute stays, as a value that compares; how that is called; how else it comes to change."""

    said: Callable[[Document], Any]
    what: str
    otherwise: str


def _referred(attribute: str) -> Callable[[Document], Any]:
    return lambda document: (document.get(attribute) or {}).get("id")


def _instant(attribute: str) -> Callable[[Document], Any]:
    return lambda document: parse_instant(document[attribute]) if document.get(attribute) else None


_BY_MODIFY = "an order with the action 'modify' changes it"
_BY_OFFERING = "an order with the action 'modify' that names another offering changes it"
_BY_ANEW = "an order with the action 'delete' ends the product, and one with 'add' begins another for whom it goes to"
_BY_DELIVERY = "it is from when the order was placed and delivered"
# In the order of their names. References stay in what they refer to: the name that they carry beside it is but a copy.
ORDERED: dict[str, Ordered] = {
    "billingAccount": Ordered(_referred("billingAccount"), "", _BY_MODIFY),
    "orderDate": Ordered(_instant("orderDate"), "", _BY_DELIVERY),
    "productCharacteristic": Ordered(
        lambda document: numbers_of(document).keys(), "in the numbers that it names (msisdn, imsi, iccid)", _BY_MODIFY
    ),
    "productOffering": Ordered(_referred("productOffering"), "", _BY_MODIFY),
    "productRelationship": Ordered(
        parent_of, "in what the product is part of or relies on (bundledBy, reliesOn)", "an order has put it there"
    ),
    "productSpecification": Ordered(_referred("productSpecification"), "", _BY_OFFERING),
    "relatedParty": Ordered(customer_of, "in who the customer is", _BY_ANEW),
    "startDate": Ordered(_instant("startDate"), "", _BY_DELIVERY),
    "status": Ordered(
        is_live,
        "in whether the product has ended",
        "an order with the action 'delete' ends it, with what is part of it or relies on it",
    ),
    "terminationDate": Ordered(
        _instant("terminationDate"), "", "it is set when an order with the action 'delete' ends the product"
    ),
}


def refuse_change_of_what_was_ordered(work: Work, before: Document, after: Document) -> None:
    """Refuse a caller's change of what only an order changes, where one led to the product. Raises Conflict."""
    faults = list(_faults(before, after))
    if faults and _came_of_an_order(work, before):
        refuse(faults)


def _faults(before: Document, after: Document) -> Iterator[Fault]:
    for attribute, (said, what, otherwise) in ORDERED.items():
        if before.get(attribute) != after.get(attribute) and said(before) != said(after):
            reason = " ".join(filter(None, ("can't be changed", what)))
            yield Fault(attribute, "changedByOrder", f"{reason}: the product was ordered; {otherwise}")


def _came_of_an_order(work: Work, product: Document) -> bool:
    """Tell whether an order of ours led to a product: it is still there, or what was sold is on record."""
    orders = {reference.get("orderId") for reference in product.get("productOrderItem") or ()}
    return is_sold(work, product["id"]) or bool(work.get_many("ProductOrder", orders - {None}))
