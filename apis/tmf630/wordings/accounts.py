"""Billing accounts, which no API serves yet; they are shown where a reference to one is expanded."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import fields

from apis.tmf630.dialect import Dialect, Wording
from apis.tmf630.wordings.parties import RelatedParty


class BillingAccount(Wording):
    """A billing account: TMF666 v4 has its parties flat."""

    relatedParty = fields.List(fields.Nested(RelatedParty))


# How a generation words entities that are no resource of any API of ours, where it does so differently.
UNSERVED: Mapping[str, Mapping[str, Dialect]] = {"v4": {"BillingAccount": Dialect(BillingAccount)}, "v5": {}}
