"""Where products stand to one another once an order is carried out: items and products as one tree."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog import specification_id
from core.entity import Document
from core.inventory import children_of, named_in, parent_of, products_of
from core.ordering.case import Case
from core.ordering.items import Item

# An item of the order, or a product that the order has no item for.
Place = Item | Document


class Places:
    """What each item of an order, and each product, is part of or an addition to, and what is so of it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._ended = {item.product_id for item in case.of_action("delete")}
        named = case.of_action("add", "modify", "noChange")
        self._items = {item.product_id: item for item in named if item.product_id}
        self._found: dict[str, Document | None] = {}
        self._joining: dict[object, list[Item]] = {}
        for item in case.of_action("add"):
            if item.parent is None and (holder := self.above(item)) is not None:
                self._joining.setdefault(key_of(holder), []).append(item)

    def above(self, place: Place) -> Place | None:
        """Return what a place is part of or relies on: for a new product what its item is inside of, else names."""
        if not isinstance(place, Item):
            return self._at(parent_of(place))
        if place.parent is not None:
            return place.parent
        if place.action != "add":
            return self._at(parent_of(self._case.products.get(place.product_id or "", {})))
        if (holder := parent_of(place.product)) is not None:
            return self._at(holder)
        return next(iter(place.relied_on), None)

    def upwards(self, place: Place) -> Iterator[Place]:
        """Yield what a place is part of, what that is part of, and so on."""
        seen, at = {key_of(place)}, self.above(place)
        while at is not None and key_of(at) not in seen:
            seen.add(key_of(at))
            yield at
            at = self.above(at)

    def inside(self, place: Place) -> Iterator[Place]:
        """Yield everything that is part of a place, or relies on it, at any depth."""
        seen, waiting = {key_of(place)}, [place]
        while waiting:
            for each in self._below(waiting.pop()):
                if key_of(each) not in seen:
                    seen.add(key_of(each))
                    yield each
                    waiting.append(each)

    def sold_as(self, place: Place) -> tuple[str | None, str | None]:
        """Return offering and specification of the product at a place, as far as they are known."""
        if isinstance(place, Item) and place.offering_id is not None:
            offer = self._case.offer_named(place)
            return (place.offering_id, specification_id(offer.offering)) if offer else (None, None)
        product = self._product(place)
        named = (product.get(attribute) or {} for attribute in ("productOffering", "productSpecification"))
        offering, specification = (reference.get("id") for reference in named)
        return offering, specification

    def is_numbered(self, place: Place) -> bool:
        """Tell whether the product at a place has a number: it is a line then, or a SIM."""
        chosen = place.characteristics if isinstance(place, Item) else ()
        return any(named_in([*chosen, *(self._product(place).get("productCharacteristic") or ())]))

    def _below(self, place: Place) -> Iterator[Place]:
        yield from self._joining.get(key_of(place), ())
        if isinstance(place, Item):
            yield from (part for part in place.parts if part.action != "delete")
        product_id = self._product(place).get("id")
        for product in self._parts_of(product_id) if product_id else ():
            if product["id"] not in self._ended:
                yield self._items.get(product["id"], product)

    def _parts_of(self, product_id: str) -> list[Document]:
        if product_id in self._case.products:
            return self._case.parts.get(product_id, [])
        return children_of(self._case.reading, [product_id])

    def _product(self, place: Place) -> Document:
        return self._case.products.get(place.product_id or "", {}) if isinstance(place, Item) else place

    def _at(self, product_id: str | None) -> Place | None:
        if product_id is None or product_id in self._ended:
            return None
        if known := self._items.get(product_id) or self._case.products.get(product_id):
            return known
        if product_id not in self._found:
            self._found[product_id] = products_of(self._case.reading, [product_id]).get(product_id)
        return self._found[product_id]


def key_of(place: Place) -> object:
    """Return what tells a place from the others of an order."""
    return id(place) if isinstance(place, Item) else place["id"]
