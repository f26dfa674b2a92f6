"""What is true of a product offering: what is sold, at which prices, alone or as a bundle of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.catalog.bundle import everything_in, faults_of_containment, faults_of_limits
from core.catalog.element import CatalogElement, refuse_deletion
from core.catalog.nested import each
from core.catalog.price import complete_price, faults_of_price, is_price_reference
from core.catalog.unspecified import provide_specification
from core.catalog.value_rules import faults_of_description, faults_of_use
from core.entity import Column, Document, Reference, new_id
from core.errors import Fault, refuse
from core.inventory import offering_in_use
from core.query import Condition, Query
from core.reading import Reading

if TYPE_CHECKING:
    from core.service import Work

ITEM = ("productOrderItem", "productOffering", "id")


class ProductOffering(CatalogElement):
    """What customers can order (TMF620). In use it is retired, never deleted."""

    name = "ProductOffering"
    table = "product_offering"
    columns = (
        Column("name", "name"),
        Column("lifecycle_status", "lifecycleStatus"),
        Column("specification_id", "productSpecification.id"),
    )
    references = (
        Reference("category", "Category"),
        Reference("productSpecification", "ProductSpecification"),
        Reference("productOfferingPrice", "ProductOfferingPrice", is_price_reference),
        Reference("bundledProductOffering", "ProductOffering"),
        Reference("bundledGroupProductOffering.bundledProductOffering", "ProductOffering"),
        Reference("productOfferingRelationship", "ProductOffering"),
    )

    def fill_many(self, work: Work, documents: Sequence[Document]) -> None:
        """Set what is left out, and see to it that there is the specification of those that name none."""
        super().fill_many(work, documents)
        provide_specification(work, documents)

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        """Hold the rules, and see to it that there is the specification of an offering that names none any more."""
        super().on_change(work, before, after)
        provide_specification(work, [after])

    def derived(self, document: Document) -> Document:
        """Say whether it is a bundle."""
        bundled = document.get("bundledProductOffering") or document.get("bundledGroupProductOffering")
        return {"isBundle": bool(bundled)}

    def complete(self, document: Document) -> None:
        """Give prices by value an identifier, by which they are sold and billed."""
        for _, price in _prices_by_value(document):
            price.setdefault("id", new_id())
            price.setdefault("@type", "ProductOfferingPrice")
            complete_price(price)

    def holds_others(self, document: Document) -> bool:
        """Tell whether it is a bundle."""
        return any(True for _ in everything_in(document))

    def faults(self, work: Reading, document: Document) -> Iterator[Fault]:
        """Yield what is wrong with its bundle, its prices by value and its characteristics."""
        yield from super().faults(work, document)
        yield from faults_of_limits(document)
        yield from faults_of_containment(work, document)
        for path, price in _prices_by_value(document):
            yield from faults_of_price(price, f"{path}.")
        yield from faults_of_description(document, "productOfferingCharacteristic")
        for path, use in each(document, "prodSpecCharValueUse"):
            yield from faults_of_use(use, "productSpecCharacteristicValue", path)

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete what was sold, is being ordered or is part of a bundle."""
        if offering_in_use(work, document["id"]):
            reason = "there are products of this offering; set its lifecycleStatus to 'Retired' instead"
            refuse([Fault("id", "inUse", reason)])
        if _has_open_orders(work, document["id"]):
            reason = "there are open orders of this offering; set its lifecycleStatus to 'Retired' instead"
            refuse([Fault("id", "inUse", reason)])
        uses = {
            ("ProductOffering", "bundledProductOffering.id"): "the bundle",
            ("ProductOffering", "bundledGroupProductOffering.bundledProductOffering.id"): "the bundle",
        }
        refuse_deletion(work, uses, document["id"], "retire it or take it out there first")


def _prices_by_value(document: Document) -> Iterator[tuple[str, Document]]:
    for path, member in each(document, "productOfferingPrice"):
        if not is_price_reference(member):
            yield path, member


def _has_open_orders(work: Reading, offering_id: str) -> bool:
    rules = work.entities.get("ProductOrder")
    if rules is None or rules.lifecycle is None:
        return False
    state = Condition(("state",), rules.lifecycle.unfinished)
    return any(
        work.find(rules.name, Query((state, Condition(path, (offering_id,))), limit=1)).items
        for path in (ITEM, ("productOrderItem", *ITEM))
    )
