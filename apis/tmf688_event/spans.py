"""Which part of history criteria on the events of a topic of ours ask for, and what is left to look into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from apis.tmf688_event.own_topics import OwnTopic
from core.clock import EARLIEST, LATEST
from core.events.history import Span
from core.query import AllOf, Condition, Criterion
from core.values import instant_asked_for

IDENTIFIERS = (("id",), ("eventId",))
TIMES = (("eventTime",), ("timeOccurred",))
# Events show their times in milliseconds, and are kept with microseconds.
SHOWN = timedelta(milliseconds=1)


def narrowed(topic: OwnTopic, criteria: Iterable[Criterion]) -> tuple[Span, list[Criterion]]:
    """Return the part of history that criteria leave of a topic, and those of them that its columns don't answer."""
    span, others = Span(frozenset(topic.wordings)), []
    for criterion in _flat(criteria):
        part = _part(topic, span, criterion) if isinstance(criterion, Condition) else None
        if part is None:
            others.append(criterion)
        else:
            span = part
    return span, others


def _flat(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        if isinstance(criterion, AllOf):
            yield from _flat(criterion.parts)
        else:
            yield criterion


def _part(topic: OwnTopic, span: Span, condition: Condition) -> Span | None:
    """Return the part of a span that meets a condition, None where columns can't tell."""
    if condition.path in TIMES and len(condition.values) == 1:
        return _time(span, condition.operator, instant_asked_for(condition.values[0]))
    if condition.operator != "eq":
        return None
    if condition.path == ("topicId",) and topic.id in condition.values:
        return span
    if condition.path == ("eventType",):
        kinds = {kind for kind, wording in topic.wordings.items() if wording.event_type in condition.values}
        return replace(span, kinds=kinds & set(span.kinds or ()))
    if condition.path in IDENTIFIERS:
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
