"""The events of all topics: those of ours are read from the outbox, those of others from their table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from apis.tmf630.sources import Source
from apis.tmf630.version import Version
from apis.tmf688_event.own_topics import OwnTopic
from apis.tmf688_event.spans import narrowed
from apis.tmf688_event.topics import QUERIES, criteria_of
from core.entity import Document
from core.errors import Fault, InvalidInput, refuse
from core.evaluation import holds, page_in
from core.events.history import count_events, find_events, get_event
from core.query import Condition, Criterion, Page, Path, Query, leaves
from core.reading import Reading
from core.service import Work
from core.storage.repository import Stored

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
        if others or query.sort or query.after:
            refuse_too_many(total, query, others)
            known = find_events(connection, tenant, span, 0, total)
            return page_in((topic.word(work, event) for event in known), replace(query, conditions=tuple(others)))
        found = find_events(connection, tenant, span, 0, query.limit or 0, query.offset)
        return Page([topic.word(work, event) for event in found], total)

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
        refuse(
            _fault(criterion, of_topic, query)
            for query in QUERIES
            for criterion in criteria_of(of_topic, query, self._event, work)
            if not holds(criterion, document)
        )


def refuse_too_many(total: int, query: Query, criteria: Sequence[Criterion]) -> None:
    """Refuse (InvalidInput) to look into more events than `scan_limit`; columns can make them fewer."""
    if query.scan_limit is None or total <= query.scan_limit:
        return
    reason = f"{total} events would have to be looked into; filter by one of {BY_COLUMN} as well"
    paths = [".".join((*above, *leaf.path)) for above, leaf in _conditions_in(criteria)]
    faults = [Fault(path, "tooManyEvents", reason) for path in [*paths, *("sort" for _ in query.sort)]]
    raise InvalidInput(reason, code="tooManyEvents", faults=faults)


def _conditions_in(criteria: Iterable[Criterion]) -> Iterator[tuple[Path, Condition]]:
    found = (leaf for criterion in criteria for leaf in leaves(criterion))
    return ((above, leaf) for above, leaf in found if isinstance(leaf, Condition))


def _fault(criterion: Criterion, topic: Document, query: str) -> Fault:
    path = next((".".join((*above, *leaf.path)) for above, leaf in _conditions_in([criterion])), "event")
    return Fault(path, "notOfTopic", f"topic '{topic['id']}' takes only events that meet its {query} '{topic[query]}'")
