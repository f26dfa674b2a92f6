"""What fulfilment tells us later: how the delivery of an item went, and whether an order can be called off."""

from __future__ import annotations

from core.entity import Document
from core.errors import NotFound
from core.ordering.cancellation import CancelProductOrder, carry_out
from core.ordering.fulfilment import Outcome, Stop
from core.ordering.items import documents_of
from core.ordering.progress import book
from core.ordering.states import ASSESSING
from core.service import Work


def report(work: Work, order_id: str, item_id: str, outcome: Outcome) -> Document | None:
    """Book the answer for an item that was under way, and go on with what waited for it. Returns the order.

    An answer that was booked before, or for an order that has ended since, changes nothing; None for one that is gone.
    One for an item that was to be called off says that it is too late for that.
    """
    try:
        order = work.change("ProductOrder", order_id, lambda order: book(work, order, item_id, outcome))
    except NotFound:
        return None
    # Asked once the order is locked: a request to cancel it may have come in between.
    assessed = any(item["id"] == item_id and item["state"] == ASSESSING for item in documents_of(order))
    if outcome.state == "inProgress" or not assessed:
        return order
    report_stop(work, order_id, Stop("tooLate"))
    return work.change("ProductOrder", order_id, lambda order: book(work, order, item_id, outcome))


def report_stop(work: Work, order_id: str, stop: Stop) -> None:
    """Book whether an order that somebody wants cancelled is called off. What was answered before changes nothing."""
    for request in work.find_by(CancelProductOrder.name, product_order_id=order_id, state="inProgress"):
        carry_out(work, request["id"], stop)
