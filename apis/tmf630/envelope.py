"""What a query of events may say of the event itself: its type, when it was, by whose request, what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apis.tmf630.notifications import PRIORITY, EventWording
from core.evaluation import holds
from core.events.selection import ENVELOPE
from core.query import AllOf, AnyOf, Condition, Criterion, Kind, Path

ALWAYS, NEVER = AllOf(()), AnyOf(())
_TIMES = ("eventTime", "timeOccurred", "timeOcurred")


@dataclass(frozen=True, slots=True)
class Said:
    """An attribute of the envelope: the same `value` in all events of a kind, else what is at a path beside these.

    `among` are all the values that it has in any event of the API version, where these are known.
    """

    value: str | None = None
    path: Path = ()
    kind: Kind = "any"
    among: tuple[str, ...] = ()

    def finding(self, wanted: Condition) -> Criterion:
        """Return what takes the events that meet a condition on the attribute."""
        if self.value is None:
            return Condition(self.path, wanted.values, wanted.operator, wanted.kind)
        if wanted.operator in ("present", "null"):
            return ALWAYS if wanted.operator == "present" else NEVER
        return ALWAYS if self._meets(wanted) else NEVER

    def _meets(self, wanted: Condition) -> bool:
        return holds(Condition((), wanted.values, wanted.operator, wanted.kind), self.value)


def envelope_of(wording: EventWording, types: Sequence[str]) -> Mapping[Path, Said]:
    """Return the attributes of an event's envelope in one API version, by their paths; `types` are all it has."""
    always = {
        "@type": Said(wording.event_type),
        "eventType": Said(wording.event_type, among=tuple(sorted(types))),
        "domain": Said(wording.domain),
        "title": Said(wording.title),
        "priority": Said(PRIORITY),
        "eventId": Said(path=(ENVELOPE, "eventId")),
        "correlationId": Said(path=(ENVELOPE, "correlationId")),
        **dict.fromkeys(_TIMES, Said(path=(ENVELOPE, "eventTime"), kind="instant")),
    }
    said: dict[Path, Said] = {(name,): each for name, each in always.items() if name in wording.attributes}
    if "source" in wording.attributes:
        said["source", "id"] = Said(path=("id",))
        said["source", "@referredType"] = Said(wording.resource.name)
    return said
