"""What the outbox has of what events say: criteria on events of a topic of ours, as criteria on what is kept of them.

A topic tells of events in canonical words, as payloads are kept, and so values and what is inside of a resource are the
same in both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from apis.tmf630.envelope import ALWAYS, NEVER
from apis.tmf630.notifications import EventWording
from core.entity import Document
from core.evaluation import holds
from core.events.history import Happened
from core.events.selection import ENVELOPE
from core.query import (
    AllOf,
    AnyOf,
    Condition,
    Criterion,
    Judged,
    Member,
    Negation,
    Order,
    Path,
    all_of,
    leaves,
    negated,
)

_ENVELOPE: dict[Path, Path] = {
    ("id",): (ENVELOPE, "eventId"),
    ("eventId",): (ENVELOPE, "eventId"),
    ("correlationId",): (ENVELOPE, "correlationId"),
    ("source", "id"): ("id",),
}
# What differs from event to event, beside what they tell of.
_VARYING = {path[0] for path in _ENVELOPE} | {"eventTime", "timeOccurred", "description", "fieldPath"}


class Kept:
    """How the events of one kind are kept; `sample` is one of them as the topic words it."""

    def __init__(self, wording: EventWording, sample: Document) -> None:
        self._wording, self._sample = wording, sample
        files = wording.resource.version.api.files.get(wording.resource.name)
        # Shown as other addresses than are kept, if they are.
        self._addresses = {"href", files}
        self._subjects = {(subject,) for subject in wording.subjects}

    def finding(self, criterion: Criterion, within: Path = ()) -> Criterion | None:
        """Return what finds the events that meet a criterion, None where only the events as they are worded tell.

        It is `ALWAYS` or `NEVER` where all events of the kind do or none does. Paths begin at `within`, in the event.
        """
        match criterion:
            case AllOf(parts):
                return _joined([self.finding(part, within) for part in parts])
            case AnyOf(parts):
                return _negated(_joined([_negated(self.finding(part, within)) for part in parts]))
            case Negation(part):
                return _negated(self.finding(part, within))
            case Member(path, part):
                return self._member((*within, *path), part)
            case Condition(path):
                return self._condition(replace(criterion, path=(*within, *path)))
            case _:
                return None

    def looked_at(self, path: Path) -> frozenset[str] | None:
        """Return under which names a payload has what is at a path, None where only worded events have it."""
        if self._is_same(path):
            return frozenset()
        place = self._place(path)
        return None if place is None else frozenset(place[:1]) - {ENVELOPE}

    def sketch(self, event: Happened) -> Document:
        """Return an event as the topic words it, as far as its payload was read."""
        told = {name: value for name, value in event.payload.items() if name not in self._wording.beside}
        beside = {name: value for name, value in event.payload.items() if name in self._wording.beside}
        if self._wording.is_reference:
            told = self._sample["event"][self._wording.subject] | {"id": event.entity_id}
        identifiers = {"id": event.event_id, "eventId": event.event_id}
        correlated = {"correlationId": event.correlation_id} if event.correlation_id else {}
        source = self._sample["source"] | {"id": event.entity_id}
        return self._sample | {
            **identifiers,
            **correlated,
            "source": source,
            "event": dict.fromkeys(self._wording.subjects, told) | beside,
        }

    def _member(self, path: Path, part: Criterion) -> Criterion | None:
        if path == ("event",) or (path[:1] == ("event",) and path[1:] in self._subjects):
            # One object, or an array of one: its attributes are as good as those of the event.
            return self.finding(part, path)
        if self._is_same(path) and path[0] != "source":
            return ALWAYS if holds(Member(path, part), self._sample) else NEVER
        place = self._place(path)
        return None if place is None or _is_tested(part) else Member(place, part)

    def _condition(self, wanted: Condition) -> Criterion | None:
        if self._is_same(wanted.path):
            return ALWAYS if holds(wanted, self._sample) else NEVER
        place = self._place(wanted.path)
        return None if place is None or _is_tested(wanted) else replace(wanted, path=place)

    def _is_same(self, path: Path) -> bool:
        """Tell whether all events of the kind have the same at a path; objects are as good as equal to conditions."""
        match path:
            case ("event",):
                return True
            case ("event", name, *inside):
                if name in self._wording.subjects:
                    return not inside or (self._wording.is_reference and inside[0] not in ("id", "href"))
                return name not in self._wording.beside
            case ("source", *inside):
                return not inside or inside[0] not in ("id", "href")
        return path[0] not in _VARYING

    def _place(self, path: Path) -> Path | None:
        """Return where something is in what is kept, None for what is shown otherwise than it is kept."""
        match path:
            case ("event", name, first, *inside) if name in self._wording.subjects:
                is_shown = first in self._addresses or first in self._wording.beside
                return None if is_shown else (first, *inside)
            case ("event", name, *inside) if name in self._wording.beside:
                return (name, *inside)
        return _ENVELOPE.get(path)


def parts_looked_at(kinds: Iterable[Kept], criteria: Iterable[Criterion], sort: Iterable[Order]) -> list[str] | None:
    """Return what criteria and orders look at in payloads, None where they look at more than these tell."""
    paths = {order.path for order in sort}
    for above, leaf in (pair for criterion in criteria for pair in leaves(criterion)):
        if isinstance(leaf, Judged):
            return None
        paths.add((*above, *leaf.path))
    found = [kept.looked_at(path) for kept in kinds for path in paths]
    known = [each for each in found if each is not None]
    return sorted(frozenset().union(*known)) if len(known) == len(found) else None


def _is_tested(criterion: Criterion) -> bool:
    """Tell whether SQL can't say a criterion."""
    return any(isinstance(leaf, Judged) or leaf.operator == "regex" for _, leaf in leaves(criterion))


def _joined(parts: Iterable[Criterion | None]) -> Criterion | None:
    """Return what holds where all parts do, None where some part isn't known and would decide."""
    found = [part for part in dict.fromkeys(parts) if part != ALWAYS]
    if NEVER in found:
        return NEVER
    if None in found:
        return None
    return all_of(part for part in found if part is not None)


def _negated(criterion: Criterion | None) -> Criterion | None:
    return None if criterion is None else negated(criterion)
