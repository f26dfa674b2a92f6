"""What is true of a customer: who it is, how it stands with us, and when it may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.customer.account import close_accounts
from core.customer.lifecycle import CUSTOMER, NOT_SERVED
from core.customer.naming import identify_references
from core.entity import Column, Document, Entity, Reference
from core.errors import Fault, refuse
from core.inventory import live_products_of_customer
from core.reading import Reading
from core.validity import faults_of_periods

if TYPE_CHECKING:
    from core.service import Work


def _is_ours(account: Document) -> bool:
    return account.get("@referredType") in (None, "BillingAccount")


class Customer(Entity):
    """A person or organization in the role of a customer (TMF629)."""

    name = "Customer"
    table = "customer"
    columns = (
        Column("name", "name"),
        Column("status", "status"),
        Column("engaged_party_id", "engagedParty.id"),
    )
    references = (Reference("account", "BillingAccount", _is_ours),)
    state_attribute = "status"
    lifecycle = CUSTOMER
    unchangeable = frozenset({"@type"})
    touched = None
    is_made_alone = True

    def fill(self, work: Work, document: Document) -> None:
        """Set type, state and the identifiers of references; a customer without a name is called as the party is."""
        document.setdefault("@type", self.name)
        document.setdefault("status", CUSTOMER.initial)
        identify_references(document)
        name = (document.get("engagedParty") or {}).get("name")
        if name:
            document.setdefault("name", name)

    def on_create(self, work: Work, document: Document) -> None:
        """Refuse a state that says nothing, and periods that end before they start."""
        CUSTOMER.check_state(document["status"], "status")
        refuse(faults_of_periods(document))

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        """Refuse such periods, and to close a customer who still has something running."""
        refuse(faults_of_periods(after))
        if _named(before) != "Closed" and _named(after) == "Closed":
            refuse(_commitments(work, after["id"], "status"))

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete a customer with live products or open orders; billing accounts stay, closed."""
        refuse(_commitments(work, document["id"], "id"))
        close_accounts(work, document["id"])


def faults_of_standing(customer: Document | None, customer_id: str, path: str) -> list[Fault]:
    """Return what keeps a customer from ordering, at `path` (the reference to the customer): unknown or not served."""
    if customer is None:
        return [Fault(f"{path}.id", "unknownCustomer", f"there is no customer '{customer_id}'")]
    if _named(customer) in NOT_SERVED:
        reason = f"customer '{customer_id}' is '{customer['status']}' and can't order"
        return [Fault(f"{path}.id", "customerNotServed", reason)]
    return []


def _named(customer: Document) -> str | None:
    return CUSTOMER.named(customer.get("status") or "")


def _commitments(work: Reading, customer_id: str, path: str) -> list[Fault]:
    products = live_products_of_customer(work, customer_id)
    if products:
        reason = f"the customer has live products ({len(products)}, '{products[0]['id']}' is one): terminate them first"
        return [Fault(path, "customerHasProducts", reason)]
    orders = _open_orders(work, customer_id)
    if orders:
        reason = f"order '{orders[0]['id']}' of the customer is still open: complete or cancel it first"
        return [Fault(path, "customerHasOrders", reason)]
    return []


def _open_orders(work: Reading, customer_id: str) -> list[Document]:
    rules = work.entities.get("ProductOrder")
    if rules is None or rules.lifecycle is None:
        return []
    return work.find_by(rules.name, customer_id=customer_id, state=rules.lifecycle.unfinished)
