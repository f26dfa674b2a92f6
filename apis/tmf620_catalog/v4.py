"""What TMF620 v4 words differently: catalogs, values of characteristics, prices inside offerings, parent categories."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from apis.tmf630.dialect import Dialect, Wording
from apis.tmf630.differences import Difference, Document, Step
from apis.tmf630.type_names import TypeName
from apis.tmf630.wordings.characteristics import CharacteristicValue
from apis.tmf630.wordings.parties import RelatedParty
from apis.tmf630.wordings.prices import PolicyRef, ProductOfferingPriceRefOrValue
from apis.tmf630.wordings.references import AttachmentRefOrValue
from core.query import Path


class Parent(Difference):
    """The category above: v4 says its identifier, v5 points to it."""

    def read_value(self, value: Any) -> Any:
        """Return a pointer to the category."""
        return {"@type": "CategoryRef", "id": value}

    def write_value(self, value: Any) -> Any:
        """Return the identifier of the category."""
        return value.get("id") if isinstance(value, dict) else None

    def step(self, path: Path) -> Step:
        """Lead to the identifier in the pointer."""
        return Step(("parent", "id"), path[1:])


class ApiVersion(Difference):
    """In whose words the file of a job is: where nothing is said, in those of the generation that the job came in."""

    always_read = True

    def read(self, document: Document) -> None:
        """Note that the job came in v4."""
        document.setdefault("apiVersion", "v4")


class Job(Wording):
    """An import or export job."""

    apiVersion = ApiVersion(remark="where it is not said, the generation that the job came in")


class Catalog(Wording):
    """A catalog of products."""

    type_ = TypeName("Catalog", "ProductCatalog")
    relatedParty = fields.List(fields.Nested(RelatedParty))


class Category(Wording):
    """A category."""

    parent = Parent(data_key="parentId", remark="v4 says the identifier only")


class CharacteristicValueUse(Wording):
    """The values of a characteristic that an offering or a price uses."""

    productSpecCharacteristicValue = fields.List(fields.Nested(CharacteristicValue))


class ProductOffering(Wording):
    """An offering."""

    attachment = fields.List(fields.Nested(AttachmentRefOrValue))
    prodSpecCharValueUse = fields.List(fields.Nested(CharacteristicValueUse))
    productOfferingPrice = fields.List(fields.Nested(ProductOfferingPriceRefOrValue))


class ProductOfferingPrice(Wording):
    """A price."""

    policy = fields.List(fields.Nested(PolicyRef), data_key="constraint")
    prodSpecCharValueUse = fields.List(fields.Nested(CharacteristicValueUse))


class CharacteristicRelationship(Wording):
    """How a characteristic of a specification relates to one of another specification."""

    type_ = TypeName("ProductSpecificationCharacteristicRelationship", "CharacteristicSpecificationRelationship")
    parentSpecificationId = fields.Raw(data_key="id")
    parentSpecificationHref = fields.Raw(data_key="href")


class Characteristic(Wording):
    """A characteristic that products of a specification have."""

    type_ = TypeName("ProductSpecificationCharacteristic", "CharacteristicSpecification")
    charSpecRelationship = fields.List(
        fields.Nested(CharacteristicRelationship), data_key="productSpecCharRelationship"
    )
    characteristicValueSpecification = fields.List(
        fields.Nested(CharacteristicValue), data_key="productSpecCharacteristicValue"
    )


class ProductSpecification(Wording):
    """A specification of products."""

    attachment = fields.List(fields.Nested(AttachmentRefOrValue))
    productSpecCharacteristic = fields.List(fields.Nested(Characteristic))
    relatedParty = fields.List(fields.Nested(RelatedParty))


DIALECTS = {
    "Catalog": Dialect(Catalog),
    "ImportJob": Dialect(Job),
    "ExportJob": Dialect(Job),
    "Category": Dialect(Category),
    "ProductOffering": Dialect(ProductOffering),
    "ProductOfferingPrice": Dialect(ProductOfferingPrice),
    "ProductSpecification": Dialect(ProductSpecification),
}
