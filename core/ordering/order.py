"""What is true of a product order (TMF622): how it is captured, judged, changed, and when it may go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from core.changes import faults_of_changes
from core.clock import wire_instant
from core.entity import Column, Document, has_new_member
from core.errors import Conflict, Fault, refuse
from core.inventory import customer_of, is_live, products_of
from core.ordering.acceptance import give_back
from core.ordering.items import documents_of, fill_items, name_items, states_asked_for
from core.ordering.judging import judge
from core.ordering.messages import forget_faults, required_information
from core.ordering.progress import Fulfilled, is_due
from core.ordering.states import NOT_STARTED, ORDER, is_final
from core.ordering.withdrawal import withdraw

if TYPE_CHECKING:
    from core.service import Work

# What judging and fulfilment work from: it can't change under them.
ORDERED = frozenset({"productOrderItem", "relatedParty", "billingAccount", "requestedStartDate"})
# Beside that, what was agreed and what became of it: all that an order which is over can't have otherwise. What merely
# describes it, or is an extension, can still change.
ENDED = ORDERED | {
    *("state", "cancellationReason", "requestedCompletionDate", "expectedCompletionDate"),
    *("agreement", "channel", "orderRelationship", "orderTotalPrice", "payment", "quote"),
    *("productOfferingQualification", "productOrderErrorMessage", "productOrderJeopardyAlert", "productOrderMilestone"),
}
# TMF622 v5 has an event for each; they come with the change that put it on the order.
NEWS = {
    "ErrorMessage": "productOrderErrorMessage",
    "JeopardyAlert": "productOrderJeopardyAlert",
    "Milestone": "productOrderMilestone",
}
# So many events say what an order waits for.
MOST_TOLD = 20
KEPT = frozenset({"inProgress", "inProgress.accepted", "assessingCancellation", "pendingCancellation"})


class ProductOrder(Fulfilled):
    """An order for products: captured as it comes, then judged, then fulfilled."""

    name = "ProductOrder"
    table = "product_order"
    columns = (
        Column("state", "state"),
        Column("customer_id", of=customer_of),
        Column("billing_account_id", "billingAccount.id"),
        Column("creation_date", "creationDate", "instant"),
    )
    state_attribute = "state"
    lifecycle = ORDER
    unchangeable = frozenset({"@type", "creationDate", "completionDate", "cancellationDate", "requestedInitialState"})
    requestable = frozenset({"acknowledged", "cancelled"})
    touched: ClassVar[str | None] = None

    def fill(self, work: Work, document: Document) -> None:
        """Set state, date of creation and identifiers of items; nobody has to name related parties.

        What came of another order that this one is a copy of isn't true of it; messages of others may be.
        """
        for attribute in ("completionDate", "cancellationDate"):
            document.pop(attribute, None)
        forget_faults(document)
        document.setdefault("@type", self.name)
        document["state"] = "draft" if document.get("requestedInitialState") == "draft" else ORDER.initial
        document["creationDate"] = wire_instant(work.now)
        document.setdefault("relatedParty", [])
        fill_items(document)

    def is_ahead(self, document: Document, now: datetime) -> bool:
        """An accepted order waits until it is to begin; others are carried out at once, or wait for somebody."""
        return document["state"] == "acknowledged" and not is_due(document, now)

    def after_create(self, work: Work, document: Document) -> Document:
        """Judge the order, unless it is a draft. With `judge = before` raise Conflict with every fault instead."""
        if document["state"] == "draft":
            return document
        judged = work.change(self.name, document["id"], lambda order: _judged(work, order))
        return self._told(work, judged)

    def on_request(self, work: Work, before: Document, after: Document) -> None:
        """Hold what a caller asks for against how far the order is, and judge it anew where that matters."""
        if is_final(before["state"]):
            refuse(faults_of_changes(ENDED, before, after, "orderEnded", f"the order is {before['state']}"))
            return
        refuse_states_of_items(before, after)
        wished = after.get("state")
        if wished == "cancelled" and before["state"] in NOT_STARTED:
            name_items(after)
            withdraw(work, after, after.get("cancellationReason"))
        elif wished == "cancelled" != before["state"]:
            reason = f"an order that is {before['state']} is cancelled by what comes of the request that asked for that"
            raise Conflict(reason, path="state", code="illegalLifecycleMove")
        elif before["state"] not in NOT_STARTED:
            refuse(faults_of_changes(ORDERED, before, after, "orderUnderWay", f"the order is {before['state']}"))
        else:
            _reopen(work, before, after)

    def news(self, before: Document, after: Document) -> Iterator[tuple[str, str]]:
        """Yield an event of its own for faults, warnings and points on the way that an order has got."""
        for kind, attribute in NEWS.items():
            if has_new_member(before, after, attribute):
                yield kind, attribute

    def after_request(self, work: Work, before: Document, document: Document, version: int) -> Document:
        """Ask for what is missing, where the order is still held."""
        return self._told(work, document)

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete an order under way, or one that live products came from."""
        if document["state"] in KEPT:
            reason = f"an order that is {document['state']} can't be deleted; cancel it first"
            raise Conflict(reason, path="state", code="orderUnderWay")
        wanted = [product["id"] for item in documents_of(document) if (product := item.get("product") or {}).get("id")]
        came = products_of(work, wanted) if document["state"] in ("completed", "partial") else {}
        if any(is_live(product) for product in came.values()):
            reason = "live products came from this order, so it stays on record"
            raise Conflict(reason, path="id", code="orderDelivered")
        give_back(work, document)

    def _told(self, work: Work, order: Document) -> Document:
        """Tell what a held order waits for: an event for each piece of information, since each has room for one.

        Each has the whole order, too, so that of very many only the first are told of; the order itself names all.
        """
        if order["state"] == "held":
            for change in islice(required_information(order), MOST_TOLD):
                work.emit(self.name, "InformationRequired", order | {"informationRequired": change})
        return order


def _judged(work: Work, order: Document) -> Document:
    faults = judge(work, order)
    if work.settings.judge == "before":
        refuse(faults)
    return order


def refuse_states_of_items(before: Document, after: Document) -> None:
    """Refuse to set the state of an item: it follows from judging and fulfilment. Raises Conflict."""
    reason = "can't be set: the state of an item follows from judging and fulfilling the order, or cancelling it"
    refuse(Fault(path, "illegalLifecycleMove", reason) for path in states_asked_for(before, after))


def _reopen(work: Work, before: Document, after: Document) -> None:
    """Judge an order anew that was submitted, held, or changed in what it orders."""
    if after["state"] == "draft":
        fill_items(after)
        return
    if before["state"] == "acknowledged" and all(before.get(name) == after.get(name) for name in ORDERED):
        return
    give_back(work, before)
    fill_items(after)
    _judged(work, after)
