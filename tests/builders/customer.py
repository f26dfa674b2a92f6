"""The smallest valid customer documents, in TMF629's v5 form."""

from __future__ import annotations

from typing import Any

from core.entity import Document, new_id


def a_customer(**attributes: Any) -> Document:
    """A customer that is an individual."""
    party = {"@type": "PartyRef", "@referredType": "Individual", "id": new_id(), "name": "Ada Example"}
    return {"@type": "Customer", "id": new_id(), "engagedParty": party, **attributes}


def an_account_reference(identifier: str) -> Document:
    """A reference to a billing account, as orders and items carry it."""
    return {"@type": "BillingAccountRef", "@referredType": "BillingAccount", "id": identifier}
