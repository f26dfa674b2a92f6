"""Which events a subscription takes, as the `query` of its hub registration says (TMF630 part 1, notifications)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_plus

from core.errors import Conflict

ATTRIBUTE = "eventType"
EXAMPLE = "eventType=CustomerCreateEvent,CustomerDeleteEvent"


@dataclass(frozen=True, slots=True)
class Selection:
    """The event types that are taken; None means all of the API."""

    event_types: frozenset[str] | None = None

    def takes(self, event_type: str) -> bool:
        """Tell whether an event of this type is wanted."""
        return self.event_types is None or event_type in self.event_types

    def refuse_unknown(self, offered: Collection[str]) -> None:
        """Refuse (Conflict) an event type that the API version never sends: it would silently match nothing."""
        for event_type in sorted((self.event_types or frozenset()) - set(offered)):
            known = ", ".join(sorted(offered)) or "none"
            raise Conflict(
                f"'{_short(event_type)}' is no event type of this API version; it has: {known}",
                path="query",
                code="unknownEventType",
            )


@lru_cache(maxsize=1024)
def parse_selection(query: str) -> Selection:
    """Read a subscription's query: `eventType=A,B` or `eventType=A&eventType=B`; empty takes everything.

    Names and values may be URL-encoded, values may stand in quotes. Raises Conflict, which names the part that
    isn't understood: a subscription is never taken for one to everything by mistake.
    """
    text = query.strip().removeprefix("?")
    if not text:
        return Selection()
    return Selection(frozenset(value for part in text.split("&") for value in _event_types(part)))


def _event_types(part: str) -> Iterator[str]:
    name, equals, values = (unquote_plus(piece).strip() for piece in part.partition("="))
    if name != ATTRIBUTE or not equals:
        raise _unclear(part)
    for value in values.split(","):
        event_type = _unquoted(value.strip())
        if not event_type:
            raise _unclear(part)
        yield event_type


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1].strip() if quoted else value


def _unclear(part: str) -> Conflict:
    return Conflict(
        f"'{_short(part)}' is not understood; a query selects event types, for example {EXAMPLE}",
        path="query",
        code="unknownQuery",
    )


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:100]}..."
