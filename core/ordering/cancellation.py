"""What is true of a request to cancel an order (TMF622 CancelProductOrder): a task, carried out when it is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from core.changes import faults_of_changes
from core.clock import parse_instant, wire_instant
from core.context import Context
from core.entity import Column, Document, Entity
from core.errors import Fault, NotFound, refuse
from core.ordering.acceptance import FULFIL
from core.ordering.fulfilment import Stop
from core.ordering.messages import request_message, required_change, steps_of, value_at
from core.ordering.states import ASSESSING, CANCELLATION, is_final
from core.ordering.stopping import keep_going, stop_of, taken_back
from core.tasks import enqueue

if TYPE_CHECKING:
    from core.service import Core, Work

CANCEL = "cancelOrder"
# What a request asks for: of one that is over nothing of it changes, of one that is being assessed not its time either.
WHEN = "requestedCancellationDate"
ASKED = frozenset({WHEN, "cancellationReason", "state"})
# What the request comes to by whether the order can be called off.
ENDS = {"calledOff": "done", "assessing": "inProgress", "tooLate": "terminatedWithError"}


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
        """Set state and date of creation; what comes of it nobody else can say."""
        document.setdefault("@type", self.name)
        document["state"] = CANCELLATION.initial
        document["creationDate"] = wire_instant(work.now)
        for attribute in ("effectiveCancellationDate", "errorMessage"):
            document.pop(attribute, None)

    def is_ahead(self, document: Document, now: datetime) -> bool:
        """A request waits for its time, or for what fulfilment says of it."""
        return not CANCELLATION.is_final(document["state"])

    def after_create(self, work: Work, document: Document) -> Document:
        """Carry the request out, or have that done at the requested time."""
        return _begin(work, document)

    def on_request(self, work: Work, before: Document, after: Document) -> None:
        """Let a caller put off, amend or take back what isn't carried out yet, and supply what is asked for."""
        if before["state"] != CANCELLATION.initial:
            fixed = ASKED - {"cancellationReason"} if before["state"] == "inProgress" else ASKED
            # No state is named: the generations have different ones.
            is_over = CANCELLATION.is_final(before["state"])
            code, told = ("cancellationEnded", "over") if is_over else ("cancellationBegun", "under way")
            refuse(faults_of_changes(fixed, before, after, code, f"the cancellation is {told}"))

    def after_request(self, work: Work, before: Document, document: Document, version: int) -> Document:
        """Carry the request out that its time, or what was supplied, lets go on."""
        if document["state"] == "inProgress" and _says_more(before, document):
            return carry_out(work, document["id"])
        if document["state"] == CANCELLATION.initial and document.get(WHEN) != before.get(WHEN):
            return _begin(work, document)
        return document


def cancel_order(core: Core, context: Context, cancellation_id: str) -> None:
    """Carry out a request whose time has come; one that was put off meanwhile has a task of its own for that."""
    core.run(context, lambda work: carry_out(work, cancellation_id, may=lambda request: _is_due(request, work.now)))


def _is_open(request: Document) -> bool:
    return not CANCELLATION.is_final(request["state"])


def carry_out(
    work: Work, cancellation_id: str, said: Stop | None = None, *, may: Callable[[Document], bool] = _is_open
) -> Document:
    """Cancel the order if it can be; return the request as it is then: done, inProgress, rejected, terminatedWithError.

    `said` is what fulfilment has answered, where it was asked before. `inProgress`: it hasn't yet, and may want to know
    more. `rejected`: there is no such order. `terminatedWithError`: it is over, or something was delivered already.
    TMF622 has no attribute for the reason, so `errorMessage` (of its type ErrorMessage) is an extension of ours. `may`
    tells, once the request is locked, whether it is to be carried out; else it stays as it is.
    """
    wanted: list[str] = []

    def judged(request: Document) -> Document:
        if may(request):
            wanted.extend(_settle(work, request, said))
        return request

    request = work.change(CancelProductOrder.name, cancellation_id, judged)
    _ask(work, request, wanted)
    return request


def _begin(work: Work, request: Document) -> Document:
    """Carry a new request out where its time has come, or the order is over already; else wait for that.

    An order that isn't there may be by then: callers choose identifiers.
    """
    order = work.get("ProductOrder", request["productOrder"]["id"])
    if (order and is_final(order["state"])) or _is_due(request, work.now):
        return carry_out(work, request["id"])
    enqueue(work, CANCEL, request["id"], due_at=parse_instant(request[WHEN]))
    return request


def _is_due(request: Document, now: datetime) -> bool:
    """Tell whether the time of a request has come that nobody has begun to carry out."""
    when = request.get(WHEN)
    return request["state"] == CANCELLATION.initial and (not when or parse_instant(when) <= now)


def _says_more(before: Document, after: Document) -> bool:
    """Tell whether anything that was asked for is said otherwise than before."""
    paths = [steps_of(message["message"]) for message in before.get("errorMessage") or ()]
    return any(value_at(before, path) != value_at(after, path) for path in paths)


def _ask(work: Work, request: Document, paths: Iterable[str]) -> None:
    for path in paths:
        asked = request | {"informationRequired": required_change(request, path)}
        work.emit(CancelProductOrder.name, "InformationRequired", asked)


def _settle(work: Work, request: Document, said: Stop | None) -> list[str]:
    """Cancel the order, or begin to, and say in the request what came of it; return the paths of what it lacks."""
    state, faults = _cancel(work, request, said)
    request.pop("errorMessage", None)
    request["state"] = state
    if state == "done":
        request["effectiveCancellationDate"] = wire_instant(work.now)
    if faults:
        request["errorMessage"] = [request_message(work, fault, state) for fault in faults]
    return [fault.path for fault in faults] if state == "inProgress" else []


def _cancel(work: Work, request: Document, said: Stop | None) -> tuple[str, tuple[Fault, ...]]:
    """Cancel the order, or begin to; return the state that the request comes to, and what there is to say of that."""
    order_id = request["productOrder"]["id"]
    answers: list[Stop] = []

    def answered(order: Document) -> Document:
        answers.append(stop := stop_of(work, order, request, said))
        return keep_going(order, request) if stop.state == "tooLate" else taken_back(work, order, request, stop)

    try:
        order = work.change("ProductOrder", order_id, answered)
    except NotFound:
        return "rejected", (Fault("productOrder.id", "unknownOrder", f"there is no order '{order_id}'"),)
    [stop] = answers
    if stop.state == "tooLate" and request["state"] == "inProgress":
        # What was to begin meanwhile hasn't.
        enqueue(work, FULFIL, order_id)
    if stop.state == "calledOff" and order["state"] == ASSESSING:
        work.change("ProductOrder", order_id, lambda order: taken_back(work, order, request, stop))
    return ENDS[stop.state], stop.faults
