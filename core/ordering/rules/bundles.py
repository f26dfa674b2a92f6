"""A bundle has all of its parts, and not more than it takes, when it is added and whenever it is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.catalog import everything_in, faults_of_choice
from core.errors import Fault
from core.inventory import is_live, parent_of
from core.ordering.case import Case
from core.ordering.implied import LARGEST_ORDER
from core.ordering.items import Item


def refuse_incomplete_bundles(case: Case) -> Iterator[Fault]:
    """Refuse a new bundle whose parts are too few, too many or not its own."""
    for item in case.of_action("add"):
        offer = case.offer_named(item)
        if offer is None or not everything_in(offer.offering):
            continue
        chosen: Counter[str] = Counter()
        for part in item.parts:
            chosen[part.offering_id or ""] += part.quantity if part.action == "add" else 0
        # A part that names no offering is asked for by a rule of its own.
        chosen.pop("", None)
        yield from faults_of_choice(offer.offering, chosen, item.at("productOrderItem"))


def refuse_several_of_a_bundle_in_one_item(case: Case) -> Iterator[Fault]:
    """Refuse a quantity for a bundle: whose part is whose couldn't be told."""
    for item in case.of_action("add"):
        offer = case.offer_named(item)
        if offer and everything_in(offer.offering) and item.quantity > 1:
            yield Fault(item.at("quantity"), "bundleQuantity", "a bundle is ordered once an item; 1 is expected")


def refuse_orders_that_grow_too_large(case: Case) -> Iterator[Fault]:
    """Refuse an order that bundles within bundles blow up."""
    if len(case.items) >= LARGEST_ORDER and any(item.implied for item in case.items):
        reason = f"with the parts of its bundles the order has more than {LARGEST_ORDER} items"
        yield Fault("productOrderItem", "orderTooLarge", reason)


def refuse_to_break_live_bundles(case: Case) -> Iterator[Fault]:
    """Refuse to end, change or add a part so that a customer's bundle has too few or too many of something."""
    touched: dict[str, list[Item]] = {}
    for item in case.of_action("add", "modify", "delete"):
        holder = _holder(case, item)
        if holder is not None:
            touched.setdefault(holder, []).append(item)
    ended = {item.product_id for item in case.of_action("delete")}
    for holder, items in touched.items():
        product = case.products.get(holder, {})
        offer = case.offers.get((product.get("productOffering") or {}).get("id", ""))
        if holder in ended or not is_live(product) or offer is None or not everything_in(offer.offering):
            continue
        before = _parts(case, holder)
        after = before + _difference(case, items)
        known = faults_of_choice(offer.offering, before, items[0].path)
        yield from (f for f in faults_of_choice(offer.offering, after, items[0].path) if f not in known)


def _holder(case: Case, item: Item) -> str | None:
    """Return the live product of whose parts an item adds, changes or ends one."""
    if item.action == "add":
        return item.parent.product_id if item.parent and item.parent.action != "add" else None
    if item.action == "delete" or case.changes_offering(item):
        return parent_of(case.products.get(item.product_id or "", {}))
    return None


def _parts(case: Case, holder: str) -> Counter[str]:
    return Counter(
        part["productOffering"]["id"]
        for part in case.parts.get(holder, ())
        if part.get("productOffering") and _is_bundled(part)
    )


def _difference(case: Case, items: list[Item]) -> Counter[str]:
    difference: Counter[str] = Counter()
    for item in items:
        product = case.products.get(item.product_id or "", {})
        if item.action != "add" and _is_bundled(product):
            difference[(product.get("productOffering") or {}).get("id", "")] -= 1
        if item.action != "delete" and item.offering_id:
            difference[item.offering_id] += item.quantity
    return difference


def _is_bundled(product: dict[str, object]) -> bool:
    relationships = product.get("productRelationship") or ()
    assert isinstance(relationships, list | tuple)
    return any(relationship.get("relationshipType") == "bundledBy" for relationship in relationships)
