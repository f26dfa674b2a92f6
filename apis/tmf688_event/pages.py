"""Pages of the events of a topic of ours: the outbox is read as lists of resources read their tables.

No request looks at more than `scan_limit` events. What an index has in order is read from where the page begins; else
the page may be full before long; else all events that columns leave are looked at, if they are few enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from apis.tmf688_event.own_topics import OwnTopic
from apis.tmf688_event.spans import TIMES, narrowed
from core.clock import EARLIEST, LATEST, parse_instant
from core.entity import Document
from core.errors import InvalidInput
from core.evaluation import holds, page_in, unclear
from core.events.history import (
    Happened,
    Place,
    Span,
    count_events,
    find_events,
    find_places,
    find_places_by_time,
    find_places_of_kinds,
    read_events,
)
from core.query import Page, Query, bounded
from core.reading import Reading
from core.storage.listing import FEW, too_many_to_scan

INDEXED = ("id", "eventId", "eventType", "eventTime")
# So many events are looked at at a time.
BATCH = 500


class Turn(NamedTuple):
    """An order in which an index has events: by position, as they were told, or by time."""

    by_time: bool
    descending: bool = False

    def key(self, event: Happened | Place) -> tuple[Any, ...]:
        """Return what an event is ordered by."""
        return (event.occurred_at, event.event_id) if self.by_time else (event.position,)

    def written(self, event: Happened | Place) -> tuple[Any, ...]:
        """Return the key as JSON can say it."""
        return (event.occurred_at.isoformat(), event.event_id) if self.by_time else (event.position,)

    def read(self, after: Sequence[Any] | None) -> tuple[Any, ...] | None:
        """Return the key that was written. Raises InvalidInput for what is none."""
        match after:
            case None:
                return None
            case [str(at), str(identifier)] if self.by_time:
                try:
                    return parse_instant(at), identifier
                except ValueError as error:
                    raise unclear() from error
            case [int(position)] if not self.by_time and type(position) is int and 0 <= position < 2**63:
                return (position,)
        raise unclear()


class EventPage:
    """One query on its way to a page."""

    def __init__(self, topic: OwnTopic, work: Reading, query: Query) -> None:
        self._topic, self._work, self._query = topic, work, query
        self._at = work.connection, work.context.tenant
        self._span, self._others = narrowed(topic, query.conditions)
        self._most = 2**62 if query.scan_limit is None else query.scan_limit

    def page(self) -> Page:
        """Return the page, in the order that is asked for, else as events were told.

        Raises InvalidInput where too many events would have to be looked at.
        """
        query, sort = self._query, self._query.sort
        if sort and (len(sort) > 1 or sort[0].path not in TIMES):
            if self._known is None:
                raise self._too_many("sort by eventTime, or filter by one of them too")
            documents = (self._word(event) for event in self._in_batches(self._places))
            return page_in(documents, replace(query, conditions=tuple(self._others)))
        turn = Turn(bool(sort), bool(sort) and sort[0].descending)
        after = turn.read(query.after)
        if self._is_in_order and not (sort or self._others):
            return self._told(turn, after)
        if self._known is not None and self._known <= FEW:
            return self._few(turn, after)
        page = self._soon_full(turn, after, min(FEW, self._most))
        if page is None and self._known is not None:
            return self._few(turn, after)
        page = page or self._soon_full(turn, after, self._most)
        if page is None:
            raise self._too_many("filter by one of them too")
        return page

    @property
    def _is_in_order(self) -> bool:
        """Tell whether an index has what columns leave in the order in which events were told."""
        return self._span.events is None and not self._is_timed

    @property
    def _is_timed(self) -> bool:
        return self._span.since is not None or self._span.until is not None

    @cached_property
    def _known(self) -> int | None:
        """Return how many events columns leave; None where these are, or aren't told from, too many."""
        if self._span.events is None and self._is_timed:
            # An index has the times of all events, whatever their kinds.
            all_kinds = replace(self._span, kinds=None)
            return None if count_events(*self._at, all_kinds, self._most) > self._most else len(self._places)
        counted = count_events(*self._at, self._span, self._most)
        return None if counted > self._most else counted

    @cached_property
    def _places(self) -> list[Place]:
        return find_places(*self._at, self._span)

    def _told(self, turn: Turn, after: tuple[Any, ...] | None) -> Page:
        query = self._query
        begin = after[0] if after else 0
        events = find_events(*self._at, self._span, begin, self._limit, query.offset)
        last = turn.written(events[-1]) if events else None
        items = [self._word(event) for event in events]
        if after is None and 0 < len(items) < self._limit:
            return Page(items, query.offset + len(items), last=last)
        return bounded(items, count_events(*self._at, self._span, query.count_limit), query, last)

    def _soon_full(self, turn: Turn, after: tuple[Any, ...] | None, most: int) -> Page | None:
        """Return a page that is full, or ends with the events, before more than `most` have been looked at."""
        if not self._limit:
            return None
        query, found = self._query, list[Place]()
        wanted, looked_at = query.offset + self._limit, 0
        for read, places in self._onwards(turn, after, most):
            looked_at += read
            found += self._met(places)
            if len(found) >= wanted:
                break
        else:
            if looked_at >= most:
                return None
        shown = found[query.offset : wanted]
        last, items = (turn.written(shown[-1]) if shown else None), self._shown(shown)
        if self._is_in_order and not self._others:
            return bounded(items, count_events(*self._at, self._span, query.count_limit), query, last)
        return Page(items, query.offset + len(items) if items else 0, exact=False, last=last)

    def _onwards(self, turn: Turn, after: tuple[Any, ...] | None, most: int) -> Iterator[tuple[int, list[Place]]]:
        """Yield how many events were looked at, and where those of them are that columns leave, a batch at a time."""
        span, size = self._span, self._query.offset + self._limit
        while most > 0:
            size = min(size, BATCH, most)
            if turn.by_time:
                places = find_places_by_time(*self._at, span, after, size, descending=turn.descending)
            else:
                places = find_places_of_kinds(*self._at, span, after[0] if after else 0, size)
            yield len(places), [place for place in places if is_within(span, place)]
            if len(places) < size:
                return
            after, most, size = turn.key(places[-1]), most - size, BATCH

    def _few(self, turn: Turn, after: tuple[Any, ...] | None) -> Page:
        """Return a page of what columns leave, all of which is looked at."""
        query = self._query
        places = sorted(self._places, key=turn.key, reverse=turn.descending)
        places = self._met(places)
        total = len(places)
        if after is not None:
            places = [
                place for place in places if (turn.key(place) < after if turn.descending else turn.key(place) > after)
            ]
        shown = places[query.offset :][: self._limit]
        return bounded(self._shown(shown), total, query, turn.written(shown[-1]) if shown else None)

    def _met(self, places: Sequence[Place]) -> list[Place]:
        """Return where the events are that also meet what no column answers."""
        if not self._others:
            return [*places]
        met = {event.position for event in self._in_batches(places) if self._meets(self._word(event))}
        return [place for place in places if place.position in met]

    def _shown(self, places: Sequence[Place]) -> list[Document]:
        return [self._word(event) for event in self._in_batches(places)]

    def _in_batches(self, places: Sequence[Place]) -> Iterator[Happened]:
        for begin in range(0, len(places), BATCH):
            yield from read_events(*self._at, places[begin:][:BATCH])

    def _meets(self, document: Document) -> bool:
        return all(holds(criterion, document) for criterion in self._others)

    def _word(self, event: Happened) -> Document:
        return self._topic.word(self._work, event)

    @property
    def _limit(self) -> int:
        return 0 if self._query.limit is None else self._query.limit

    def _too_many(self, advice: str) -> InvalidInput:
        return too_many_to_scan(self._most, INDEXED, advice)


def is_within(span: Span, event: Place) -> bool:
    """Tell whether an event is of the kinds of a span, and has happened in its time."""
    is_timely = (span.since or EARLIEST) <= event.occurred_at < (span.until or LATEST)
    return is_timely and (span.kinds is None or (event.entity, event.kind) in span.kinds)
