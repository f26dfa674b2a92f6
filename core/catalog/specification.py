"""What is true of a product specification: the characteristics that products of it have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.catalog.element import CatalogElement, refuse_deletion
from core.catalog.nested import each
from core.catalog.unspecified import STAND_IN
from core.catalog.value_rules import faults_of_description
from core.entity import Column, Document, Reference
from core.errors import Fault, refuse
from core.inventory import specification_in_use
from core.reading import Reading

if TYPE_CHECKING:
    from core.service import Work


class ProductSpecification(CatalogElement):
    """What a product is and can be, apart from its selling (TMF620)."""

    name = "ProductSpecification"
    table = "product_specification"
    columns = (Column("name", "name"), Column("lifecycle_status", "lifecycleStatus"))
    references = (
        Reference("category", "Category"),
        Reference("bundledProductSpecification", "ProductSpecification"),
        Reference("productSpecificationRelationship", "ProductSpecification"),
    )

    def derived(self, document: Document) -> Document:
        """Say whether it is a bundle."""
        return {"isBundle": bool(document.get("bundledProductSpecification"))}

    def faults(self, work: Reading, document: Document) -> Iterator[Fault]:
        """Yield what is wrong with its characteristics and its parts."""
        yield from super().faults(work, document)
        yield from faults_of_description(document, "productSpecCharacteristic")
        for path, part in each(document, "bundledProductSpecification"):
            if part.get("id") == document["id"]:
                yield Fault(f"{path}.id", "bundleContainsItself", "a specification can't be part of itself")

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete what products are of, what offerings and bundles are made from, or stand for in v4."""
        STAND_IN.refuse_removal(document["id"])
        if specification_in_use(work, document["id"]):
            refuse(
                [Fault("id", "inUse", "there are products of this specification; set its lifecycleStatus to 'Retired'")]
            )
        uses = {
            ("ProductOffering", "productSpecification.id"): "the product offering",
            ("ProductSpecification", "bundledProductSpecification.id"): "the product specification",
        }
        refuse_deletion(work, uses, document["id"], "retire it or take it out there first")
