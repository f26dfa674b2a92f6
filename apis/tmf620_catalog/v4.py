"""What TMF620 v4 words differently: catalogs, values of characteristics, prices inside offerings, parent categories."""

from __future__ import annotations

from marshmallow import fields

from apis.tmf620_catalog.jobs import Job
from apis.tmf620_catalog.offerings import NO_SPECIFICATION, Unspecified, is_alone, is_bundle
from apis.tmf630.dialect import Dialect, Wording
from apis.tmf630.differences import Owed
from apis.tmf630.type_names import TypeName
from apis.tmf630.wordings.characteristics import CharacteristicValue
from apis.tmf630.wordings.identifiers import Identifier
from apis.tmf630.wordings.parties import RelatedParty
from apis.tmf630.wordings.prices import PolicyRef, ProductOfferingPriceRefOrValue
from apis.tmf630.wordings.references import AttachmentRefOrValue


class Catalog(Wording):
    """A catalog of products."""

    type_ = TypeName("Catalog", "ProductCatalog")
    relatedParty = fields.List(fields.Nested(RelatedParty))


class Category(Wording):
    """A category."""

    parent = Identifier("CategoryRef", data_key="parentId", remark="v4 says the identifier only")


class CharacteristicValueUse(Wording):
    """The values of a characteristic that an offering or a price uses."""

    productSpecCharacteristicValue = fields.List(fields.Nested(CharacteristicValue))


class ProductOffering(Wording):
    """An offering."""

    attachment = fields.List(fields.Nested(AttachmentRefOrValue))
    # What test kits of v4 look for in every offering.
    parts = Owed("bundledProductOffering", [], when=is_bundle, remark="(in a bundle)")
    specification = Unspecified(
        "productSpecification", NO_SPECIFICATION, when=is_alone, remark="(in what is no bundle)"
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
