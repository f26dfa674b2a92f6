"""What TMF622 v4 words differently: dates, identifiers and remarks of orders, what items refer to, some states."""

from __future__ import annotations

from marshmallow import fields

from apis.tmf622_order.notes import Note
from apis.tmf630.dialect import Dialect, Wording
from apis.tmf630.differences import Owed
from apis.tmf630.folding import Folded
from apis.tmf630.wordings import kinds
from apis.tmf630.wordings.identifiers import FirstIdentifier
from apis.tmf630.wordings.parties import RelatedParty
from apis.tmf630.wordings.products import ProductRefOrValue, Term
from apis.tmf630.wordings.values import Nearest


class RelatedChannel(Wording):
    """A sales channel with its part in the order: flat in v4."""

    channel = Folded(kinds.always("ChannelRef"), owed={"id": kinds.nothing})


class QuoteItem(Wording):
    """A pointer to an item of a quote."""

    quoteItemId = fields.Raw(data_key="id")


class QualificationItem(Wording):
    """A pointer to an item of a check that an offering can be had."""

    itemId = fields.Raw(data_key="id")


class ProductOrderItem(Wording):
    """An item."""

    itemTerm = fields.List(fields.Nested(Term))
    product = fields.Nested(ProductRefOrValue)
    productOfferingQualificationItem = fields.Nested(QualificationItem)
    productOrderItem = fields.List(fields.Nested(lambda: ProductOrderItem()))
    quoteItem = fields.Nested(QuoteItem)
    state = Nearest({"partial": "failed"})


class ProductOrder(Wording):
    """An order."""

    channel = fields.List(fields.Nested(RelatedChannel))
    creationDate = fields.Raw(data_key="orderDate")
    externalId = FirstIdentifier("ExternalIdentifier", remark="v4 says the first one")
    note = Note(lambda: DIALECTS["ProductOrder"], remark="v4 adds what v5 says in `productOrderErrorMessage`")
    productOrderItem = fields.List(fields.Nested(ProductOrderItem))
    relatedParty = fields.List(fields.Nested(RelatedParty))
    # What test kits of v4 look for in every order.
    parties = Owed("relatedParty", [])
    state = Nearest({"draft": "pending", "inProgress.accepted": "inProgress"})


class CancelProductOrder(Wording):
    """A request to cancel an order."""

    state = Nearest({"rejected": "terminatedWithError", "cancelled": "terminatedWithError"})


DIALECTS: dict[str, Dialect] = {
    "ProductOrder": Dialect(ProductOrder),
    "CancelProductOrder": Dialect(CancelProductOrder),
}
