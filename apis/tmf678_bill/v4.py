"""What TMF678 v4 words differently: parties, files, characteristics, and the kind of a charge."""

from __future__ import annotations

from marshmallow import fields

from apis.tmf630.dialect import Dialect, Wording
from apis.tmf630.folding import Folded
from apis.tmf630.type_names import TypeName, TypeOf
from apis.tmf630.wordings import kinds
from apis.tmf630.wordings.characteristics import BY_VALUE
from apis.tmf630.wordings.references import AttachmentRefOrValue


class RelatedPartyRef(Wording):
    """A related party; this API doesn't demand to know of what type it is."""

    type_ = TypeName("RelatedPartyRef", "RelatedPartyRefOrPartyRoleRef")
    partyOrPartyRole = Folded(kinds.party, owed={"id": kinds.nothing})


class BillRef(Wording):
    """A pointer to a bill."""

    type_ = TypeName("BillRef", "CustomerBillRef")


class CustomerBill(Wording):
    """A bill."""

    billDocument = fields.List(fields.Nested(AttachmentRefOrValue))
    relatedParty = fields.List(fields.Nested(RelatedPartyRef))


class CustomerBillOnDemand(Wording):
    """A request for a bill."""

    customerBill = fields.Nested(BillRef)
    relatedParty = fields.Nested(RelatedPartyRef)


class Characteristic(Wording):
    """A further fact about a charge."""

    type_ = TypeOf("AppliedBillingRateCharacteristic", kinds.by_value("Characteristic"), remark=BY_VALUE)


class AppliedCustomerBillingRate(Wording):
    """A charge."""

    appliedBillingRateType = fields.Raw(data_key="type")
    bill = fields.Nested(BillRef)
    characteristic = fields.List(fields.Nested(Characteristic))


DIALECTS = {
    "CustomerBill": Dialect(CustomerBill),
    "CustomerBillOnDemand": Dialect(CustomerBillOnDemand),
    "AppliedCustomerBillingRate": Dialect(AppliedCustomerBillingRate),
}
