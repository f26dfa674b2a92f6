"""Reads the `query` of a subscription: types of events, and filters on what they tell of (TMF630 part 1).

    eventType=ProductOrderStateChangeEvent&event.productOrder.state=completed,partial

Attributes are called as the API version calls them, and filters are read as those of its lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import unquote_plus

from apis.tmf630.notifications import EventWording, event_wordings
from apis.tmf630.query import values_in
from apis.tmf630.version import Version
from core.errors import BssError, Conflict
from core.events.selection import EventKind, Selection, Selections
from core.logs import get_logger
from core.query import Condition
from core.settings import Settings

EVENT_TYPE = "eventType"
PAYLOAD = "event"
EXAMPLE = "eventType=CustomerCreateEvent,CustomerDeleteEvent&event.customer.status=active"
Wordings = Mapping[EventKind, EventWording]
log = get_logger(__name__)


def read_selection_of_events(query: str, wordings: Wordings, settings: Settings) -> Selection:
    """Return what a query selects of the events of an API version; an empty one takes all of them.

    Parts are joined by `&` and must all be met, values by commas or by repeating the name, one of which must be.
    Names and values may be URL-encoded, values may stand in quotes. Raises Conflict, which names the part that isn't
    understood: a subscription is never taken for one to everything, or to nothing, by mistake.
    """
    filters = _filters(query)
    types = filters.pop(EVENT_TYPE, None)
    if types is not None:
        _refuse_unknown_types(types, wordings)
    asked = {kind: wording for kind, wording in wordings.items() if types is None or wording.event_type in types}
    wanted: dict[EventKind, tuple[Condition, ...]] = dict.fromkeys(asked, ())
    for name, values in filters.items():
        found = {kind: _condition(name, values, asked[kind], settings) for kind in wanted}
        # An event that has no such attribute can't meet the filter.
        wanted = {kind: (*wanted[kind], condition) for kind, condition in found.items() if condition}
        if not wanted:
            raise _unclear(f"no event that the query takes has the attribute '{_short(name)}'")
    return Selection(wanted)


def selections_of(versions: Iterable[Version], settings: Settings) -> Selections:
    """Return what reads the queries of subscriptions to any of these API versions, each once.

    A query that was understood when it came may not be any more, after an upgrade: then it selects nothing, and the
    log says so.
    """
    wordings = event_wordings(versions)

    @lru_cache(maxsize=4096)
    def selection(api: str, version: str, query: str) -> Selection:
        try:
            return read_selection_of_events(query, wordings.get((api, version), {}), settings)
        except BssError as error:
            log.error("subscription.unreadable", api=api, version=version, query=query, reason=error.reason)
            return Selection()

    return selection


def _filters(query: str) -> dict[str, list[str]]:
    filters: dict[str, list[str]] = {}
    text = query.strip().removeprefix("?")
    for part in text.split("&") if text else ():
        name, equals, written = (unquote_plus(piece).strip() for piece in part.partition("="))
        values = [value.strip() for value in values_in(written)]
        if not name or not equals or not all(values):
            raise _unclear(f"'{_short(part)}' is not understood")
        filters.setdefault(name, []).extend(values)
    return filters


def _condition(name: str, values: list[str], wording: EventWording, settings: Settings) -> Condition | None:
    """Return a filter as a condition on the documents that an event tells of; None where it has no such attribute."""
    event, _, inside = name.partition(".")
    subject, _, attribute = inside.partition(".")
    if event != PAYLOAD or subject != wording.subject or not attribute:
        return None
    path = tuple(attribute.split("."))
    if not all(path) or not (wording.resource.knows(path) or settings.unknown_filters == "accept"):
        return None
    return wording.resource.dialect.condition(path, tuple(dict.fromkeys(values)))


def _refuse_unknown_types(types: Iterable[str], wordings: Wordings) -> None:
    offered = sorted(wording.event_type for wording in wordings.values())
    for event_type in sorted(set(types) - set(offered)):
        known = ", ".join(offered) or "none"
        reason = f"'{_short(event_type)}' is no event type of this API version; it has: {known}"
        raise Conflict(reason, path="query", code="unknownEventType")


def _unclear(reason: str) -> Conflict:
    return Conflict(
        f"{reason}; a query selects types of events and attributes of what they tell of, for example {EXAMPLE}",
        path="query",
        code="unknownQuery",
    )


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:100]}..."
