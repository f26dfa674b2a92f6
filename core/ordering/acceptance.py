"""An order without faults is made ready: parts named, products identified, numbers reserved, prices agreed."""

from __future__ import annotations

from core.catalog import Offer
from core.clock import parse_instant
from core.customer import billing_account_for
from core.entity import Document, new_id
from core.errors import Fault, NotFound
from core.inventory import claim, in_use, release
from core.ordering import characteristics
from core.ordering.agreement import agree, withdraw_agreement
from core.ordering.case import Case
from core.ordering.items import Item, documents_of, items_of, next_id
from core.ordering.parties import Named
from core.ordering.rules.numbers import numbers_of
from core.service import Work
from core.tasks import enqueue

FULFIL = "fulfilOrder"


def accept(work: Work, case: Case) -> list[Fault]:
    """Make an order ready, and ask for its fulfilment when it is due; return what has just been taken away."""
    _identify_products(case)
    faults = _reserve_numbers(work, case) or _name_account(work, case)
    if faults:
        give_back(work, case.order)
        return faults
    _name_parts(case)
    _agree_on_prices(work, case)
    start = case.order.get("requestedStartDate")
    enqueue(work, FULFIL, case.order["id"], due_at=max(work.now, parse_instant(start)) if start else None)
    return []


def give_back(work: Work, order: Document) -> None:
    """Give up what accepting an order has reserved and agreed, as far as it wasn't delivered."""
    for item in items_of(order):
        if item.product_id:
            release(work, item.product_id, [number for number, _, _ in numbers_of(item)])
    withdraw_agreement(work, order["id"])


def _name_parts(case: Case) -> None:
    """Put the implied parts into the order, where they are seen and delivered like any item."""
    taken = {document.get("id") for document in documents_of(case.order)}
    for item in case.items:
        if item.implied and item.parent is not None:
            item.document["id"] = next_id(taken, f"{item.parent.id}.")
            item.document["productOffering"] |= _name_of(case.offer_named(item))
            item.parent.document.setdefault("productOrderItem", []).append(item.document)


def _identify_products(case: Case) -> None:
    """Fix the identifier of every product to come: delivering an item twice then can't make two products."""
    for item in case.of_action("add"):
        if item.product_id is None:
            reference = {"@type": "ProductRef", "@referredType": "Product"}
            item.document["product"] = (item.product or reference) | {"id": new_id()}


def _reserve_numbers(work: Work, case: Case) -> list[Fault]:
    faults: list[Fault] = []
    for item in case.of_action("add", "modify"):
        numbers = {number: path for number, path, _ in numbers_of(item)}
        if numbers and item.product_id:
            refused = claim(work, item.product_id, numbers)
            faults += [Fault(numbers[number], "numberInUse", in_use(number)) for number in refused]
    return faults


def _name_account(work: Work, case: Case) -> list[Fault]:
    """Name the billing account, and open those that don't exist yet; items may name others than the order does."""
    assert case.customer is not None, "an order without a customer isn't accepted"
    needed = any(item.action == "add" and not item.document.get("billingAccount") for item in case.items)
    try:
        if needed or case.order.get("billingAccount"):
            account_id = billing_account_for(work, case.customer["id"], case.order)
            reference = case.order.get("billingAccount") or {"@type": "BillingAccountRef"}
            case.order["billingAccount"] = reference | {"id": account_id}
        for item in case.items:
            if item.document.get("billingAccount"):
                billing_account_for(work, case.customer["id"], item.document)
    except NotFound:
        # Deleted since it was read: the order says so, like one that names a customer who never was.
        return [_unknown(named) for named in case.customers]
    return []


def _unknown(named: Named) -> Fault:
    return Fault(f"{named.path}.id", "unknownCustomer", f"there is no customer '{named.identifier}'")


def _agree_on_prices(work: Work, case: Case) -> None:
    prices = {}
    for item in case.of_action("add", "modify"):
        offer = case.offer_named(item) or case.sold_from(item)
        if offer is not None and item.product_id:
            prices[item.product_id] = offer.prices_at(case.at, _values_after(case, item, offer))
    agree(work, case.order["id"], prices)


def _values_after(case: Case, item: Item, offer: Offer) -> dict[str, object]:
    had = case.products.get(item.product_id or "", {}).get("productCharacteristic") or []
    if case.changes_offering(item):
        had = characteristics.carried_over(had, offer, case.at)
    after = characteristics.merged(item.characteristics, had)
    return characteristics.values(characteristics.with_defaults(after, offer, case.at))


def _name_of(offer: Offer | None) -> Document:
    return {"name": offer.offering["name"]} if offer and offer.offering.get("name") else {}
