"""Judging an order: every rule is asked, and what they say makes it acknowledged, held or rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from core.catalog import hold_offerings
from core.entity import Document
from core.errors import Fault
from core.ordering.acceptance import accept
from core.ordering.case import Case
from core.ordering.items import documents_of, items_of
from core.ordering.messages import forget_faults, note_faults
from core.ordering.rules import amounts, bundles, items, numbers, offers, parties, products, reliance
from core.service import Work

Rule = Callable[[Case], Iterator[Fault]]
RULES: tuple[Rule, ...] = (
    parties.require_one_known_customer,
    parties.refuse_accounts_of_others,
    items.refuse_completion_before_start,
    items.refuse_equal_item_identifiers,
    items.refuse_senseless_quantities,
    items.refuse_relationships_that_lead_nowhere,
    items.refuse_items_that_wait_for_one_another,
    offers.require_something_to_add,
    offers.refuse_what_isnt_on_sale,
    offers.refuse_prices_that_cant_be_charged,
    offers.refuse_to_change_what_a_bundle_is_of,
    offers.refuse_characteristics_outside_the_specification,
    bundles.refuse_incomplete_bundles,
    bundles.refuse_several_of_a_bundle_in_one_item,
    bundles.refuse_orders_that_grow_too_large,
    bundles.refuse_to_break_live_bundles,
    products.require_a_product_to_change,
    products.refuse_products_of_others_and_ended_ones,
    products.refuse_to_add_what_is_there,
    products.refuse_additions_to_products_of_others,
    products.refuse_two_items_for_one_product,
    reliance.require_what_is_relied_on,
    products.refuse_illegal_changes_of_status,
    numbers.refuse_wrong_numbers,
    numbers.refuse_numbers_in_use,
    numbers.refuse_one_number_for_several,
    amounts.refuse_impossible_amounts,
)
# What can be supplied later: by changing the order, or by creating what it refers to.
SUPPLIABLE = frozenset(
    {
        "customerMissing",
        "unknownCustomer",
        "offeringMissing",
        "unknownOffering",
        "unknownPrice",
        "productMissing",
        "unknownProduct",
        "reliedOnMissing",
    }
)


def judge(work: Work, order: Document) -> list[Fault]:
    """Judge an order and set what follows: its state, its items' states and its messages. Returns the faults.

    Without faults it is made ready and its fulfilment asked for.
    """
    forget_faults(order)
    # Held before they are read: an offering that somebody is deleting is unknown, one that is ordered stays.
    hold_offerings(work, {item.offering_id for item in items_of(order) if item.offering_id})
    case = Case.open(work, order)
    faults = [fault for rule in RULES for fault in rule(case)] or accept(work, case)
    order["state"] = verdict(faults)
    for item in documents_of(order):
        item["state"] = order["state"]
    note_faults(work, order, faults, order["state"])
    return faults


def verdict(faults: Sequence[Fault]) -> str:
    """Return the state that faults lead to: held if each can be mended by supplying something, else rejected."""
    if not faults:
        return "acknowledged"
    return "held" if all(fault.code in SUPPLIABLE for fault in faults) else "rejected"
