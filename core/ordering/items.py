"""The items of an order as a tree, each with the path that faults name it by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.entity import Document

# An item that names another in one of these ways is delivered after it.
AFTER = frozenset({"reliesOn", "requires", "dependsOn"})


@dataclass(slots=True, eq=False)
class Item:
    """One item: its document inside the order, and what it holds, nested or by `bundles` and `bundledBy`.

    `relied_on` are the items whose products its own is an addition to. An implied item isn't in the order yet: a part
    that its bundle has without being named.
    """

    document: Document
    path: str
    parent: Item | None = None
    parts: list[Item] = field(default_factory=list)
    relied_on: list[Item] = field(default_factory=list)
    implied: bool = False

    @property
    def id(self) -> str:
        """Return the identifier, unique within the order."""
        identifier: str = self.document.get("id", "")
        return identifier

    @property
    def action(self) -> str:
        """Return add, modify, delete or noChange."""
        return str(self.document.get("action"))

    @property
    def state(self) -> str:
        """Return the item's state."""
        return str(self.document.get("state", "acknowledged"))

    @property
    def product(self) -> Document:
        """Return the product, or reference to one, that the item names; empty where it names none."""
        product: Document = self.document.get("product") or {}
        return product

    @property
    def product_id(self) -> str | None:
        """Return the identifier of the product that is added, changed or ended."""
        identifier: str | None = self.product.get("id")
        return identifier

    @property
    def offering(self) -> Document:
        """Return the reference to the offering: the item's own, or its product's."""
        offering: Document = self.document.get("productOffering") or self.product.get("productOffering") or {}
        return offering

    @property
    def offering_id(self) -> str | None:
        """Return the identifier of the offering that the item names."""
        identifier: str | None = self.offering.get("id")
        return identifier

    @property
    def quantity(self) -> int:
        """Return how many; one where the item doesn't say."""
        return int(self.document.get("quantity", 1))

    @property
    def characteristics(self) -> list[Document]:
        """Return the characteristics that the item names for its product."""
        characteristics: list[Document] = self.product.get("productCharacteristic") or []
        return characteristics

    def at(self, attribute: str) -> str:
        """Return the path of an attribute of this item; an implied item stands at the list it belongs in."""
        return self.path if self.implied else f"{self.path}.{attribute}"

    @property
    def offering_path(self) -> str:
        """Return where the item names its offering."""
        inner = not self.document.get("productOffering") and self.product.get("productOffering")
        return self.at("product.productOffering" if inner else "productOffering")


def items_of(order: Document) -> list[Item]:
    """Return all items of an order, outer ones before those inside, linked to what they hold."""
    items = list(_nested(order, "", None))
    _link(items)
    return items


def documents_of(order: Document) -> Iterator[Document]:
    """Yield the documents of all items, at any depth, as they stand in the order."""
    for document in order.get("productOrderItem") or ():
        yield document
        yield from documents_of(document)


def relationships_of(item: Item) -> Iterator[tuple[str, str, str]]:
    """Yield (path, type, identifier of the other item) for what an item says of others."""
    for index, relationship in enumerate(item.document.get("productOrderItemRelationship") or ()):
        path = item.at(f"productOrderItemRelationship[{index}]")
        yield path, str(relationship.get("relationshipType")), str(relationship.get("id"))


def prerequisites_of(item: Item, items: Sequence[Item]) -> list[Item]:
    """Return the items that must be completed before this one begins."""
    wanted = {other for _, kind, other in relationships_of(item) if kind in AFTER}
    return [other for other in items if other.id in wanted and other is not item] if wanted else []


def fill_items(order: Document) -> None:
    """Give every item an identifier where it has none, and the state that all begin in."""
    name_items(order)
    for document in documents_of(order):
        document["state"] = "acknowledged"


def name_items(order: Document) -> None:
    """Give every item an identifier where it has none."""
    documents = list(documents_of(order))
    taken = {document.get("id") for document in documents}
    for document in documents:
        if not document.get("id"):
            document["id"] = next_id(taken)


def states_asked_for(before: Document, after: Document) -> Iterator[str]:
    """Yield the path of every state in `after` that the item doesn't have; an item to come begins acknowledged."""
    states = {document.get("id"): document.get("state") for document in documents_of(before)}
    for item in _nested(after, "", None):
        wished = item.document.get("state")
        if wished is not None and wished not in (states.get(item.document.get("id")), "acknowledged"):
            yield item.at("state")


def next_id(taken: set[Any], prefix: str = "") -> str:
    """Return the first of 1, 2, 3 ... (behind a prefix) that isn't taken, and take it."""
    number = 1
    while f"{prefix}{number}" in taken:
        number += 1
    taken.add(f"{prefix}{number}")
    return f"{prefix}{number}"


def _nested(holder: Document, prefix: str, parent: Item | None) -> Iterator[Item]:
    for index, document in enumerate(holder.get("productOrderItem") or ()):
        item = Item(document, f"{prefix}productOrderItem[{index}]", parent)
        if parent is not None:
            parent.parts.append(item)
        yield item
        yield from _nested(document, f"{item.path}.", item)


def _link(items: Sequence[Item]) -> None:
    """Make those items parts that the order keeps beside their bundle and only relates to it; note reliance."""
    known = {item.id: item for item in items}
    for item in items:
        for _, kind, other_id in relationships_of(item):
            other = known.get(other_id)
            if other is None:
                continue
            if kind == "bundles":
                _adopt(item, other)
            elif kind == "bundledBy":
                _adopt(other, item)
            elif kind == "reliesOn" and other is not item and other.action != "delete":
                item.relied_on.append(other)


def _adopt(parent: Item, part: Item) -> None:
    above: Item | None = parent
    while above is not None:
        if above is part:
            return
        above = above.parent
    if part.parent is None:
        part.parent = parent
        parent.parts.append(part)
