"""The events of all topics: those of ours are read from the outbox, those of others from their table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from apis.tmf630.sources import Source
from apis.tmf630.version import Version
from apis.tmf688_event.own_topics import OwnTopic
from apis.tmf688_event.topics import QUERIES, conditions_of
from core.clock import parse_instant
from core.entity import Document
from core.errors import Fault, InvalidInput, refuse
from core.events.history import Span, count_events, find_events, get_event
from core.events.selection import meets
from core.query import Condition, Page, Query
from core.reading import Reading
from core.service import Work
from core.storage.repository import Stored

# How many events of the outbox are looked into where no column has the answer.
MOST_LOOKED_INTO = 10_000
IDENTIFIERS = (("id",), ("eventId",))
TIMES = (("eventTime",), ("timeOccurred",))
SHOWN = timedelta(milliseconds=1)
BY_COLUMN = "id, eventId, eventType, eventTime"


class Events(Source):
    """Events of topics."""

    def __init__(self, own: Mapping[str, OwnTopic], version: Version) -> None:
        self._own = own
        self._event = version.resources["Event"]

    def find(self, work: Reading, owner: str, query: Query) -> Page | None:
        """Return a page of the events of a topic of ours, oldest first."""
        topic = self._own.get(owner)
        if topic is None:
            return None
        span, others = narrowed(topic, query.conditions)
        connection, tenant = work.connection, work.context.tenant
        total = count_events(connection, tenant, span)
        if not others:
            found = find_events(connection, tenant, span, 0, query.limit or 0, query.offset)
            return Page([topic.word(work, event) for event in found], total)
        refuse_too_many(total, others)
        known = (topic.word(work, event) for event in find_events(connection, tenant, span, 0, MOST_LOOKED_INTO))
        met = [event for event in known if all(meets(event, condition) for condition in others)]
        return Page(met[query.offset :][: query.limit], len(met))

    def get(self, work: Reading, owner: str, identifier: str) -> Stored | None:
        """Return an event of a topic of ours."""
        topic = self._own.get(owner)
        event = get_event(work.connection, work.context.tenant, identifier) if topic else None
        if topic is None or event is None or (event.entity, event.kind) not in topic.wordings:
            return None
        return Stored(topic.word(work, event), 1, event.occurred_at)

    def admit(self, work: Work, owner: str, document: Document) -> None:
        """Refuse events for a topic of ours, and those that aren't what the topic takes."""
        if topic := self._own.get(owner):
            raise topic.refusal("topicId", "none can be posted")
        of_topic = work.require("Topic", owner)
        conditions = [each for query in QUERIES for each in conditions_of(of_topic, query, self._event, work)]
        refuse(_fault(condition, owner) for condition in conditions if not meets(document, condition))


def narrowed(topic: OwnTopic, conditions: tuple[Condition, ...]) -> tuple[Span, list[Condition]]:
    """Return the part of history that conditions leave of a topic, and those that columns don't answer."""
    span, others = Span(frozenset(topic.wordings)), []
    for condition in conditions:
        if condition.path == ("topicId",) and topic.id in condition.values:
            continue
        if condition.path == ("eventType",):
            known = topic.wordings.items()
            kinds = {kind for kind, wording in known if wording.event_type in condition.values}
            span = replace(span, kinds=kinds & set(span.kinds or ()))
        elif condition.path in IDENTIFIERS:
            wanted = set(condition.values)
            span = replace(span, events=wanted if span.events is None else wanted & set(span.events))
        elif condition.path in TIMES and len(condition.values) == 1 and span.since is None:
            at = _instant(condition)
            span = replace(span, since=at, until=at + SHOWN)
        else:
            others.append(condition)
    return span, others


def refuse_too_many(total: int, conditions: list[Condition]) -> None:
    """Refuse (InvalidInput) to look into more events than is quick; columns can make them fewer."""
    if total > MOST_LOOKED_INTO:
        reason = f"{total} events would have to be looked into; filter by one of {BY_COLUMN} as well"
        faults = [Fault(".".join(condition.path), "tooManyEvents", reason) for condition in conditions]
        raise InvalidInput(reason, code="tooManyEvents", faults=faults)


def _instant(condition: Condition) -> datetime:
    try:
        return parse_instant(condition.values[0])
    except ValueError:
        reason = f"'{condition.values[0]}' is not a date-time, such as 2026-01-31T10:00:00.000Z"
        raise InvalidInput(reason, path=".".join(condition.path)) from None


def _fault(condition: Condition, topic: str) -> Fault:
    values = ", ".join(f"'{value}'" for value in condition.values)
    return Fault(".".join(condition.path), "notOfTopic", f"topic '{topic}' takes only events where this is {values}")
