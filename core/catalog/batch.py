"""Tells of catalogs in which many things have changed together (TMF620 v4, CatalogBatchEvent)."""

from __future__ import annotations

from core.catalog.category import those_holding
from core.entity import values_at
from core.query import Condition
from core.service import Work


def tell_batch(work: Work) -> None:
    """Tell of each catalog that this transaction has changed: itself, categories in it, or their offerings."""
    catalogs, categories = set[str](), set[str]()
    for event in work.noted:
        if event.entity == "ProductCatalog":
            catalogs.add(event.entity_id)
        elif event.entity == "Category":
            categories.add(event.entity_id)
        elif event.entity == "ProductOffering":
            categories.update(values_at(event.document, ("category", "id")))
    if categories:
        holding = Condition(("category", "id"), tuple(sorted(those_holding(work, categories))))
        catalogs.update(catalog["id"] for catalog in work.each("ProductCatalog", (holding,)))
    for catalog in work.get_many("ProductCatalog", sorted(catalogs)).values():
        work.emit("ProductCatalog", "Batch", catalog)
