"""What a product's document says of where it belongs: to which customer and account, to which product, its numbers."""

from __future__ import annotations

from core.entity import Document
from core.errors import Fault, refuse
from core.inventory.identifiers import Identifier, identifier, named_in

BELONGING = ("bundledBy", "reliesOn")


def customer_of(document: Document) -> str | None:
    """Return the identifier of the party that a resource names in the role of customer."""
    for party in document.get("relatedParty", ()):
        if str(party.get("role", "")).lower() == "customer":
            identifier: str | None = party.get("partyOrPartyRole", {}).get("id")
            return identifier
    return None


def parent_of(document: Document) -> str | None:
    """Return the product that this one is part of, or is an addition to."""
    relationships = document.get("productRelationship", ())
    return next((r.get("id") for r in relationships if r.get("relationshipType") in BELONGING), None)


def numbers_of(document: Document) -> dict[Identifier, str]:
    """Return the numbers that a product's characteristics name, each with its path. Raises Conflict for a wrong one."""
    faults, numbers = [], {}
    for named in named_in(document.get("productCharacteristic", ())):
        path = f"productCharacteristic{named.path}"
        try:
            numbers[identifier(named.kind, named.raw)] = path
        except ValueError as error:
            faults.append(Fault(path, "numberInvalid", str(error)))
    refuse(faults)
    return numbers
