"""What TMF629 v4 words differently: parties, characteristics, and how a customer is reached."""

from __future__ import annotations

from marshmallow import fields

from apis.tmf629_customer.contact_media import OWNERS, MediumType, medium_of
from apis.tmf630.dialect import Dialect, Wording
from apis.tmf630.differences import Owed
from apis.tmf630.folding import Unfolded
from apis.tmf630.type_names import TypeName
from apis.tmf630.wordings.characteristics import Characteristic
from apis.tmf630.wordings.parties import RelatedPartyOrValue


class ContactMedium(Wording):
    """A way to reach a customer: v4 has its attributes in an object of their own."""

    type_ = MediumType("ContactMedium", medium_of)
    characteristic = Unfolded(("contactType", *OWNERS), is_owed=True)


class AccountRef(Wording):
    """A pointer to an account."""

    name_ = Owed("name", "")


class CreditProfile(Wording):
    """A credit standing."""

    date = Owed("creditProfileDate", "1970-01-01T00:00:00.000Z")
    period = Owed("validFor", {})


class EngagedParty(Wording):
    """The party that is the customer."""

    type_ = TypeName("RelatedParty", "PartyRef")
    referred_type = Owed("@referredType", "Party")


class Customer(Wording):
    """A customer."""

    name_ = Owed("name", "")
    engagedParty = fields.Nested(EngagedParty)
    account = fields.List(fields.Nested(AccountRef))
    characteristic = fields.List(fields.Nested(Characteristic))
    contactMedium = fields.List(fields.Nested(ContactMedium))
    creditProfile = fields.List(fields.Nested(CreditProfile))
    relatedParty = fields.List(fields.Nested(RelatedPartyOrValue))


DIALECTS = {"Customer": Dialect(Customer)}
