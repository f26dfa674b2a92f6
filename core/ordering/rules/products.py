"""What an item does fits the product it names: a new one is added, a live one of this customer is changed or ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.entity import Document
from core.errors import Fault
from core.inventory import BELONGING, PRODUCT, customer_of, is_live, parent_of
from core.ordering.case import Case

LONGEST_ID = 255
BY_ORDER = frozenset({"active", "suspended"})


def require_a_product_to_change(case: Case) -> Iterator[Fault]:
    """Ask for the product that is to be changed, ended or added to, where the item names none or an unknown one."""
    added_to = {id(holder) for item in case.of_action("add") for holder in (item.parent, *item.relied_on)}
    for item in case.of_action("modify", "delete", "noChange"):
        if item.product_id is None:
            if item.action != "noChange" or id(item) in added_to:
                reason = f"the action '{item.action}' needs the identifier of the product"
                yield Fault(item.at("product.id"), "productMissing", reason)
        elif item.product_id not in case.products:
            reason = f"there is no product '{item.product_id}'"
            yield Fault(item.at("product.id"), "unknownProduct", reason)


def refuse_products_of_others_and_ended_ones(case: Case) -> Iterator[Fault]:
    """Refuse to touch what isn't this customer's, or isn't live any more."""
    for item in case.of_action("modify", "delete", "noChange"):
        product = case.products.get(item.product_id or "")
        if product is not None:
            yield from _faults_of_owner(case, product, item.at("product.id"))


def refuse_to_add_what_is_there(case: Case) -> Iterator[Fault]:
    """Refuse an addition under the identifier of a product that exists, or under one that is too long to keep."""
    for item in case.of_action("add"):
        path, identifier = item.at("product.id"), item.product_id or ""
        if identifier in case.products:
            reason = f"product '{identifier}' exists already; leave the identifier out, or use 'modify'"
            yield Fault(path, "productExists", reason)
        elif len(identifier) > LONGEST_ID:
            yield Fault(path, "identifierTooLong", f"an identifier has at most {LONGEST_ID} characters")


def refuse_additions_to_products_of_others(case: Case) -> Iterator[Fault]:
    """Refuse a new product that is to be part of, or rely on, what is no live product of this customer, or won't be."""
    to_come = {item.product_id for item in case.of_action("add")}
    to_go = {item.product_id for item in case.of_action("delete")}
    for item in case.of_action("add", "modify"):
        for index, relationship in enumerate(item.product.get("productRelationship") or ()):
            other = relationship.get("id", "")
            if relationship.get("relationshipType") not in BELONGING or other in to_come:
                continue
            path, product = item.at(f"product.productRelationship[{index}].id"), case.products.get(other)
            if product is None:
                yield Fault(path, "unknownProduct", f"there is no product '{other}'")
            elif to_go.intersection((other, parent_of(product))):
                yield Fault(path, "productNotLive", f"another item of the order ends product '{other}'")
            else:
                yield from _faults_of_owner(case, product, path)


def refuse_two_items_for_one_product(case: Case) -> Iterator[Fault]:
    """Refuse the second item that does something with a product: their order would decide the outcome."""
    seen: Counter[str] = Counter()
    for item in case.of_action("add", "modify", "delete"):
        if item.product_id:
            seen[item.product_id] += 1
            if seen[item.product_id] == 2:
                reason = f"another item of the order is about product '{item.product_id}'"
                yield Fault(item.at("product.id"), "productNamedTwice", reason)


def refuse_illegal_changes_of_status(case: Case) -> Iterator[Fault]:
    """Refuse a status that an order can't bring a product into; suspending and resuming are what it can do."""
    for item in case.of_action("modify"):
        product, wished = case.products.get(item.product_id or ""), item.product.get("status")
        if product is None or wished is None or wished == product["status"]:
            continue
        if wished not in BY_ORDER or not PRODUCT.allows(product["status"], wished):
            reason = f"an order can't bring a product from '{product['status']}' to '{wished}'"
            yield Fault(item.at("product.status"), "illegalLifecycleMove", reason)


def _faults_of_owner(case: Case, product: Document, path: str) -> Iterator[Fault]:
    if case.customer and customer_of(product) != case.customer["id"]:
        reason = f"product '{product['id']}' belongs to another customer"
        yield Fault(path, "productOfAnotherCustomer", reason)
    elif not is_live(product):
        reason = f"product '{product['id']}' is {product['status'].strip()}; a live product is expected"
        yield Fault(path, "productNotLive", reason)
