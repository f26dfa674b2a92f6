"""An order with all that judging it takes, read in sets: items, offers, products, customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.catalog import Offer, everything_in, load_offers
from core.entity import Document
from core.inventory import children_of, parent_of, products_of
from core.ordering.implied import implied_parts
from core.ordering.items import Item, items_of
from core.ordering.parties import Named, customers_named
from core.reading import Reading


@dataclass(slots=True)
class Case:
    """What is known about an order when it is judged. `parts` are the live products by the product they are in."""

    reading: Reading
    order: Document
    at: datetime
    items: list[Item]
    offers: dict[str, Offer]
    products: dict[str, Document]
    parts: dict[str, list[Document]]
    customers: list[Named]

    @classmethod
    def open(cls, reading: Reading, order: Document, *, implying: bool = True) -> Case:
        """Read everything an order refers to. `implying` adds the parts that its bundles have unnamed."""
        items = items_of(order)
        offers = load_offers(reading, {item.offering_id for item in items if item.offering_id})
        items += implied_parts(items, offers, reading.now) if implying else []
        products = products_of(reading, _products_named(items))
        holders = {parent for product in products.values() if (parent := parent_of(product))}
        products |= products_of(reading, holders - products.keys())
        offers |= load_offers(reading, set(_offerings_of(products)) - offers.keys())
        parts: dict[str, list[Document]] = {}
        for part in children_of(reading, list(products)):
            parts.setdefault(parent_of(part) or "", []).append(part)
        customers = customers_named(reading, order, items)
        return cls(reading, order, reading.now, items, offers, products, parts, customers)

    @property
    def customer(self) -> Document | None:
        """Return the customer, where the order names exactly one that is known."""
        known = {named.customer["id"]: named.customer for named in self.customers if named.customer}
        return next(iter(known.values())) if len(known) == 1 else None

    def of_action(self, *actions: str) -> Iterator[Item]:
        """Yield the items with one of these actions."""
        return (item for item in self.items if item.action in actions)

    def offer_named(self, item: Item) -> Offer | None:
        """Return the offer that an item names."""
        return self.offers.get(item.offering_id or "")

    def sold_from(self, item: Item) -> Offer | None:
        """Return the offer that the product which an item changes is sold from."""
        return self.offers.get(_offering_id(self.products.get(item.product_id or "", {})) or "")

    def changes_offering(self, item: Item) -> bool:
        """Tell whether an item makes its product one of another offering (a change of plan)."""
        product = self.products.get(item.product_id or "")
        named = item.action == "modify" and item.offering_id is not None and product is not None
        return named and _offering_id(product or {}) != item.offering_id

    def holder_offering(self, item: Item) -> str | None:
        """Return what the product that an item's product is, or is to be, inside of is sold from."""
        if item.parent is not None:
            product = self.products.get(item.parent.product_id or "", {})
            return item.parent.offering_id or _offering_id(product)
        holder = parent_of(self.products.get(item.product_id or "", {})) if item.action != "add" else None
        return _offering_id(self.products.get(holder or "", {}))

    def is_part(self, item: Item) -> bool:
        """Tell whether an item's offering is, by the catalog, part of the bundle it is ordered in."""
        bundle = self.offers.get(self.holder_offering(item) or "")
        parts = everything_in(bundle.offering) if bundle else ()
        return any(part.offering_id == item.offering_id for part in parts)


def _offering_id(product: Document) -> str | None:
    identifier: str | None = (product.get("productOffering") or {}).get("id")
    return identifier


def _offerings_of(products: dict[str, Document]) -> Iterator[str]:
    return (identifier for product in products.values() if (identifier := _offering_id(product)))


def _products_named(items: list[Item]) -> set[str]:
    named = {item.product_id for item in items if item.product_id}
    related = {one.get("id") for item in items for one in item.product.get("productRelationship") or ()}
    return named | {identifier for identifier in related if identifier}
