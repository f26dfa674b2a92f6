"""How an order is stopped that somebody wants cancelled: at once, once fulfilment has said that it can be, or never."""

from __future__ import annotations

from core.entity import Document
from core.errors import Fault
from core.ordering.fulfilment import Stop
from core.ordering.items import documents_of
from core.ordering.progress import UNDER_WAY, fulfilment_in
from core.ordering.states import ASSESSING, NOT_STARTED
from core.ordering.withdrawal import withdraw
from core.service import Work


def stop_of(work: Work, order: Document, request: Document, said: Stop | None) -> Stop:
    """Return whether an order can be stopped: fulfilment is asked where items are under way, if it hasn't `said`."""
    if order["state"] in NOT_STARTED:
        return Stop()
    if order["state"] == ASSESSING and request["state"] != "inProgress":
        return _too_late(order, "another request to cancel it is being assessed")
    items = list(documents_of(order))
    if any(item["state"] in ("completed", "partial") for item in items):
        return _too_late(order, "what was delivered can't be called off")
    if order["state"] not in (*UNDER_WAY, ASSESSING):
        return _too_late(order, "there is nothing left to call off")
    begun = [item for item in items if item["state"] in ("inProgress", ASSESSING)]
    stop = said or (fulfilment_in(work.entities).stop(work, order, begun, request) if begun else Stop())
    if stop.state == "tooLate" and not stop.faults:
        return _too_late(order, "what has begun can't be called off any more")
    return stop


def taken_back(work: Work, order: Document, request: Document, stop: Stop) -> Document:
    """Return an order on its way to be cancelled; what is under way is assessed first, which is told of."""
    if order["state"] in UNDER_WAY:
        return _moved(order, "inProgress", ASSESSING)
    return order if stop.state == "assessing" else withdraw(work, order, request.get("cancellationReason"))


def keep_going(order: Document, request: Document) -> Document:
    """Return an order that isn't cancelled after all: what this request has had assessed is under way again."""
    is_its_own = order["state"] == ASSESSING and request["state"] == "inProgress"
    return _moved(order, ASSESSING, "inProgress") if is_its_own else order


def _moved(order: Document, before: str, after: str) -> Document:
    for item in documents_of(order):
        if item["state"] == before:
            item["state"] = after
    return order | {"state": after}


def _too_late(order: Document, why: str) -> Stop:
    text = f"the order is {order['state']}, and {why}"
    return Stop("tooLate", (Fault("productOrder.id", "tooLateToCancel", text),))
