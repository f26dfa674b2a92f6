"""Pages of the events of a topic of ours: the outbox is read as lists of resources read their tables.

No request looks at more than `scan_limit` events. What an index has in order is read from where the page begins; else
the page may be full before long; else all events that kinds and times leave are looked at, if they are few enough. The
database looks at them. Patterns, and an order that no index has, take a look at parts of those that meet the rest.
Where only the events as they are worded tell, no more than a few of these are worded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from apis.tmf688_event.kept import Kept, parts_looked_at
from apis.tmf688_event.own_topics import OwnTopic
from apis.tmf688_event.spans import TIMES, narrowed
from core.clock import parse_instant
from core.entity import Document
from core.errors import InvalidInput
from core.evaluation import holds, page_in, unclear
from core.events.history import Happened, count_events, find_events, read_events, read_parts
from core.events.search import Key, Search, Turn
from core.events.selection import EventKind
from core.query import Page, Query, bounded
from core.reading import Reading
from core.storage.listing import FEW, too_many_to_scan

INDEXED = ("id", "eventId", "eventType", "eventTime")
# So many events are worded to find what only they tell, at most; so many are read at a time.
MOST_WORDED, BATCH = 2000, 1000


class EventPage:
    """One query on its way to a page."""

    def __init__(self, topic: OwnTopic, work: Reading, query: Query) -> None:
        self._topic, self._work, self._query = topic, work, query
        self._at = work.connection, work.context.tenant
        self._span, self._wanted, self._tested = narrowed(topic, work, query.conditions)
        self._search = Search(*self._at, self._span, self._wanted)
        self._most = 2**62 if query.scan_limit is None else query.scan_limit
        # Where events are that were looked into, and whether they met what is tested.
        self._verdicts: dict[int, bool] = {}

    def page(self) -> Page:
        """Return the page, in the order that is asked for, else as events were told.

        Raises InvalidInput where too many events would have to be looked at.
        """
        query, sort = self._query, self._query.sort
        if sort and (len(sort) > 1 or sort[0].path not in TIMES):
            return self._sorted()
        turn = Turn(bool(sort), bool(sort) and sort[0].descending)
        after = read_key(turn, query.after)
        if self._is_in_order and not sort:
            return self._told(turn, after)
        if self._known is not None and self._known <= FEW:
            return self._few(turn, after)
        page = self._soon_full(turn, after, min(FEW, self._most))
        if page is None and self._known is not None:
            return self._few(turn, after)
        page = page or self._soon_full(turn, after, self._most)
        if page is None:
            raise self._too_many(self._most, "filter by one of them too")
        return page

    @property
    def _is_in_order(self) -> bool:
        """Tell whether an index has all that is asked for in the order in which events were told."""
        inside = self._tested or any(self._wanted.values())
        return not inside and self._span.events is None and not self._is_timed

    @property
    def _is_timed(self) -> bool:
        return self._span.since is not None or self._span.until is not None

    @cached_property
    def _known(self) -> int | None:
        """Return how many events are to be looked into; None where these are, or aren't told from, too many."""
        if self._span.events is None and self._is_timed:
            # An index has the times of all events, whatever their kinds.
            all_kinds = replace(self._span, kinds=None)
            too_many = count_events(*self._at, all_kinds, self._most) > self._most
            return None if too_many else self._search.count_of_kinds()
        counted = count_events(*self._at, self._span, self._most)
        return None if counted > self._most else counted

    def _sorted(self) -> Page:
        """Return a page in an order that no index has, of events that are all worded."""
        advice = "sort by eventTime, or filter by one of them too"
        if self._known is None:
            raise self._too_many(self._most, advice)
        places = [place for place, _ in self._search.all(Turn(), None)]
        if len(places) > self._most_tested:
            raise self._too_many(self._most_tested, advice)
        documents = dict(self._looked_into(places))
        page = page_in(documents.values(), replace(self._query, conditions=self._tested))
        by_id = {document["id"]: place for place, document in documents.items()}
        shown = self._in_batches([by_id[each["id"]] for each in page.items])
        return replace(page, items=[self._word(event) for event in shown])

    def _told(self, turn: Turn, after: Key | None) -> Page:
        query = self._query
        begin = after[0] if after else 0
        events = find_events(*self._at, self._span, begin, self._limit, query.offset)
        last = written_key(turn, events[-1]) if events else None
        items = [self._word(event) for event in events]
        if after is None and 0 < len(items) < self._limit:
            return Page(items, query.offset + len(items), last=last)
        return bounded(items, count_events(*self._at, self._span, query.count_limit), query, last)

    def _soon_full(self, turn: Turn, after: Key | None, most: int) -> Page | None:
        """Return a page that is full, or ends with the events, before more than `most` have been looked at."""
        if not self._limit:
            return None
        query, wanted = self._query, self._query.offset + self._limit
        candidates = min(max(wanted, self._most_tested) if self._tested else wanted, most)
        places = self._search.first(turn, after, most, candidates)
        found = self._met(places[: self._most_tested] if self._tested else places, wanted)
        if len(found) < wanted and (len(places) == candidates or self._search.left(turn, after, most) >= most):
            return None
        items, last = self._shown(found[query.offset : wanted], turn)
        if self._is_in_order:
            return bounded(items, count_events(*self._at, self._span, query.count_limit), query, last)
        return Page(items, query.offset + len(items) if items else 0, exact=False, last=last)

    def _few(self, turn: Turn, after: Key | None) -> Page:
        """Return a page of what is left, all of which is looked at."""
        query = self._query
        found = self._search.all(turn, after)
        if self._tested and len(found) > self._most_tested:
            raise self._too_many(self._most_tested, "filter by one of them too")
        met = {*self._met([place for place, _ in found])}
        following = [place for place, is_beyond in found if is_beyond and place in met]
        items, last = self._shown(following[query.offset :][: self._limit], turn)
        return bounded(items, len(met), query, last)

    def _met(self, places: Sequence[int], wanted: int | None = None) -> list[int]:
        """Return the first of some places whose events also meet what only worded events tell, all of them for None."""
        if not self._tested:
            return [*places[:wanted]]
        found: list[int] = []
        for begin in range(0, len(places), BATCH):
            batch = places[begin:][:BATCH]
            unknown = [place for place in batch if place not in self._verdicts]
            self._verdicts |= {place: self._meets(document) for place, document in self._looked_into(unknown)}
            found += [place for place in batch if self._verdicts.get(place)]
            if wanted is not None and len(found) >= wanted:
                break
        return found[:wanted]

    def _meets(self, document: Document) -> bool:
        return all(holds(criterion, document) for criterion in self._tested)

    def _looked_into(self, places: Sequence[int]) -> Iterator[tuple[int, Document]]:
        """Yield events with their places as far as what is tested, and the order, look into them."""
        if self._names is None:
            yield from ((event.position, self._word(event)) for event in self._in_batches(places))
            return
        for begin in range(0, len(places), BATCH):
            for event in read_parts(*self._at, places[begin:][:BATCH], self._names):
                yield event.position, self._kept[event.entity, event.kind].sketch(event)

    @cached_property
    def _names(self) -> list[str] | None:
        """Return what of payloads is looked into, None where it takes worded events."""
        kept = [each for kind, each in self._kept.items() if kind in (self._span.kinds or ())]
        return parts_looked_at(kept, self._tested, self._query.sort)

    @cached_property
    def _kept(self) -> dict[EventKind, Kept]:
        return self._topic.kept(self._work)

    def _shown(self, places: Sequence[int], turn: Turn) -> tuple[list[Document], tuple[Any, ...] | None]:
        """Return the events of a page, and the key of the last of them."""
        events = [*self._in_batches(places)]
        return [self._word(event) for event in events], (written_key(turn, events[-1]) if events else None)

    def _in_batches(self, places: Sequence[int]) -> Iterator[Happened]:
        for begin in range(0, len(places), BATCH):
            yield from read_events(*self._at, places[begin:][:BATCH])

    def _word(self, event: Happened) -> Document:
        return self._topic.word(self._work, event)

    @property
    def _limit(self) -> int:
        return 0 if self._query.limit is None else self._query.limit

    @property
    def _most_tested(self) -> int:
        """Return how many events are looked into outside of the database, at most."""
        return min(MOST_WORDED, self._most) if self._names is None else self._most

    def _too_many(self, most: int, advice: str) -> InvalidInput:
        return too_many_to_scan(most, INDEXED, advice)


def written_key(turn: Turn, event: Happened) -> tuple[Any, ...]:
    """Return what an event has in a turn as JSON can say it."""
    return (event.occurred_at.isoformat(), event.event_id) if turn.by_time else (event.position,)


def read_key(turn: Turn, after: Sequence[Any] | None) -> Key | None:
    """Return the key that was written. Raises InvalidInput for what is none."""
    match after:
        case None:
            return None
        case [str(at), str(identifier)] if turn.by_time:
            try:
                return parse_instant(at), identifier
            except ValueError as error:
                raise unclear() from error
        case [int(position)] if not turn.by_time and type(position) is int and 0 <= position < 2**63:
            return (position,)
    raise unclear()
