"""The parts that an added bundle has without the order naming any: as many of each as is usual."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from core.catalog import Component, Offer, everything_in, faults_of_sale
from core.ordering.items import Item

LARGEST_ORDER = 1000


def implied_parts(items: list[Item], offers: Mapping[str, Offer], at: datetime) -> list[Item]:
    """Return the parts, and theirs, of the added bundles that name none. No order grows beyond LARGEST_ORDER by it."""
    found: list[Item] = []
    waiting = [item for item in items if item.action == "add" and not item.parts]
    for item in waiting:
        for component in _usual(item, offers, at):
            if len(items) + len(found) >= LARGEST_ORDER:
                return found
            part = _part(item, component)
            found.append(part)
            waiting.append(part)
    return found


def _usual(item: Item, offers: Mapping[str, Offer], at: datetime) -> Iterator[Component]:
    offer = offers.get(item.offering_id or "")
    above = set(_above(item))
    for component in everything_in(offer.offering) if offer else ():
        if component.offering_id in above:
            continue
        # What is optional is left out when it can't be had; what isn't makes the bundle itself unsellable.
        optional = component.limits.lower if _is_missing(component, offers, at) else component.limits.default
        for _ in range(optional):
            yield component


def _is_missing(component: Component, offers: Mapping[str, Offer], at: datetime) -> bool:
    faults = faults_of_sale(offers, component.offering_id, at, "")
    return any(fault.code != "offeringNotSellable" for fault in faults)


def _above(item: Item | None) -> Iterator[str | None]:
    while item is not None:
        yield item.offering_id
        item = item.parent


def _part(bundle: Item, component: Component) -> Item:
    document = {
        "@type": "ProductOrderItem",
        "action": "add",
        "quantity": 1,
        "state": "acknowledged",
        "productOffering": {"@type": "ProductOfferingRef", "id": component.offering_id},
    }
    part = Item(document, bundle.at("productOrderItem"), bundle, implied=True)
    bundle.parts.append(part)
    return part
