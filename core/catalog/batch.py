"""Tells of catalogs in which many things have changed together (TMF620 v4, CatalogBatchEvent)."""

from __future__ import annotations

from collections.abc import Iterable

from core.catalog.category import those_holding
from core.entity import Document, values_at
from core.query import Condition
from core.service import Work

# Where an element says in which categories it is.
_HELD_BY = {"ProductOffering": ("category", "id"), "Category": ("parent", "id")}


def held_by(entity: str, element: Document) -> set[str]:
    """Return the categories that an element of the catalog says that it is in."""
    return set(values_at(element, _HELD_BY[entity])) if entity in _HELD_BY else set()


def tell_batch(work: Work, left: Iterable[str]) -> None:
    """Tell of each catalog that this transaction has changed: itself, categories in it, or their offerings.

    `left` are categories that something may have been taken out of.
    """
    catalogs, categories = set[str](), set(left)
    for event in work.noted:
        if event.entity == "ProductCatalog":
            catalogs.add(event.entity_id)
        elif event.entity == "Category":
            categories.add(event.entity_id)
        elif event.entity == "ProductOffering":
            categories |= held_by(event.entity, event.document)
    if categories:
        holding = Condition(("category", "id"), tuple(sorted(those_holding(work, categories))))
        catalogs.update(catalog["id"] for catalog in work.each("ProductCatalog", (holding,)))
    for catalog in work.get_many("ProductCatalog", sorted(catalogs)).values():
        work.emit("ProductCatalog", "Batch", catalog)
