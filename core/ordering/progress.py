"""How an accepted order comes to its end: started, items delivered in their order, states rolled up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from core.clock import parse_instant, wire_instant
from core.context import Context
from core.entity import Document, Entity
from core.errors import Fault, NotFound
from core.inventory import tell_batches
from core.ordering.acceptance import give_back
from core.ordering.delivery import Delivery
from core.ordering.fulfilment import AtOnce, Fulfilment, Outcome
from core.ordering.items import Item, items_of, prerequisites_of
from core.ordering.messages import note_faults
from core.ordering.states import is_final, roll_up
from core.service import Core, Work

UNDER_WAY = ("inProgress", "inProgress.accepted")


class Fulfilled(Entity):
    """An entity whose resources somebody delivers: the port is given when the system is opened."""

    def __init__(self, fulfilment: Fulfilment | None = None) -> None:
        self.fulfilment: Fulfilment = fulfilment or AtOnce()


def fulfilment_in(entities: Mapping[str, Entity]) -> Fulfilment:
    """Return who delivers the orders of this system."""
    order = entities["ProductOrder"]
    assert isinstance(order, Fulfilled)
    return order.fulfilment


def fulfil_order(core: Core, context: Context, order_id: str) -> None:
    """Start an order and deliver its items: two transactions, each told of. Doing it again ends the same.

    Nothing happens to an order that isn't due yet, was cancelled, or isn't there any more.
    """
    try:
        started = core.run(context, lambda work: work.change("ProductOrder", order_id, lambda o: start(work, o)))
        if started["state"] in UNDER_WAY:
            core.run(context, lambda work: work.change("ProductOrder", order_id, lambda o: resume(work, o)))
    except NotFound:
        # Deleted between its acceptance and now: its reservations went with it.
        return


def is_due(order: Document, now: datetime) -> bool:
    """Tell whether the time has come that an order is to begin at; one that names none begins at once."""
    due = order.get("requestedStartDate")
    return not due or parse_instant(due) <= now


def start(work: Work, order: Document) -> Document:
    """Return an acknowledged order whose time has come as one in progress, with the items that may begin."""
    if order["state"] != "acknowledged" or not is_due(order, work.now):
        return order
    items = items_of(order)
    for item in items:
        if not _before(item, items):
            item.document["state"] = "inProgress"
    return order | {"state": "inProgress"}


def resume(work: Work, order: Document) -> Document:
    """Return an order in progress with everything delivered that can be; items under way are started once more."""
    if order["state"] not in UNDER_WAY:
        return order
    told = len(work.noted)
    advanced = _advance(work, order, again=True)
    tell_batches(work, told)
    return advanced


def book(work: Work, order: Document, item_id: str, outcome: Outcome) -> Document:
    """Return an order with the answer for an item that was under way, and with what followed from it."""
    if order["state"] not in UNDER_WAY:
        return order
    told, delivery = len(work.noted), Delivery.of(work, order)
    for item in delivery.case.items:
        if item.id == item_id and item.state == "inProgress":
            _book(delivery, item, outcome)
    advanced = _advance(work, order, again=False)
    tell_batches(work, told)
    return advanced


def _advance(work: Work, order: Document, *, again: bool) -> Document:
    """Start what is ready, book what is answered, until nothing moves. `again`: also what was started before."""
    delivery, fulfilment = Delivery.of(work, order), fulfilment_in(work.entities)
    waiting = [item for item in delivery.case.items if again or item.state != "inProgress"]
    while ready := [item for item in waiting if _may_begin(item, delivery.case.items)]:
        for item in ready:
            waiting.remove(item)
            failed = _lost(item, delivery.case.items)
            item.document["state"] = "inProgress"
            _book(delivery, item, failed or fulfilment.start(work, order, item.document))
    return _rolled_up(work, order, delivery.case.items)


def _book(delivery: Delivery, item: Item, outcome: Outcome) -> None:
    faults = [Fault(item.path, "notDelivered", outcome.reason)] if outcome.state == "failed" else []
    if outcome.state == "completed":
        faults = delivery.obstacles(item, outcome.characteristics)
        if not faults:
            delivery.deliver(item, outcome.characteristics)
    if faults:
        note_faults(delivery.work, delivery.order, faults, "failed")
    if faults or outcome.state == "completed":
        own = "failed" if faults else "completed"
        item.document["state"] = roll_up([own, *(part.state for part in item.parts)])


def _before(item: Item, items: list[Item]) -> list[Item]:
    return [*prerequisites_of(item, items), *item.parts]


def _may_begin(item: Item, items: list[Item]) -> bool:
    return not is_final(item.state) and all(is_final(other.state) for other in _before(item, items))


def _lost(item: Item, items: list[Item]) -> Outcome | None:
    """Return the failure of an item that can't be delivered any more, because of what came before it."""
    missed = [other.id for other in prerequisites_of(item, items) if other.state != "completed"]
    if missed:
        return Outcome("failed", f"it relies on item '{missed[0]}', which wasn't completed")
    if item.parts and all(part.state in ("failed", "cancelled") for part in item.parts):
        return Outcome("failed", "none of its parts was delivered")
    return None


def _rolled_up(work: Work, order: Document, items: Iterable[Item]) -> Document:
    state = roll_up([item.state for item in items])
    if not is_final(state):
        return order
    order["state"] = state
    if state in ("completed", "partial"):
        order["completionDate"] = wire_instant(work.now)
    if state != "completed":
        give_back(work, order)
    return order
