"""Reads the `query` of a subscription: types of events, and filters on what they tell of (TMF630 part 1).

    eventType=ProductOrderStateChangeEvent&event.productOrder.state=completed,partial

Attributes are called as the API version calls them, and filters are read as those of its lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote_plus

from apis.tmf630.channels import ChannelWordings, PostedWording
from apis.tmf630.notifications import EventWording
from apis.tmf630.query import values_in
from apis.tmf630.version import ServedResource, Version
from core.errors import BssError, Conflict
from core.events.selection import Channel, EventKind, Selection, Selections
from core.logs import get_logger
from core.query import Condition, Path

EVENT_TYPE = "eventType"
PAYLOAD = "event"
EXAMPLE = "eventType=CustomerCreateEvent,CustomerDeleteEvent&event.customer.status=active"
Wordings = Mapping[EventKind, EventWording]
Knows = Callable[[ServedResource, Path], bool]
log = get_logger(__name__)


def read_selection_of_events(query: str, wordings: Wordings, knows: Knows) -> Selection:
    """Return what a query selects of the events of an API version; an empty one takes all of them.

    `knows` tells of a resource and a path whether such an attribute may be filtered by.

    Parts are joined by `&` and must all be met, values by commas or by repeating the name, one of which must be.
    Names and values may be URL-encoded, values may stand in quotes. Raises Conflict, which names the part that isn't
    understood: a subscription is never taken for one to everything, or to nothing, by mistake.
    """
    pairs = list(_pairs(query))
    types = {value.strip() for name, text in pairs if name == EVENT_TYPE for value in values_in(text)}
    filters = [(name, text) for name, text in pairs if name != EVENT_TYPE]
    _refuse_unknown_types(types, wordings)
    asked = {kind: wording for kind, wording in wordings.items() if not types or wording.event_type in types}
    # An event that lacks an attribute can't meet a filter on it, and isn't taken.
    read = {kind: _criteria(filters, wording, knows) for kind, wording in asked.items()}
    wanted = {kind: criteria for kind, criteria in read.items() if criteria is not None}
    if filters and not wanted:
        names = ", ".join(f"'{_short(name)}'" for name in dict.fromkeys(name for name, _ in filters))
        raise _unclear(f"no event that the query takes has {names}")
    return Selection(wanted)


def read_selection_of_posted(query: str, wording: PostedWording, topic: str, knows: Knows) -> Selection:
    """Return what a query selects of the events that are posted to a topic; `eventType` and all others are attributes.

    Raises Conflict, which names the part that isn't understood.
    """
    of_topic = Condition((wording.resource.owner,), (topic,))
    return Selection({wording.kind: (of_topic, *read_conditions(query, wording.resource, knows))})


def read_conditions(query: str, resource: ServedResource, knows: Knows, below: Path = ()) -> tuple[Condition, ...]:
    """Return the conditions that a query puts on the attributes of a resource, or on those `below` one of them.

    Raises Conflict, which names the part that isn't understood.
    """
    wanted: dict[Path, list[str]] = {}
    for name, text in _pairs(query):
        path = (*below, *name.split("."))
        if not all(path) or not knows(resource, path):
            raise _unclear(f"no event has '{_short(name)}'")
        wanted.setdefault(path, []).extend(value.strip() for value in values_in(text))
    return tuple(resource.condition(path, tuple(dict.fromkeys(values))) for path, values in wanted.items())


def selections_of(versions: Iterable[Version]) -> Selections:
    """Return what reads the queries of subscriptions to any of these API versions, or topics behind them, each once.

    Their attributes were known when the subscriptions were made. A query that was understood then may not be any more,
    after an upgrade: it selects nothing, and the log says so.
    """
    wordings = ChannelWordings(versions)

    @lru_cache(maxsize=4096)
    def selection(channel: Channel, query: str) -> Selection:
        try:
            if posted := wordings.posted(channel):
                return read_selection_of_posted(query, posted, channel.topic, lambda *_any: True)
            return read_selection_of_events(query, wordings.told(channel), lambda *_any: True)
        except BssError as error:
            log.error("subscription.unreadable", **channel._asdict(), query=query, reason=error.reason)
            return Selection()

    return selection


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    text = query.strip().removeprefix("?")
    for part in text.split("&") if text else ():
        name, equals, values = (unquote_plus(piece).strip() for piece in part.partition("="))
        if not name or not equals or not all(value.strip() for value in values_in(values)):
            raise _unclear(f"'{_short(part)}' is not understood")
        yield name, values


def _criteria(pairs: Sequence[tuple[str, str]], wording: EventWording, knows: Knows) -> tuple[Condition, ...] | None:
    """Return filters as conditions on the documents that an event tells of; None where it lacks an attribute."""
    below = f"{PAYLOAD}.{wording.subject}."
    wanted: dict[str, list[str]] = {}
    for name, text in pairs:
        if not name.startswith(below):
            return None
        wanted.setdefault(name.removeprefix(below), []).extend(value.strip() for value in values_in(text))
    paths = {name: tuple(name.split(".")) for name in wanted}
    if not all(all(path) and knows(wording.resource, path) for path in paths.values()):
        return None
    return tuple(wording.resource.condition(paths[name], tuple(dict.fromkeys(wanted[name]))) for name in wanted)


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
