"""What TMF620 v4 words differently: catalogs, values of characteristics, prices inside offerings, parent categories."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from apis.tmf630.dialect import Dialect, Wording
from apis.tmf630.differences import Difference, Document, Owed, Step
from apis.tmf630.type_names import TypeName
from apis.tmf630.wordings.characteristics import CharacteristicValue
from apis.tmf630.wordings.parties import RelatedParty
from apis.tmf630.wordings.prices import PolicyRef, ProductOfferingPriceRefOrValue
from apis.tmf630.wordings.references import AttachmentRefOrValue
from core.query import Path
from core.unspecified import UNSPECIFIED


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


class Specification(Owed):
    """What an offering that is no bundle is of: where none is named, v4 is pointed to the one that stands for that."""

    def told(self) -> str:
        """Say what is shown, and what it means when it comes back."""
        return f"{super().told()}; sent so, it says that there is none"

    def read(self, document: Document) -> None:
        """Leave out a pointer that says no more than that."""
        said = document[self.owed]
        if isinstance(said, dict) and "id" in said and said.items() <= self.value.items():
            del document[self.owed]


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


def is_bundle(offering: Document) -> bool:
    """Tell whether an offering says that it is a bundle."""
    return offering.get("isBundle") is True


def is_alone(offering: Document) -> bool:
    """Tell whether it doesn't say so."""
    return not is_bundle(offering)


class ProductOffering(Wording):
    """An offering."""

    attachment = fields.List(fields.Nested(AttachmentRefOrValue))
    # What test kits of v4 look for in every offering.
    parts = Owed("bundledProductOffering", [], when=is_bundle, remark="(in a bundle)")
    specification = Specification(
        "productSpecification",
        {"@type": "ProductSpecificationRef", "id": UNSPECIFIED},
        when=is_alone,
        remark="(in what is no bundle)",
    )
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
