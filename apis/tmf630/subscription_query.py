"""Reads the `query` of a subscription: types of events, and filters on what they tell of (TMF630 part 1).

    eventType=ProductOrderStateChangeEvent&event.productOrder.state=completed,partial

Attributes are called as the API version calls them, and filters are read as those of its lists, `filter` among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain
from urllib.parse import unquote_plus

from apis.tmf630.attributes import Attributes
from apis.tmf630.channels import ChannelWordings, PostedWording
from apis.tmf630.conditions import MIXTURE, Pairs, are_mixed, filters_in
from apis.tmf630.criteria import read_criteria
from apis.tmf630.envelope import ALWAYS, NEVER, envelope_of
from apis.tmf630.jsonpath_expressions import alternatives_in
from apis.tmf630.jsonpath_filter import PLACE
from apis.tmf630.notifications import EventWording
from apis.tmf630.version import Version
from core.errors import BssError, Conflict, InvalidInput
from core.events.selection import Channel, EventKind, Selection, Selections
from core.logs import get_logger
from core.query import Condition, Criterion, Path
from core.query_string import parts_of

EVENT_TYPE = "eventType"
PAYLOAD = "event"
HINT = (
    "; a query selects types of events and attributes of what they tell of: "
    "eventType=<type>,<type>&event.<resource>.<attribute>=<value>"
)
Wordings = Mapping[EventKind, EventWording]
# Makes the attributes of a resource, whose paths begin with `within`.
AttributesOf = Callable[..., Attributes]
IsAbsent = Callable[[Attributes], bool]
log = get_logger(__name__)


def read_selection_of_events(
    query: str, wordings: Wordings, attributes_of: AttributesOf, is_absent: IsAbsent = lambda _any: True
) -> Selection:
    """Return what a query selects of the events of an API version; an empty one takes all of them.

    `is_absent` is asked where a query has attributes that no schema knows: whether there are none such.

    Parts are joined by `&` and must all be met; names and values may be URL-encoded. Raises Conflict, which names the
    part that isn't understood: a subscription is never taken for one to everything, or to nothing, by mistake.
    """
    pairs = list(_pairs(query))
    types = {
        value.strip() for pair in pairs if _names_types(pair) for each in filters_in(*pair) for value in each.values
    }
    filters = [pair for pair in pairs if not _names_types(pair)]
    _refuse_unknown_types(types, wordings)
    _refuse_unclear_alternatives(filters, bool(types))
    offered = [wording.event_type for wording in wordings.values()]
    asked = {kind: wording for kind, wording in wordings.items() if not types or wording.event_type in types}
    # An event that lacks an attribute can't meet a filter on it, and isn't taken.
    wanted, unknown = {}, dict[str, None]()
    for kind, wording in asked.items():
        beside = envelope_of(wording, offered)
        for subject in wording.subjects:
            attributes = attributes_of(wording.resource, within=(PAYLOAD, subject), beside=beside)
            criteria = _criteria(filters, attributes)
            if criteria is not None:
                break
        if criteria is None or (attributes.extensions and is_absent(attributes)):
            unknown |= dict.fromkeys(_unknown_names(attributes))
        elif NEVER not in criteria:
            wanted[kind] = tuple(each for each in criteria if each != ALWAYS)
    if filters and not wanted:
        verb, names = ("has", unknown) if unknown else ("meets", dict.fromkeys(name for name, _ in filters))
        raise _unclear(f"no event that the query takes {verb} {_quoted(names)}")
    return Selection(wanted)


def read_selection_of_posted(
    query: str,
    wording: PostedWording,
    topic: str,
    attributes: Attributes,
    is_absent: IsAbsent = lambda _any: False,
) -> Selection:
    """Return what a query selects of the events that are posted to a topic; `eventType` is an attribute as the others.

    Raises Conflict, which names the part that isn't understood.
    """
    of_topic = Condition((wording.resource.owner,), (topic,))
    return Selection({wording.kind: (of_topic, *read_event_criteria(query, attributes, is_absent))})


def read_event_criteria(query: str, attributes: Attributes, is_absent: IsAbsent) -> tuple[Criterion, ...]:
    """Return what a query asks of events as resources.

    Raises Conflict, which names the part that isn't understood.
    """
    criteria = _criteria(list(_pairs(query)), attributes)
    if criteria is None or (attributes.extensions and is_absent(attributes)):
        raise _unclear(f"no event has {_quoted(_unknown_names(attributes))}")
    return criteria


def selections_of(versions: Iterable[Version]) -> Selections:
    """Return what reads the queries of subscriptions to any of these API versions, or topics behind them, each once.

    Their attributes were known when the subscriptions were made. A query that was understood then may not be any more,
    after an upgrade: it selects nothing, and the log says so.
    """
    wordings, accepting = ChannelWordings(versions), partial(Attributes, accepts_any=True)

    @lru_cache(maxsize=4096)
    def selection(channel: Channel, query: str) -> Selection:
        try:
            if posted := wordings.posted(channel):
                return read_selection_of_posted(query, posted, channel.topic, accepting(posted.resource))
            return read_selection_of_events(query, wordings.told(channel), accepting)
        except BssError as error:
            log.error("subscription.unreadable", **channel._asdict(), query=query, reason=error.reason)
            return Selection()

    return selection


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    text = query.strip().removeprefix("?")
    for part in parts_of(text) if text else ():
        name, _, values = (unquote_plus(piece).strip() for piece in part.partition("="))
        said = [values] if name == PLACE else chain.from_iterable(each.values for each in filters_in(name, values))
        if not name or not all(value.strip() for value in said):
            raise _unclear(f"'{_short(part)}' is not understood")
        yield name, values


def _names_types(pair: tuple[str, str]) -> bool:
    """Tell whether a pair lists types of events; with another operator the type is an attribute as the others."""
    return pair[0] == EVENT_TYPE and all(
        each.path == (EVENT_TYPE,) and each.operator == "eq" for each in filters_in(*pair)
    )


def _refuse_unclear_alternatives(filters: Pairs, has_types: bool) -> None:
    """Refuse `;` where lists refuse it, and alternatives no event can have all of: some would be missed silently."""
    for name, text in filters:
        said = [] if name == PLACE else list(filters_in(name, text))
        if has_types and are_mixed(said):
            raise _unclear(f"{_short(name)}: {MIXTURE}")
        groups = _alternatives_of_jsonpath(text) if name == PLACE else [[each.path for each in said]]
        if any(len({path[:2] if path[:1] == (PAYLOAD,) else () for path in paths}) > 1 for paths in groups):
            reason = "alternatives are about the event itself, or one resource that it tells of"
            raise _unclear(f"{_short(name)}: {reason}; make a subscription for each")


def _alternatives_of_jsonpath(text: str) -> list[list[Path]]:
    try:
        return list(alternatives_in(text))
    except InvalidInput as error:
        raise _unclear(error.faults[0].reason) from error


def _unknown_names(attributes: Attributes) -> list[str]:
    faults = [fault.path for fault in attributes.faults if fault.code == "unknownAttribute"]
    return [*faults, *attributes.extensions.values()]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{_short(name)}'" for name in names)


def _criteria(filters: Pairs, attributes: Attributes) -> tuple[Criterion, ...] | None:
    try:
        return read_criteria(filters, attributes)
    except InvalidInput as error:
        raise _unclear(error.faults[0].reason if error.faults else error.reason) from error


def _refuse_unknown_types(types: Iterable[str], wordings: Wordings) -> None:
    offered = sorted(wording.event_type for wording in wordings.values())
    for event_type in sorted(set(types) - set(offered)):
        known = ", ".join(offered) or "none"
        reason = f"'{_short(event_type)}' is no event type of this API version; it has: {known}"
        raise Conflict(reason, path="query", code="unknownEventType")


def _unclear(reason: str) -> Conflict:
    return Conflict(f"{reason}{HINT}", path="query", code="unknownQuery")


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:100]}..."
