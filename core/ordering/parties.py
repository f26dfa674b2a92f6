"""Who orders, and who pays: the customer among the related parties, the billing accounts of order and items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.customer import load_accounts
from core.entity import Document
from core.ordering.items import Item
from core.query import Condition, Query
from core.reading import Reading

# What a reference says it refers to when that is somebody, in whatever role.
PARTIES = frozenset({"Party", "Individual", "Organization"})


@dataclass(frozen=True, slots=True)
class Named:
    """A related party in the role of customer: where the order names it, and the customer if it is known.

    `candidates` are customers of whom it could be each: all have that party, and nothing says which is meant.
    """

    path: str
    identifier: str
    customer: Document | None
    candidates: tuple[str, ...] = ()


class _Reference(NamedTuple):
    path: str
    identifier: str
    is_customer: bool
    is_party: bool


def customers_named(reading: Reading, order: Document, items: list[Item]) -> list[Named]:
    """Return the parties that an order names as customer, by a customer's identifier or its engaged party's.

    What says that it is a Customer is nothing else. What says that it is a party is the customer that has this party,
    and a customer's identifier only where there is none; anything else is looked for the other way round.
    """
    references = list(_references(order))
    known = reading.get_many("Customer", {one.identifier for one in references})
    parties = {
        one.identifier for one in references if not one.is_customer and (one.is_party or one.identifier not in known)
    }
    engaged = _engaged(reading, parties)
    _choose_by_account(reading, engaged, order, items)
    return [_named(one, known.get(one.identifier), engaged) for one in references]


def accounts_named(order: Document, items: list[Item]) -> dict[str, list[str]]:
    """Return the billing accounts that an order and its items name, each with the paths of the references."""
    named: dict[str, list[str]] = {}
    references = [("billingAccount", order.get("billingAccount"))]
    references += [(item.at("billingAccount"), item.document.get("billingAccount")) for item in items]
    for path, reference in references:
        if reference and reference.get("id"):
            named.setdefault(reference["id"], []).append(path)
    return named


def _named(reference: _Reference, known: Document | None, engaged: dict[str, list[Document]]) -> Named:
    path, identifier = reference.path, reference.identifier
    having = [] if reference.is_customer else engaged.get(identifier, [])
    if len(having) > 1:
        return Named(path, identifier, None, tuple(sorted(each["id"] for each in having)))
    return Named(path, identifier, having[0] if having else known)


def _references(order: Document) -> Iterator[_Reference]:
    for index, related in enumerate(order.get("relatedParty") or ()):
        party: dict[str, Any] = related.get("partyOrPartyRole") or {}
        is_customer = str(related.get("role", "")).lower() == "customer"
        kind = party.get("@referredType")
        if party.get("id") and (is_customer or kind == "Customer"):
            is_party = kind in PARTIES or party.get("@type") == "PartyRef"
            yield _Reference(f"relatedParty[{index}].partyOrPartyRole", str(party["id"]), kind == "Customer", is_party)


def _engaged(reading: Reading, party_ids: set[str]) -> dict[str, list[Document]]:
    """Return the customers that have each of these parties: all, or at least two of one.

    More customers than parties can't be one each, so no more are read, however many may have the same party.
    """
    engaged: dict[str, list[Document]] = {}
    if party_ids:
        condition = Condition(("engagedParty", "id"), tuple(sorted(party_ids)))
        for customer in reading.find("Customer", Query((condition,), limit=len(party_ids) + 1)).items:
            engaged.setdefault(customer["engagedParty"]["id"], []).append(customer)
    return engaged


def _choose_by_account(
    reading: Reading, engaged: dict[str, list[Document]], order: Document, items: list[Item]
) -> None:
    """Of customers that have the same party, choose the one whose account the order is charged to."""
    if all(len(having) == 1 for having in engaged.values()):
        return
    accounts = load_accounts(reading, accounts_named(order, items))
    paying = reading.get_many("Customer", {account.customer_id for account in accounts.values() if account.customer_id})
    for party_id, having in engaged.items():
        chosen = [each for each in paying.values() if (each.get("engagedParty") or {}).get("id") == party_id]
        if len(having) > 1 and len(chosen) == 1:
            engaged[party_id] = chosen
