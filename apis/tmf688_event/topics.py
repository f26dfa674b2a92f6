"""All topics: those of ours first, then those that others have made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from apis.tmf630.criteria import attributes_in, has_absent
from apis.tmf630.sources import Source
from apis.tmf630.subscription_query import HINT, read_event_criteria
from apis.tmf630.version import ServedResource, Version
from apis.tmf688_event.own_topics import OwnTopic
from core.clock import EARLIEST
from core.entity import Document
from core.errors import BssError, Conflict, InvalidInput
from core.evaluation import in_order, meets
from core.query import Criterion, Page, Path, Query
from core.reading import Reading
from core.service import Work
from core.storage.repository import Stored

# By attribute of a topic: below which attribute of an event the attributes in it are.
QUERIES: Mapping[str, Path] = {"headerQuery": (), "contentQuery": ("event",)}


class Topics(Source):
    """The topics that are there from the start, beside the table of the others."""

    def __init__(self, own: Mapping[str, OwnTopic], version: Version) -> None:
        self._own = own
        self._entity = version.resources["Topic"].entity
        self._event = version.resources["Event"]

    def find(self, work: Reading, owner: str, query: Query) -> Page:
        """Return a page of both; where an order is asked for, they are put into it together."""
        own = [topic.document for topic in self._own.values()]
        mine = [document for document in own if meets(document, query)]
        if query.sort:
            return self._sorted(work, mine, query)
        # A cursor is that of one of the others, before which ours are.
        shown = [] if query.after else mine[query.offset :][: query.limit]
        limit = None if query.limit is None else query.limit - len(shown)
        others = work.find(self._entity, replace(query, offset=max(query.offset - len(mine), 0), limit=limit))
        last = others.last if others.items else None
        return replace(others, items=[*shown, *others.items], total=len(mine) + others.total, last=last)

    def _sorted(self, work: Reading, mine: list[Document], query: Query) -> Page:
        if query.after:
            raise InvalidInput("is not offered by this list together with sort; use offset", path="after")
        until = None if query.limit is None else query.offset + query.limit
        others = work.find(self._entity, replace(query, offset=0, limit=until))
        items = in_order([*mine, *others.items], query.sort)[query.offset :][: query.limit]
        return replace(others, items=items, total=len(mine) + others.total, last=None)

    def get(self, work: Reading, owner: str, identifier: str) -> Stored | None:
        """Return a topic of ours."""
        topic = self._own.get(identifier)
        return Stored(topic.document, 1, EARLIEST) if topic else None

    def admit(self, work: Work, owner: str, document: Document) -> None:
        """Refuse the identifier of a topic of ours, and queries that can't be understood."""
        self.refuse_change("", str(document.get("id")), "choose another identifier")
        for attribute in QUERIES:
            criteria_of(document, attribute, self._event, work)

    def refuse_change(self, owner: str, identifier: str, what: str = "it can't be changed or removed") -> None:
        """Refuse to change or remove a topic of ours."""
        if topic := self._own.get(identifier):
            raise topic.refusal("id", what)

    def told_by(self, identifier: str) -> Version | None:
        """Return the API version that a topic of ours is about."""
        topic = self._own.get(identifier)
        return topic.version if topic else None


def criteria_of(topic: Document, query: str, event: ServedResource, work: Reading) -> tuple[Criterion, ...]:
    """Return what a query of a topic demands of its events. Raises Conflict where it isn't understood."""
    attributes, is_absent = attributes_in(work, event, below=QUERIES[query]), partial(has_absent, work)
    try:
        return read_event_criteria(topic.get(query) or "", attributes, is_absent)
    except BssError as error:
        raise Conflict(error.reason.removesuffix(HINT), path=query, code="unknownQuery") from error
