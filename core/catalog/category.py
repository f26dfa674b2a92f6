"""What is true of categories, which form trees, and of catalogs, which hold categories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from core.catalog.element import CatalogElement, refuse_deletion
from core.catalog.nested import each
from core.entity import Column, Document, Reference
from core.errors import Fault
from core.query import Condition
from core.reading import Reading

if TYPE_CHECKING:
    from core.service import Work


class Category(CatalogElement):
    """A group of offerings, perhaps below another group (TMF620)."""

    name = "Category"
    table = "category"
    columns = (
        Column("name", "name"),
        Column("lifecycle_status", "lifecycleStatus"),
        Column("parent_id", "parent.id"),
    )
    references = (
        Reference("parent", "Category"),
        Reference("subCategory", "Category"),
        Reference("productOffering", "ProductOffering"),
    )

    def derived(self, document: Document) -> Document:
        """Say whether it is a root: it is when it has no parent."""
        return {"isRoot": not document.get("parent")}

    def holds_others(self, document: Document) -> bool:
        """Tell whether it has a parent or sub-categories."""
        return bool(document.get("parent") or document.get("subCategory"))

    def faults(self, work: Reading, document: Document) -> Iterator[Fault]:
        """Yield a fault for every way in which the category would be its own ancestor."""
        yield from super().faults(work, document)
        own, parent = document["id"], (document.get("parent") or {}).get("id")
        above = _walk(work, [parent] if parent else [], _parents)
        if own in above:
            yield Fault(
                "parent.id", "categoryAboveItself", f"category '{parent}' is below this one: it can't be its parent"
            )
        for path, child in each(document, "subCategory"):
            below = _walk(work, _children({"subCategory": [child]}), _children)
            if own in below or above & below:
                reason = f"category '{child.get('id')}' is above this one: it can't be its sub-category"
                yield Fault(f"{path}.id", "categoryAboveItself", reason)

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete a category that still holds something."""
        uses = {
            ("Category", "parent.id"): "the sub-category",
            ("ProductOffering", "category.id"): "the product offering",
        }
        refuse_deletion(work, uses, document["id"], "move it elsewhere first")


class ProductCatalog(CatalogElement):
    """A collection of categories for a purpose, a market or a partner (TMF620)."""

    name = "ProductCatalog"
    table = "product_catalog"
    columns = (Column("name", "name"), Column("lifecycle_status", "lifecycleStatus"))
    references = (Reference("category", "Category"),)


def those_holding(work: Reading, categories: Iterable[str]) -> set[str]:
    """Return categories and all that hold them at any height, as a `parent` or by naming them as a `subCategory`."""
    seen: set[str] = set()
    frontier = set(categories)
    while frontier:
        seen |= frontier
        above = {parent for one in work.get_many("Category", frontier).values() for parent in _parents(one)}
        naming = Condition(("subCategory", "id"), tuple(sorted(frontier)))
        frontier = (above | {one["id"] for one in work.each("Category", (naming,))}) - seen
    return seen


def _walk(work: Reading, start: Iterable[str], onwards: Callable[[Document], list[str]]) -> set[str]:
    """Return all categories reached from `start`, which are included, by following `onwards`."""
    seen: set[str] = set()
    frontier = set(start)
    while frontier:
        seen |= frontier
        found = work.get_many("Category", frontier).values()
        frontier = {identifier for one in found for identifier in onwards(one)} - seen
    return seen


def _parents(category: Document) -> list[str]:
    parent = (category.get("parent") or {}).get("id")
    return [parent] if parent else []


def _children(category: Document) -> list[str]:
    return [child["id"] for child in category.get("subCategory") or [] if child.get("id")]
