"""What is true of a request to cancel an order (TMF622 CancelProductOrder): a task, carried out when it is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import parse_instant, wire_instant
from core.context import Context
from core.entity import Column, Document, Entity
from core.errors import Fault
from core.ordering.fulfilment import Fulfilment
from core.ordering.items import documents_of
from core.ordering.progress import UNDER_WAY, fulfilment_in
from core.ordering.states import CANCELLATION, NOT_STARTED
from core.ordering.withdrawal import withdraw
from core.tasks import enqueue

if TYPE_CHECKING:
    from core.service import Core, Work

CANCEL = "cancelOrder"


class CancelProductOrder(Entity):
    """A request to cancel an order: captured, then judged by how far the order is."""

    name = "CancelProductOrder"
    table = "cancel_product_order"
    columns = (Column("state", "state"), Column("product_order_id", "productOrder.id"))
    state_attribute = "state"
    lifecycle = CANCELLATION
    touched = None

    def fill(self, work: Work, document: Document) -> None:
        """Set state and date of creation."""
        document.setdefault("@type", self.name)
        document["state"] = CANCELLATION.initial
        document["creationDate"] = wire_instant(work.now)

    def after_create(self, work: Work, document: Document) -> Document:
        """Carry the request out, or have that done at the requested time."""
        requested = document.get("requestedCancellationDate")
        if requested and parse_instant(requested) > work.now:
            enqueue(work, CANCEL, document["id"], due_at=parse_instant(requested))
            return document
        return carry_out(work, document["id"])


def cancel_order(core: Core, context: Context, cancellation_id: str) -> None:
    """Carry out a request whose time has come."""
    core.run(context, lambda work: carry_out(work, cancellation_id))


def carry_out(work: Work, cancellation_id: str) -> Document:
    """Cancel the order if it can be; return the request as it ends: done, rejected or terminatedWithError.

    `rejected`: there is no such order. `terminatedWithError`: it is over, or something was delivered already. TMF622
    has no attribute for the reason, so `errorMessage` (of its type ErrorMessage) is an extension of ours.
    """

    def ended(task: Document) -> Document:
        if task["state"] != CANCELLATION.initial:
            return task
        fault = _cancel(work, task["productOrder"]["id"], task.get("cancellationReason"))
        if fault is None:
            return task | {"state": "done", "effectiveCancellationDate": wire_instant(work.now)}
        state = "rejected" if fault.code == "unknownOrder" else "terminatedWithError"
        return task | {"state": state, "errorMessage": [_message(work, fault, state)]}

    return work.change("CancelProductOrder", cancellation_id, ended)


def _cancel(work: Work, order_id: str, reason: str | None) -> Fault | None:
    order = work.get("ProductOrder", order_id)
    if order is None:
        return Fault("productOrder.id", "unknownOrder", f"there is no order '{order_id}'")
    faults: list[Fault] = []

    def withdrawn(current: Document) -> Document:
        if current["state"] in NOT_STARTED:
            return withdraw(work, current, reason)
        if current["state"] in UNDER_WAY and not _too_late(work, current):
            return current | {"state": "assessingCancellation"}
        text = f"the order is {current['state']}, and what was delivered can't be called off"
        faults.append(Fault("productOrder.id", "tooLateToCancel", text))
        return current

    order = work.change("ProductOrder", order_id, withdrawn)
    if order["state"] == "assessingCancellation":
        work.change("ProductOrder", order_id, lambda current: withdraw(work, current, reason))
    return faults[0] if faults else None


def _too_late(work: Work, order: Document) -> bool:
    """Tell whether anything of an order under way was delivered, or can't be called off any more."""
    fulfilment: Fulfilment = fulfilment_in(work.entities)
    items = list(documents_of(order))
    if any(item["state"] in ("completed", "partial") for item in items):
        return True
    return not all(fulfilment.stop(work, order, item) for item in items if item["state"] == "inProgress")


def _message(work: Work, fault: Fault, state: str) -> Document:
    return {
        "@type": "ErrorMessage",
        "code": fault.code,
        "reason": fault.reason,
        "message": fault.path,
        "status": state,
        "timestamp": wire_instant(work.now),
    }
