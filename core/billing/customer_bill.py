"""What is true of customer bills and of the rates applied on them: made by bill runs, moved on until they are paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.entity import Column, Document, Entity
from core.errors import Conflict
from core.lifecycle import Lifecycle
from core.money import Money

if TYPE_CHECKING:
    from core.service import Work

LIFECYCLE = Lifecycle.parse(
    """
    new           -> validated, onHold
    onHold        -> new, validated
    validated     -> sent, onHold
    sent          -> partiallyPaid, settled, onHold
    partiallyPaid -> settled
    settled
    """,
    initial="new",
)


def _run_key(document: Document) -> str | None:
    """Return what there is only one bill for: an account's period on cycle."""
    if document.get("runType") != "onCycle":
        return None
    return f"{document['billingAccount']['id']}/{document['billingPeriod']['startDateTime']}"


class CustomerBill(Entity):
    """A bill (TMF678). Its amounts are the sums of its applied customer billing rates."""

    name = "CustomerBill"
    table = "customer_bill"
    columns = (
        Column("bill_number", "billNo", unique=True),
        Column("billing_account_id", "billingAccount.id"),
        Column("state", "state"),
        Column("bill_date", "billDate", "instant"),
        Column("run_key", of=_run_key, unique=True),
    )
    state_attribute = "state"
    lifecycle = LIFECYCLE
    changeable = frozenset({"state", "billCycle"})

    def on_request(self, work: Work, before: Document, after: Document) -> None:
        """See to it that of a settled bill nothing remains to be paid."""
        if after["state"] == "settled" != before["state"] and after.get("remainingAmount"):
            after["remainingAmount"] |= Money.zero(after["remainingAmount"]["unit"]).rounded().to_wire()

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete: a gapless series of bills has no holes."""
        raise Conflict("a bill stays on record", path="id", code="billKept")


class AppliedCustomerBillingRate(Entity):
    """A line of a bill (TMF678): a charge for a product by a price, with its tax."""

    name = "AppliedCustomerBillingRate"
    table = "applied_customer_billing_rate"
    columns = (
        Column("bill_id", "bill.id"),
        Column("billing_account_id", "billingAccount.id"),
        Column("product_id", "product.id"),
    )
    touched = None

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        """Refuse changes: what was billed is on record."""
        raise Conflict("a billed rate can't be changed", path="id", code="unchangeable")
