"""Which events a subscription takes: some kinds of some entities, each under criteria on what is told of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from core.entity import Document
from core.evaluation import holds
from core.query import Criterion

# Beside the attributes of what an event tells of, criteria find what is known of the event itself.
ENVELOPE = "@event"
EventKind = tuple[str, str]
"""An entity and what happened to it: `("ProductOrder", "StateChange")`."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a subscription takes: the kinds of events, and the criteria that the payload of each has to meet.

    With the payload goes, under `ENVELOPE`, what is known of the event: `eventId`, `eventTime`, `correlationId`.
    """

    wanted: Mapping[EventKind, tuple[Criterion, ...]] = field(default_factory=dict)

    def looks_inside(self, event: EventKind) -> bool:
        """Tell whether the payload of such an event decides on whether it is taken."""
        return bool(self.wanted.get(event))

    def takes(self, event: EventKind, payload: Document | None = None) -> bool:
        """Tell whether an event is wanted; where the selection looks inside, its payload must be given."""
        criteria = self.wanted.get(event)
        return criteria is not None and all(payload is not None and holds(each, payload) for each in criteria)


class Channel(NamedTuple):
    """Where the events of a subscription come from: an API version, or a topic of others that is kept behind it."""

    api: str
    version: str
    topic: str = ""


# Reads the query of a subscription: ("tmf622", "v5"), "eventType=ProductOrderCreateEvent". It is the edge that knows
# the words. It never raises: what can't be read any more selects nothing.
Selections = Callable[[Channel, str], Selection]
