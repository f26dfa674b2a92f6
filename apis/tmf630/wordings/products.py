"""Products, as orders and the inventory have them."""

from __future__ import annotations

from marshmallow import fields

from apis.tmf630.dialect import Wording
from apis.tmf630.folding import REFERENCE, Unfolded
from apis.tmf630.type_names import TypeName, TypeOf
from apis.tmf630.wordings import kinds
from apis.tmf630.wordings.characteristics import Characteristic
from apis.tmf630.wordings.parties import RelatedPartyOrValue
from apis.tmf630.wordings.references import Duration, RelatedPlace
from apis.tmf630.wordings.values import Respelled


class AgreementItem(Wording):
    """A pointer to an item of an agreement."""

    agreementId = fields.Raw(data_key="id")
    agreementHref = fields.Raw(data_key="href")
    agreementName = fields.Raw(data_key="name")


class RelatedOrderItem(Wording):
    """A pointer to the order item that made or changed a product."""

    type_ = TypeName("RelatedProductOrderItem", "RelatedOrderItem")
    orderId = fields.Raw(data_key="productOrderId")
    orderHref = fields.Raw(data_key="productOrderHref")


class ProductPrice(Wording):
    """A price agreed for a product."""

    priceAlteration = fields.Raw(data_key="productPriceAlteration")


class ProductRelationship(Wording):
    """A relationship to another product: v4 has it inside, v5 says no more than which it is."""

    related = Unfolded(REFERENCE, data_key="product", is_owed=True)


class Term(Wording):
    """A commitment."""

    duration = fields.Nested(Duration)


# One state is published with a blank at its end.
SPELLINGS = {"aborted": "aborted "}


class Product(Wording):
    """A product."""

    agreementItem = fields.List(fields.Nested(AgreementItem), data_key="agreement")
    place = fields.List(fields.Nested(RelatedPlace))
    product = fields.List(fields.Nested(lambda: ProductRefOrValue()))
    productCharacteristic = fields.List(fields.Nested(Characteristic))
    productOrderItem = fields.List(fields.Nested(RelatedOrderItem))
    productPrice = fields.List(fields.Nested(ProductPrice))
    productRelationship = fields.List(fields.Nested(ProductRelationship))
    productTerm = fields.List(fields.Nested(Term))
    relatedParty = fields.List(fields.Nested(RelatedPartyOrValue))
    status = Respelled(SPELLINGS)


class ProductRefOrValue(Product):
    """A product, or a pointer to one."""

    type_ = TypeOf("ProductRefOrValue", kinds.reference_or("Product", "ProductRef"), remark=kinds.BY_WHAT_IS_SAID)
