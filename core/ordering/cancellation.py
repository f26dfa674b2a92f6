"""What is true of a request to cancel an order (TMF622 CancelProductOrder): a task, carried out when it is due."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.changes import faults_of_changes
from core.clock import parse_instant, wire_instant
from core.context import Context
from core.entity import Column, Document, Entity
from core.errors import Fault, refuse
from core.ordering.acceptance import FULFIL
from core.ordering.fulfilment import Stop
from core.ordering.messages import request_message, required_change
from core.ordering.states import ASSESSING, CANCELLATION
from core.ordering.stopping import keep_going, stop_of, taken_back
from core.tasks import enqueue

if TYPE_CHECKING:
    from core.service import Core, Work

CANCEL = "cancelOrder"
# What a request asks for: of one that is over nothing of it changes, of one that is being assessed not its time either.
ASKED = frozenset({"requestedCancellationDate", "cancellationReason", "state"})


class CancelProductOrder(Entity):
    """A request to cancel an order: captured, then judged by how far the order is."""

    name = "CancelProductOrder"
    table = "cancel_product_order"
    columns = (Column("state", "state"), Column("product_order_id", "productOrder.id"))
    state_attribute = "state"
    lifecycle = CANCELLATION
    unchangeable = frozenset({"@type", "creationDate", "effectiveCancellationDate", "errorMessage", "productOrder"})
    requestable = frozenset({"cancelled"})
    touched = None

    def fill(self, work: Work, document: Document) -> None:
        """Set state and date of creation."""
        document.setdefault("@type", self.name)
        document["state"] = CANCELLATION.initial
        document["creationDate"] = wire_instant(work.now)

    def is_ahead(self, document: Document, now: datetime) -> bool:
        """A request waits for its time, or for what fulfilment says of it."""
        return not CANCELLATION.is_final(document["state"])

    def after_create(self, work: Work, document: Document) -> Document:
        """Carry the request out, or have that done at the requested time."""
        return _when_due(work, document)

    def on_request(self, work: Work, before: Document, after: Document) -> None:
        """Let a caller put off, amend or take back what isn't carried out yet, and supply what is asked for."""
        fixed = ASKED - {"cancellationReason"} if before["state"] == "inProgress" else ASKED
        if before["state"] != CANCELLATION.initial:
            code = "cancellationEnded" if CANCELLATION.is_final(before["state"]) else "cancellationBegun"
            refuse(faults_of_changes(fixed, before, after, code, f"the cancellation is {before['state']}"))

    def after_request(self, work: Work, document: Document, version: int) -> Document:
        """Carry out what was changed, if its time has come."""
        return _when_due(work, document)


def cancel_order(core: Core, context: Context, cancellation_id: str) -> None:
    """Carry out a request whose time has come; one that was put off meanwhile has a task of its own for that."""
    core.run(context, lambda work: _when_due(work, work.require(CancelProductOrder.name, cancellation_id), again=False))


def carry_out(work: Work, cancellation_id: str, said: Stop | None = None) -> Document:
    """Cancel the order if it can be; return the request as it is then: done, inProgress, rejected, terminatedWithError.

    `said` is what fulfilment has answered, where it was asked before. `inProgress`: it hasn't yet, and may want to know
    more. `rejected`: there is no such order. `terminatedWithError`: it is over, or something was delivered already.
    TMF622 has no attribute for the reason, so `errorMessage` (of its type ErrorMessage) is an extension of ours.
    """
    wanted: list[str] = []

    def judged(request: Document) -> Document:
        if CANCELLATION.is_final(request["state"]):
            return request
        state, faults = _cancel(work, request, said)
        wanted.extend(fault.path for fault in faults if state == "inProgress")
        after = {name: value for name, value in request.items() if name != "errorMessage"} | {"state": state}
        if state == "done":
            after["effectiveCancellationDate"] = wire_instant(work.now)
        return after | ({"errorMessage": [request_message(work, fault, state) for fault in faults]} if faults else {})

    request = work.change(CancelProductOrder.name, cancellation_id, judged)
    for path in wanted:
        asked = request | {"informationRequired": required_change(request, path)}
        work.emit(CancelProductOrder.name, "InformationRequired", asked)
    return request


def _when_due(work: Work, request: Document, *, again: bool = True) -> Document:
    """Carry a request out, or have that done once it is due, if it isn't seen to `again` already."""
    requested = request.get("requestedCancellationDate")
    if request["state"] == CANCELLATION.initial and requested and parse_instant(requested) > work.now:
        if again:
            enqueue(work, CANCEL, request["id"], due_at=parse_instant(requested))
        return request
    return carry_out(work, request["id"])


def _cancel(work: Work, request: Document, said: Stop | None) -> tuple[str, tuple[Fault, ...]]:
    """Cancel the order, or begin to; return the state that the request comes to, and what there is to say of that."""
    order_id = request["productOrder"]["id"]
    if work.get("ProductOrder", order_id) is None:
        return "rejected", (Fault("productOrder.id", "unknownOrder", f"there is no order '{order_id}'"),)
    answers: list[Stop] = []

    def answered(order: Document) -> Document:
        answers.append(stop := stop_of(work, order, request, said))
        return keep_going(order, request) if stop.state == "tooLate" else taken_back(work, order, request, stop)

    order = work.change("ProductOrder", order_id, answered)
    [stop] = answers
    if stop.state == "tooLate" and request["state"] == "inProgress":
        # What was to begin meanwhile hasn't.
        enqueue(work, FULFIL, order_id)
    if stop.state == "calledOff" and order["state"] == ASSESSING:
        work.change("ProductOrder", order_id, lambda order: taken_back(work, order, request, stop))
    state = {"calledOff": "done", "assessing": "inProgress", "tooLate": "terminatedWithError"}[stop.state]
    return state, stop.faults
