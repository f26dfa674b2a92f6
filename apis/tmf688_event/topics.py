"""All topics: those of ours first, then those that others have made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apis.tmf630.extensions import extended_types
from apis.tmf630.sources import Source
from apis.tmf630.subscription_query import read_conditions
from apis.tmf630.version import ServedResource, Version
from apis.tmf688_event.own_topics import OwnTopic
from core.clock import EARLIEST
from core.entity import Document
from core.errors import BssError, Conflict
from core.events.selection import meets
from core.query import Condition, Page, Path, Query
from core.reading import Reading
from core.service import Work
from core.storage.repository import Stored

# By attribute of a topic: below which attribute of an event its conditions are.
QUERIES: Mapping[str, Path] = {"headerQuery": (), "contentQuery": ("event",)}


class Topics(Source):
    """The topics that are there from the start, beside the table of the others."""

    def __init__(self, own: Mapping[str, OwnTopic], version: Version) -> None:
        self._own = own
        self._entity = version.resources["Topic"].entity
        self._event = version.resources["Event"]

    def find(self, work: Reading, owner: str, query: Query) -> Page:
        """Return a page of both."""
        own = [topic.document for topic in self._own.values()]
        mine = [each for each in own if all(meets(each, condition) for condition in query.conditions)]
        shown = mine[query.offset :] if query.limit is None else mine[query.offset :][: query.limit]
        offset, limit = max(query.offset - len(mine), 0), query.limit
        rest = replace(query, offset=offset, limit=None if limit is None else limit - len(shown))
        others = work.find(self._entity, rest)
        return replace(others, items=[*shown, *others.items], total=len(mine) + others.total)

    def get(self, work: Reading, owner: str, identifier: str) -> Stored | None:
        """Return a topic of ours."""
        topic = self._own.get(identifier)
        return Stored(topic.document, 1, EARLIEST) if topic else None

    def admit(self, work: Work, owner: str, document: Document) -> None:
        """Refuse the identifier of a topic of ours, and queries that can't be understood."""
        self.refuse_change("", str(document.get("id")), "choose another identifier")
        for attribute in QUERIES:
            conditions_of(document, attribute, self._event, work)

    def refuse_change(self, owner: str, identifier: str, what: str = "it can't be removed") -> None:
        """Refuse to remove a topic of ours."""
        if topic := self._own.get(identifier):
            raise topic.refusal("id", what)

    def told_by(self, identifier: str) -> Version | None:
        """Return the API version that a topic of ours is about."""
        topic = self._own.get(identifier)
        return topic.version if topic else None


def conditions_of(topic: Document, attribute: str, event: ServedResource, work: Reading) -> tuple[Condition, ...]:
    """Return what a query of a topic demands of its events. Raises Conflict where it isn't understood."""

    def knows(resource: ServedResource, path: Path) -> bool:
        return work.settings.unknown_filters == "accept" or resource.knows(path, lambda: extended_types(work))

    try:
        return read_conditions(topic.get(attribute) or "", event, knows, QUERIES[attribute])
    except BssError as error:
        raise Conflict(error.reason, path=attribute, code="unknownQuery") from error
