"""The port to whoever delivers: given an item it starts, and answers at once or later. Here: at once, by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from core.entity import Document
from core.errors import Fault
from core.service import Work


@dataclass(frozen=True, slots=True)
class Outcome:
    """How delivery of an item stands. `inProgress`: the answer comes later, through `answers.report`.

    `characteristics` are what the network has assigned, a number for instance; they become the product's.
    """

    state: Literal["completed", "failed", "inProgress"] = "completed"
    reason: str = ""
    characteristics: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """Whether what was started of an order can be called off. `assessing`: that shows later, by `answers.report_stop`.

    `faults` say why it is too late; or what has to be known first, each with a path in the request to cancel
    (`cancellationReason`, or an extension of yours): that is asked for, and once it is there fulfilment is asked again.
    """

    state: Literal["calledOff", "tooLate", "assessing"] = "calledOff"
    faults: tuple[Fault, ...] = ()


class Fulfilment(Protocol):
    """Delivers items of orders: an Operations Support System behind whatever interface it has.

    Called inside the transaction that books the outcome, so an implementation that talks to another system hands over
    by a task of its own. After a crash an item may be started twice: order, item and `product.id` make it the same.
    """

    def start(self, work: Work, order: Document, item: Document) -> Outcome:
        """Begin to deliver an item whose prerequisites are completed."""

    def stop(self, work: Work, order: Document, items: Sequence[Document], request: Document) -> Stop:
        """Call off all items that are under way, or none of them, as a CancelProductOrder asks for."""


class AtOnce:
    """Delivery that needs no other system: done as soon as it is asked for."""

    def start(self, work: Work, order: Document, item: Document) -> Outcome:
        """Answer that the item is delivered."""
        return Outcome()

    def stop(self, work: Work, order: Document, items: Sequence[Document], request: Document) -> Stop:
        """Agree: nothing is under way."""
        return Stop()
