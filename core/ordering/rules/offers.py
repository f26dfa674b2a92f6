"""What is ordered is on sale, and has the characteristics that its specification allows."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import everything_in, faults_of_prices, faults_of_sale
from core.entity import Document
from core.errors import Fault
from core.ordering import characteristics
from core.ordering.case import Case
from core.ordering.items import Item


def require_something_to_add(case: Case) -> Iterator[Fault]:
    """Ask for the offering of an addition that names none."""
    for item in case.of_action("add"):
        if item.offering_id is None:
            reason = "the item names nothing to add; the identifier of a product offering is expected"
            yield Fault(item.at("productOffering"), "offeringMissing", reason)


def refuse_what_isnt_on_sale(case: Case) -> Iterator[Fault]:
    """Refuse offerings that can't be sold now, ask for unknown ones. A part of a bundle needn't be sold alone."""
    for item in case.items:
        if item.offering_id is None or item.implied or not (item.action == "add" or case.changes_offering(item)):
            continue
        for fault in faults_of_sale(case.offers, item.offering_id, case.at, item.offering_path):
            if fault.code != "offeringNotSellable" or not case.is_part(item):
                yield fault


def refuse_prices_that_cant_be_charged(case: Case) -> Iterator[Fault]:
    """Refuse a change that may lead to other prices of the same offering when one of those can't be charged."""
    for item in case.of_action("modify"):
        offer = case.sold_from(item)
        if offer and not case.changes_offering(item) and ("quantity" in item.document or item.characteristics):
            for fault in faults_of_prices(offer, case.at, ""):
                yield Fault(item.at("product.id"), fault.code, fault.reason)


def refuse_to_change_what_a_bundle_is_of(case: Case) -> Iterator[Fault]:
    """Refuse to turn a bundle into another offering, or something else into a bundle: its parts wouldn't follow."""
    for item in case.items:
        if case.changes_offering(item):
            before, after = case.sold_from(item), case.offer_named(item)
            if any(offer and everything_in(offer.offering) for offer in (before, after)):
                reason = "a bundle can't change its offering; delete it and add the other one, or change its parts"
                yield Fault(f"{item.offering_path}.id", "bundleChange", reason)


def refuse_characteristics_outside_the_specification(case: Case) -> Iterator[Fault]:
    """Refuse unknown characteristics, values that aren't allowed and missing mandatory ones."""
    for item in case.of_action("add", "modify"):
        path = item.at("product.productCharacteristic")
        if item.action == "add" or case.changes_offering(item):
            offer, kept = case.offer_named(item), _kept(case, item)
            after = characteristics.merged(item.characteristics, kept)
            own = tuple(f"{path}[{index}]" for index in range(len(item.characteristics)))
            for fault in characteristics.faults(offer, after, path, case.at, complete=True):
                # What the product has from before isn't in the order: the fault is the list's.
                yield fault if fault.path.startswith(own) else Fault(path, fault.code, fault.reason)
        else:
            offer = case.sold_from(item)
            yield from characteristics.faults(offer, item.characteristics, path, case.at, complete=False)


def _kept(case: Case, item: Item) -> list[Document]:
    product = case.products.get(item.product_id or "", {}) if item.action == "modify" else {}
    return characteristics.carried_over(product.get("productCharacteristic") or (), case.offer_named(item), case.at)
