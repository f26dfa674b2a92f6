"""Tells of products that an order has begun, changed or ended together (TMF637, ProductBatchEvent)."""

from __future__ import annotations

from collections import Counter

from core.inventory.holdings import roots_of
from core.service import Work


def tell_batches(work: Work, told: int) -> None:
    """Tell of each product, with what belongs to it, of which several have changed since `told` events were noted.

    The event is about the product that the others are part of or additions to, as it is by now: it holds them together,
    as a catalog holds its offerings.
    """
    touched = {event.entity_id for event in work.noted[told:] if event.entity == "Product"}
    if len(touched) < 2:
        return
    counted = Counter(roots_of(work, touched).values())
    together = sorted(root for root, count in counted.items() if count > 1)
    for product in work.get_many("Product", together).values():
        work.emit("Product", "Batch", product)
