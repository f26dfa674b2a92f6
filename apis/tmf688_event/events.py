"""The events of all topics: those of ours are read from the outbox, those of others from their table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from apis.tmf630.sources import Source
from apis.tmf630.version import Version
from apis.tmf688_event.own_topics import OwnTopic
from apis.tmf688_event.pages import EventPage
from apis.tmf688_event.topics import QUERIES, criteria_of
from core.clock import wire_instant
from core.entity import Document
from core.errors import Fault, InvalidInput, refuse
from core.evaluation import holds
from core.events.history import get_event
from core.query import Condition, Criterion, Page, Path, Query, leaves
from core.reading import Reading
from core.service import Work
from core.storage.repository import Stored


class Events(Source):
    """Events of topics."""

    def __init__(self, own: Mapping[str, OwnTopic], version: Version) -> None:
        self._own = own
        self._event = version.resources["Event"]

    def find(self, work: Reading, owner: str, query: Query) -> Page | None:
        """Return a page of the events of a topic of ours, as they were told where no order is asked for."""
        topic = self._own.get(owner)
        return None if topic is None else EventPage(topic, work, query).page()

    def get(self, work: Reading, owner: str, identifier: str) -> Stored | None:
        """Return an event of a topic of ours."""
        topic = self._own.get(owner)
        event = get_event(work.connection, work.context.tenant, identifier) if topic else None
        if topic is None or event is None or (event.entity, event.kind) not in topic.wordings:
            return None
        return Stored(topic.word(work, event), 1, event.occurred_at)

    def refuse_unknown(self, work: Reading, owner: str, named: Mapping[Path, str]) -> None:
        """Refuse what no event of a topic of ours tells; what others post may be anything."""
        topic = self._own.get(owner)
        if topic is None or work.settings.unknown_filters == "accept":
            return
        inside = {path: place for path, place in named.items() if path[0] == "event" and len(path) > 1}
        reason = "is nothing that an event of this topic tells"
        faults = [
            Fault(place, "unknownAttribute", reason)
            for path, place in inside.items()
            if not topic.knows(work, path) and not self._is_told(work, owner, path)
        ]
        if faults:
            raise InvalidInput("the query can't be understood", faults=faults)

    def _is_told(self, work: Reading, owner: str, path: Path) -> bool:
        """Tell whether events have something that no resource has any more, as far as can be seen."""
        present = Condition(path, operator="present")
        try:
            page = self.find(
                work, owner, Query((present,), limit=1, count_limit=1, scan_limit=work.settings.scan_limit)
            )
        except InvalidInput:
            return False
        return bool(page and page.items)

    def admit(self, work: Work, owner: str, document: Document) -> None:
        """Refuse events for a topic of ours, and those that aren't what the topic takes."""
        if topic := self._own.get(owner):
            raise topic.refusal("topicId", "none can be posted")
        of_topic = work.require("Topic", owner)
        # What posts it may leave this out, and then it is recorded now.
        judged = {"eventTime": wire_instant(work.now)} | document
        refuse(
            _fault(criterion, of_topic, query)
            for query in QUERIES
            for criterion in criteria_of(of_topic, query, self._event, work)
            if not holds(criterion, judged)
        )


def _conditions_in(criteria: Iterable[Criterion]) -> Iterator[tuple[Path, Condition]]:
    found = (leaf for criterion in criteria for leaf in leaves(criterion))
    return ((above, leaf) for above, leaf in found if isinstance(leaf, Condition))


def _fault(criterion: Criterion, topic: Document, query: str) -> Fault:
    path = next((".".join((*above, *leaf.path)) for above, leaf in _conditions_in([criterion])), "event")
    return Fault(path, "notOfTopic", f"topic '{topic['id']}' takes only events that meet its {query} '{topic[query]}'")
