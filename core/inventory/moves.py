"""The moves of a product's life that have a price: it is installed, reshaped, terminated."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.clock import parse_instant, wire_instant
from core.entity import Document
from core.inventory.holdings import children_of
from core.inventory.lifecycle import is_live
from core.inventory.prices import PriceVersion, begin_prices, end_prices, shown
from core.inventory.product import moment
from core.service import Work


def install(work: Work, document: Document, prices: Sequence[PriceVersion] = (), *, quantity: int = 1) -> Document:
    """Create an active product that starts now (or at its `startDate`), sold `quantity` times at `prices`.

    Raises Conflict when its identifier, or a number it names, is taken.
    """
    document["status"] = "active"
    document["productPrice"] = [shown(price) for price in prices]
    created = work.create("Product", document)
    begin_prices(work, created["id"], prices, parse_instant(created["startDate"]), quantity)
    return created


def reshape(
    work: Work,
    product_id: str,
    mutate: Callable[[Document], Document],
    prices: Sequence[PriceVersion] | None = None,
    *,
    quantity: int = 1,
) -> Document:
    """Change a product; with `prices`, those in force end at this instant and these begin at it.

    Raises NotFound, and Conflict when a number that it is to have is taken.
    """

    def priced(document: Document) -> Document:
        after = mutate(document)
        if prices is not None:
            after["productPrice"] = [shown(price) for price in prices]
        return after

    changed = work.change("Product", product_id, priced)
    if prices is not None:
        end_prices(work, product_id, moment(work), replaced=True)
        begin_prices(work, product_id, prices, moment(work), quantity)
    return changed


def terminate(work: Work, product_id: str) -> Document:
    """End a product now, and with it what is part of it or relies on it; its prices and numbers end too."""

    def ended(document: Document) -> Document:
        if is_live(document):
            document |= {"status": "terminated", "terminationDate": wire_instant(work.now)}
        return document

    document = work.change("Product", product_id, ended)
    for child in children_of(work, [product_id]):
        terminate(work, child["id"])
    return document
