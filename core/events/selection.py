"""Which events a subscription takes: some kinds of some entities, each under conditions on what is told of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from core.entity import Document, values_at
from core.query import Condition
from core.storage.search import readings

EventKind = tuple[str, str]
"""An entity and what happened to it: `("ProductOrder", "StateChange")`."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a subscription takes: the kinds of events, and the conditions that the payload of each has to meet."""

    wanted: Mapping[EventKind, tuple[Condition, ...]] = field(default_factory=dict)

    def looks_inside(self, event: EventKind) -> bool:
        """Tell whether the payload of such an event decides on whether it is taken."""
        return bool(self.wanted.get(event))

    def takes(self, event: EventKind, payload: Document | None = None) -> bool:
        """Tell whether an event is wanted; where the selection looks inside, its payload must be given."""
        conditions = self.wanted.get(event)
        return conditions is not None and all(meets(payload, condition) for condition in conditions)


class Channel(NamedTuple):
    """Where the events of a subscription come from: an API version, or a topic of others that is kept behind it."""

    api: str
    version: str
    topic: str = ""


# Reads the query of a subscription: ("tmf622", "v5"), "eventType=ProductOrderCreateEvent". It is the edge that knows
# the words. It never raises: what can't be read any more selects nothing.
Selections = Callable[[Channel, str], Selection]


def meets(document: Document | None, condition: Condition) -> bool:
    """Tell whether a document in memory meets a condition as it would in a list."""
    wanted = {_comparable(reading) for value in condition.values for reading in readings(value)}
    return any(_comparable(value) in wanted for value in _leaves(document, condition))


def _leaves(document: Document | None, condition: Condition) -> Iterator[Any]:
    for value in values_at(document, condition.path):
        yield from value if isinstance(value, list) else (value,)


def _comparable(value: Any) -> tuple[str, Any]:
    # Python holds 1 and True for equal, JSON doesn't.
    if isinstance(value, bool):
        return "truth", value
    if isinstance(value, int | float | Decimal):
        return "number", value
    return ("text", value) if isinstance(value, str) else ("other", id(value))
