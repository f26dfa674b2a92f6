"""Who orders, and who pays: the customer among the related parties, the billing accounts of order and items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.entity import Document
from core.ordering.items import Item
from core.query import Condition, Query
from core.reading import Reading


@dataclass(frozen=True, slots=True)
class Named:
    """A related party in the role of customer: where the order names it, and the customer if it is known."""

    path: str
    identifier: str
    customer: Document | None


def customers_named(reading: Reading, order: Document) -> list[Named]:
    """Return the parties that an order names as customer, by a customer's identifier or its engaged party's."""
    references = list(_references(order))
    wanted = {identifier for _, identifier in references}
    known = reading.get_many("Customer", wanted)
    for engaged, customer in _engaged(reading, wanted - known.keys()):
        known.setdefault(engaged, customer)
    return [Named(path, identifier, known.get(identifier)) for path, identifier in references]


def accounts_named(order: Document, items: list[Item]) -> dict[str, list[str]]:
    """Return the billing accounts that an order and its items name, each with the paths of the references."""
    named: dict[str, list[str]] = {}
    references = [("billingAccount", order.get("billingAccount"))]
    references += [(item.at("billingAccount"), item.document.get("billingAccount")) for item in items]
    for path, reference in references:
        if reference and reference.get("id"):
            named.setdefault(reference["id"], []).append(path)
    return named


def _references(order: Document) -> Iterator[tuple[str, str]]:
    for index, related in enumerate(order.get("relatedParty") or ()):
        party: dict[str, Any] = related.get("partyOrPartyRole") or {}
        is_customer = str(related.get("role", "")).lower() == "customer"
        if party.get("id") and (is_customer or party.get("@referredType") == "Customer"):
            yield f"relatedParty[{index}].partyOrPartyRole", str(party["id"])


def _engaged(reading: Reading, party_ids: set[str]) -> Iterator[tuple[str, Document]]:
    if not party_ids:
        return
    query = Query((Condition(("engagedParty", "id"), tuple(sorted(party_ids))),))
    for customer in reading.find("Customer", query).items:
        yield customer["engagedParty"]["id"], customer
