"""The port to whoever delivers: given an item it starts, and answers at once or later. Here: at once, by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from core.entity import Document
from core.service import Work


@dataclass(frozen=True, slots=True)
class Outcome:
    """How delivery of an item stands. `inProgress`: the answer comes later, through `progress.report`.

    `characteristics` are what the network has assigned, a number for instance; they become the product's.
    """

    state: Literal["completed", "failed", "inProgress"] = "completed"
    reason: str = ""
    characteristics: tuple[Document, ...] = ()


class Fulfilment(Protocol):
    """Delivers items of orders: an Operations Support System behind whatever interface it has.

    Called inside the transaction that books the outcome, so an implementation that talks to another system hands over
    by a task of its own. After a crash an item may be started twice: order, item and `product.id` make it the same.
    """

    def start(self, work: Work, order: Document, item: Document) -> Outcome:
        """Begin to deliver an item whose prerequisites are completed."""

    def stop(self, work: Work, order: Document, item: Document) -> bool:
        """Call off an item that was started; False when it is too late for that."""


class AtOnce:
    """Delivery that needs no other system: done as soon as it is asked for."""

    def start(self, work: Work, order: Document, item: Document) -> Outcome:
        """Answer that the item is delivered."""
        return Outcome()

    def stop(self, work: Work, order: Document, item: Document) -> bool:
        """Agree: nothing is under way."""
        return True
