"""Taking back an order that wasn't started: nothing was delivered, so nothing but reservations is given back."""

from __future__ import annotations

from core.clock import wire_instant
from core.entity import Document
from core.ordering.acceptance import give_back
from core.ordering.items import documents_of
from core.ordering.states import is_final
from core.service import Work


def withdraw(work: Work, order: Document, reason: str | None) -> Document:
    """Make an order cancelled, with its items that aren't over; return it."""
    give_back(work, order)
    for item in documents_of(order):
        # A patch that cancels may send items without their states, and items to come.
        if "state" not in item or not is_final(item["state"]):
            item["state"] = "cancelled"
    order |= {"state": "cancelled", "cancellationDate": wire_instant(work.now)}
    if reason:
        order["cancellationReason"] = reason
    return order
