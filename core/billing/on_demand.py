"""Bills on demand: a request for a bill now, judged and carried out at once (TMF678 CustomerBillOnDemand)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from core.billing.assembly import faults_of_currency
from core.billing.making import bill_open
from core.clock import wire_instant
from core.customer import Account, load_accounts
from core.entity import Column, Document, Entity
from core.errors import Fault, refuse
from core.lifecycle import Lifecycle
from core.usage import TooMuch

if TYPE_CHECKING:
    from core.service import Work

# TMF678 has no attribute for the reasons; this one has the form of TMF622's productOrderErrorMessage.
ERRORS = "customerBillOnDemandErrorMessage"
LIFECYCLE = Lifecycle.parse(
    """
    inProgress -> done, rejected, terminatedWithError
    done
    rejected
    terminatedWithError
    """,
    initial="inProgress",
)


class CustomerBillOnDemand(Entity):
    """A request to bill an account now for what is open, with the bill it led to."""

    name = "CustomerBillOnDemand"
    table = "customer_bill_on_demand"
    columns = (Column("billing_account_id", "billingAccount.id"), Column("state", "state"))
    state_attribute = "state"
    lifecycle = LIFECYCLE
    takes_long = True

    def fill(self, work: Work, document: Document) -> None:
        """Set state and time; what came of another request that this one is a copy of isn't true of it."""
        document["state"] = LIFECYCLE.initial
        document.pop("customerBill", None)
        told = _told(document.pop(ERRORS, None))
        if told and document.get("description") == told:
            del document["description"]
        self.touch(work, document)

    def after_create(self, work: Work, document: Document) -> Document:
        """Make the bill, or reject the request with every reason; with `judge = before` refuse it (Conflict)."""
        identifier = document.get("billingAccount", {}).get("id")
        account = load_accounts(work, [identifier]).get(identifier) if identifier else None
        faults = [*_faults(work, document, account)]
        bill = None
        if account and not faults:
            try:
                # Undone where it is refused: what was claimed for this bill is open again.
                with work.attempt():
                    bill = bill_open(work, account)
            except TooMuch as refusal:
                faults.append(Fault("billingAccount.id", refusal.code, refusal.reason))
        if account and not faults and bill is None:
            reason = f"nothing is open on billing account '{account.id}'"
            faults.append(Fault("billingAccount.id", "nothingToBill", reason))
        if work.settings.judge == "before":
            refuse(faults)
        if bill is None:
            return work.change(self.name, document["id"], lambda request: _rejected(work, request, faults))
        return work.change(self.name, document["id"], lambda request: request | _done(bill))


def _faults(work: Work, document: Document, account: Account | None) -> Iterator[Fault]:
    identifier = document.get("billingAccount", {}).get("id")
    if account is not None:
        yield from faults_of_currency(work, account)
    elif identifier is None:
        yield Fault("billingAccount", "missing", "the account to bill is missing: billingAccount has to name one")
    else:
        yield Fault("billingAccount.id", "unknownBillingAccount", f"there is no billing account '{identifier}'")


def _done(bill: Document) -> Document:
    reference = {"@type": "CustomerBillRef", "@referredType": "CustomerBill", "id": bill["id"], "name": bill["billNo"]}
    return {"state": "done", "customerBill": reference}


def _rejected(work: Work, document: Document, faults: Sequence[Fault]) -> Document:
    """Return a request as rejected; the description says why where the caller has left it free."""
    errors = [*_errors(work, faults)]
    return {"description": _told(errors)} | document | {"state": "rejected", ERRORS: errors}


def _told(errors: Any) -> str:
    """Return the reasons in messages of ours; a caller may send anything under that name, which is an extension."""
    messages = errors if isinstance(errors, list) else []
    return "; ".join(str(each["reason"]) for each in messages if isinstance(each, dict) and "reason" in each)


def _errors(work: Work, faults: Iterable[Fault]) -> Iterator[Document]:
    for fault in faults:
        yield {
            "@type": "ErrorMessage",
            "code": fault.code,
            "reason": fault.reason,
            "message": fault.path,
            "status": "rejected",
            "timestamp": wire_instant(work.now),
        }
