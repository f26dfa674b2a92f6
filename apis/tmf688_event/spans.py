"""Which part of history criteria on the events of a topic of ours ask for, and what is left to look into there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from apis.tmf630.envelope import ALWAYS, NEVER
from apis.tmf688_event.own_topics import OwnTopic
from core.clock import EARLIEST, LATEST
from core.events.criteria import Wanted
from core.events.history import Span
from core.events.selection import EventKind
from core.query import AllOf, Condition, Criterion
from core.reading import Reading
from core.values import instant_asked_for

IDENTIFIERS = (("id",), ("eventId",))
COMPARISONS = ("eq", "gt", "gte", "lt", "lte")
TIMES = (("eventTime",), ("timeOccurred",))
# Events show their times in milliseconds, and are kept with microseconds.
SHOWN = timedelta(milliseconds=1)


class Asked(NamedTuple):
    """What criteria ask for: a part of history, what its kinds have to meet, and what only worded events tell."""

    span: Span
    wanted: Wanted
    tested: tuple[Criterion, ...]


def narrowed(topic: OwnTopic, work: Reading, criteria: Iterable[Criterion]) -> Asked:
    """Return what criteria ask for of a topic: as much as possible of its kinds, then of columns, then inside."""
    span, others = Span(), []
    for criterion in _flat(criteria):
        part = _part(span, criterion) if isinstance(criterion, Condition) else None
        if part is None:
            others.append(criterion)
        else:
            span = part
    if not others:
        return Asked(replace(span, kinds=frozenset(topic.wordings)), {}, ())
    wanted, tested = dict[EventKind, tuple[Criterion, ...]](), dict[Criterion, None]()
    for kind, kept in topic.kept(work).items():
        found = {criterion: kept.finding(criterion) for criterion in others}
        if NEVER not in found.values():
            wanted[kind] = tuple(each for each in found.values() if each is not None and each != ALWAYS)
            tested |= dict.fromkeys(criterion for criterion, each in found.items() if each is None)
    return Asked(replace(span, kinds=frozenset(wanted)), wanted, tuple(tested))


def _flat(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        if isinstance(criterion, AllOf):
            yield from _flat(criterion.parts)
        else:
            yield criterion


def _part(span: Span, condition: Condition) -> Span | None:
    """Return the part of a span that meets a condition, None where the indexes of columns can't tell."""
    if condition.path in TIMES and condition.operator in COMPARISONS and len(condition.values) == 1:
        return _time(span, condition.operator, instant_asked_for(condition.values[0]))
    if condition.path in IDENTIFIERS and condition.operator == "eq":
        wanted = set(condition.values)
        return replace(span, events=wanted if span.events is None else wanted & set(span.events))
    return None


def _time(span: Span, operator: str, at: datetime) -> Span | None:
    """Return the part of a span whose times, as they are shown, compare with an instant in a way."""
    shown = at.replace(microsecond=at.microsecond // 1000 * 1000)
    following = LATEST if shown > LATEST - SHOWN else shown + SHOWN
    reached = shown if shown == at else following
    since = {"eq": reached, "gte": reached, "gt": following}.get(operator, EARLIEST)
    until = {"eq": following, "lte": following, "lt": reached}.get(operator, LATEST)
    if (since, until) == (EARLIEST, LATEST):
        return None
    return replace(span, since=max(since, span.since or EARLIEST), until=min(until, span.until or LATEST))
