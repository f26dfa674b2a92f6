"""Billing accounts: on which terms a customer is billed. Internal until TMF666 is served, whose shape they have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.customer.lifecycle import ACCOUNT
from core.entity import Column, Document, Entity, new_id
from core.errors import Conflict, Fault
from core.inventory import customer_of
from core.reading import Reading

if TYPE_CHECKING:
    from core.service import Work

FIRST_DAY = 1


@dataclass(frozen=True, slots=True)
class Account:
    """The terms of a billing account. `cycle_day` is the day of the month on which a bill period begins."""

    id: str
    name: str
    customer_id: str | None
    currency: str
    cycle_day: int
    due_days: int
    state: str


class BillingAccount(Entity):
    """Where charges are collected into bills."""

    name = "BillingAccount"
    table = "billing_account"
    columns = (
        Column("customer_id", of=customer_of),
        Column("state", "state"),
        Column("cycle_day", kind="number", of=lambda document: read_account(document).cycle_day),
    )
    state_attribute = "state"
    lifecycle = ACCOUNT

    def fill(self, work: Work, document: Document) -> None:
        """Set the terms: the brand's currency, bills from the first of each month, due as the settings say."""
        document.setdefault("@type", self.name)
        document.setdefault("state", ACCOUNT.initial)
        document.setdefault("ratingType", "postpaid")
        document.setdefault("currency", work.settings.currency)
        structure = document.setdefault("billStructure", {"@type": "BillStructure"})
        cycle = structure.setdefault("cycleSpecification", {"@type": "BillingCycleSpecification"})
        cycle.setdefault("frequency", "monthly")
        # TMF666 counts days after the beginning of the month.
        cycle.setdefault("billingDateShift", FIRST_DAY - 1)
        cycle.setdefault("paymentDueDateOffset", work.settings.payment_due_days)
        self.touch(work, document)

    def on_create(self, work: Work, document: Document) -> None:
        """Refuse a bill period that not every month has."""
        _refuse_impossible_day(document)

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        """Refuse a bill period that not every month has."""
        _refuse_impossible_day(after)


def read_account(document: Document) -> Account:
    """Return the terms that a BillingAccount document says."""
    cycle = document["billStructure"]["cycleSpecification"]
    return Account(
        id=document["id"],
        name=document.get("name", ""),
        customer_id=customer_of(document),
        currency=document["currency"],
        cycle_day=cycle["billingDateShift"] + 1,
        due_days=cycle["paymentDueDateOffset"],
        state=document["state"],
    )


def load_accounts(reading: Reading, account_ids: Iterable[str]) -> dict[str, Account]:
    """Return the billing accounts that exist among these, by identifier, in one statement."""
    found = reading.get_many("BillingAccount", account_ids)
    return {identifier: read_account(document) for identifier, document in found.items()}


def accounts_of_customer(reading: Reading, customer_id: str) -> list[Account]:
    """Return a customer's billing accounts, oldest first."""
    return [read_account(document) for document in reading.find_by("BillingAccount", customer_id=customer_id)]


def open_account(work: Work, customer: Document, **terms: Any) -> Document:
    """Create a billing account for a customer; `terms` are attributes of the account that differ from the default."""
    role = {"@type": "PartyRoleRef", "@referredType": "Customer", "id": customer["id"]}
    if customer.get("name"):
        role["name"] = customer["name"]
    party = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "customer", "partyOrPartyRole": role}
    named = {"name": customer["name"]} if customer.get("name") else {}
    return work.create("BillingAccount", {"id": new_id(), **named, "relatedParty": [party], **terms})


def faults_of_account(reading: Reading, customer_id: str, document: Document, path: str) -> list[Fault]:
    """Return what is wrong with the billing account that an order or an item names for a customer, if it names one.

    One that we don't know is taken as the customer's own; one of another customer, or a closed one, is refused.
    """
    named = _named(document)
    account = load_accounts(reading, [named]).get(named) if named else None
    if account is None:
        return []
    if account.customer_id != customer_id:
        reason = f"billing account '{named}' isn't one of customer '{customer_id}'"
        return [Fault(f"{path}.id", "accountOfAnotherCustomer", reason)]
    if account.state == "Closed":
        return [Fault(f"{path}.id", "accountClosed", f"billing account '{named}' is closed")]
    return []


def billing_account_for(work: Work, customer_id: str, document: Document) -> str:
    """Return the billing account that an order (or an item) of a customer is charged to.

    The one it names, else the customer's oldest that isn't closed; where there is none it comes into being, and the
    customer refers to it. Raises NotFound for an unknown customer, Conflict for another customer's account.
    """
    named = _named(document)
    if named is None:
        existing = _first_open(work, customer_id)
        if existing:
            return existing
    else:
        for fault in faults_of_account(work, customer_id, document, "billingAccount"):
            raise Conflict(fault.reason, faults=[fault])
        if work.get("BillingAccount", named):
            return named
    return _open_under_lock(work, customer_id, named, document.get("billingAccount") or {})


def close_accounts(work: Work, customer_id: str) -> None:
    """Close all billing accounts of a customer; their bills stay."""
    for account in accounts_of_customer(work, customer_id):
        if account.state != "Closed":
            work.change("BillingAccount", account.id, lambda document: document | {"state": "Closed"})


def _open_under_lock(work: Work, customer_id: str, named: str | None, reference: Document) -> str:
    result: list[str] = []

    def refer(customer: Document) -> Document:
        # The customer is locked now: of two first orders one finds the account that the other has made.
        existing = named if named and work.get("BillingAccount", named) else None
        existing = existing or (None if named else _first_open(work, customer_id))
        if existing is None:
            terms = {"id": named} if named else {}
            if reference.get("name"):
                terms["name"] = reference["name"]
            existing = open_account(work, customer, **terms)["id"]
        result.append(existing)
        return _referring(customer, existing)

    work.change("Customer", customer_id, refer)
    return result[0]


def _referring(customer: Document, account_id: str) -> Document:
    accounts = customer.get("account") or []
    if any(account.get("id") == account_id for account in accounts):
        return customer
    reference = {"@type": "AccountRef", "@referredType": "BillingAccount", "id": account_id}
    if customer.get("name"):
        reference["name"] = customer["name"]
    return customer | {"account": [*accounts, reference]}


def _first_open(reading: Reading, customer_id: str) -> str | None:
    accounts = accounts_of_customer(reading, customer_id)
    return next((account.id for account in accounts if account.state != "Closed"), None)


def _named(document: Document) -> str | None:
    identifier: str | None = (document.get("billingAccount") or {}).get("id")
    return identifier


def _refuse_impossible_day(document: Document) -> None:
    if not 1 <= read_account(document).cycle_day <= 28:
        path = "billStructure.cycleSpecification.billingDateShift"
        raise Conflict("a bill period begins on day 1 to 28 of the month: the shift is 0 to 27", path=path)
