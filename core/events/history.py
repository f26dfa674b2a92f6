"""What has happened, read from the outbox for as long as it is kept: one event, or those of some kinds in pages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, bindparam, func, or_, select, union_all

from core.entity import Document
from core.events.selection import EventKind
from core.storage.tables import outbox

# Up to where a page of some kinds of events is found by going through each kind from its first.
MOST_BY_KIND = 1_000_000


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as it was written. `position` rises in the order of commits; `changed` lists first-level attributes."""

    event_id: str
    entity: str
    entity_id: str
    kind: str
    occurred_at: datetime
    correlation_id: str
    payload: Document
    changed: tuple[str, ...] = ()
    position: int = 0

    @property
    def resource(self) -> tuple[str, str]:
        """Return what the event is about; events about the same are delivered in their order."""
        return self.entity, self.entity_id


# When something happened, and the identifier of the event: an order of events that has no doubt.
Moment = tuple[datetime, str]


class Place(NamedTuple):
    """Where an event is, without what it tells."""

    position: int
    occurred_at: datetime
    event_id: str
    entity: str
    kind: str


# The columns of the outbox that make it, called as its attributes are.
HAPPENED = (
    outbox.c.id.label("event_id"),
    outbox.c.entity,
    outbox.c.entity_id,
    outbox.c.kind,
    outbox.c.occurred_at,
    outbox.c.correlation_id,
    outbox.c.payload,
    outbox.c.changed,
    outbox.c.position,
)


_PLACE = (outbox.c.position, outbox.c.occurred_at, outbox.c.id, outbox.c.entity, outbox.c.kind)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of history: kinds of events, the time that they happened in, `[since, until)`, identifiers (None: all)."""

    kinds: Collection[EventKind] | None = None
    since: datetime | None = None
    until: datetime | None = None
    events: Collection[str] | None = None


def find_events(
    connection: Connection, tenant: str, span: Span, after: int, limit: int, offset: int = 0
) -> list[Happened]:
    """Return up to `limit` events of a brand beyond the position `after` (0: from the first), in their order.

    The first `offset` of them are passed over.
    """
    found = select(*HAPPENED).order_by(outbox.c.position)
    if offset + limit <= MOST_BY_KIND and _is_of_kinds(span):
        found = found.where(outbox.c.position.in_(_positions(tenant, span, after, limit, offset)))
    else:
        found = found.where(within(tenant, span), outbox.c.position > after)
        found = found.limit(limit).offset(bindparam("b_offset", offset, BigInteger))
    rows = connection.execute(found)
    return [Happened(**happened(row)) for row in rows]


def count_events(connection: Connection, tenant: str, span: Span, most: int | None = None) -> int:
    """Return how many events of a brand a part of history has; one more than `most` stands for any number beyond it."""
    by_kind = [(outbox.c.tenant == tenant) & _of_kind(kind) for kind in span.kinds or ()]
    clauses = by_kind if _is_of_kinds(span) else [within(tenant, span)]
    bound = None if most is None else most + 1
    counts = (
        select(func.count()).select_from(select(outbox.c.position).where(clause).limit(bound).subquery())
        for clause in clauses
    )
    counted = sum(connection.execute(union_all(*counts)).scalars())
    return counted if bound is None else min(counted, bound)


def find_places(connection: Connection, tenant: str, span: Span) -> list[Place]:
    """Return where all events of a part of history are, in no order. That they are few is for the caller to see to."""
    places = select(*_PLACE)
    if span.kinds is not None and not span.kinds:
        return []
    if _is_of_kinds(span):
        each = [places.where(outbox.c.tenant == tenant, _of_kind(kind)) for kind in span.kinds or ()]
        return [Place(*row) for row in connection.execute(union_all(*each))]
    # Kinds are left out: of two indexes a database might choose the one that finds more.
    found = (Place(*row) for row in connection.execute(places.where(within(tenant, replace(span, kinds=None)))))
    return [place for place in found if span.kinds is None or (place.entity, place.kind) in span.kinds]


def find_places_of_kinds(connection: Connection, tenant: str, span: Span, after: int, limit: int) -> list[Place]:
    """Return where up to `limit` events of a span's kinds are, whenever they happened, beyond the position `after`."""
    if not span.kinds:
        return []
    positions = _positions(tenant, span, after, limit, 0)
    found = select(*_PLACE).where(outbox.c.position.in_(positions)).order_by(outbox.c.position)
    return [Place(*row) for row in connection.execute(found)]


def find_places_by_time(
    connection: Connection, tenant: str, span: Span, after: Moment | None, limit: int, *, descending: bool
) -> list[Place]:
    """Return where the events of all kinds in a span of time are, up to `limit`, in its order from a moment on."""
    at, by_id = outbox.c.occurred_at, outbox.c.id
    found = select(*_PLACE).where(within(tenant, replace(span, kinds=None)))
    if after is not None:
        time, identifier = after
        beyond = (at < time) | (by_id < identifier) if descending else (at > time) | (by_id > identifier)
        found = found.where(at <= time if descending else at >= time, beyond)
    order = (at.desc(), by_id.desc()) if descending else (at, by_id)
    return [Place(*row) for row in connection.execute(found.order_by(*order).limit(limit))]


def read_events(connection: Connection, tenant: str, places: Sequence[Place]) -> list[Happened]:
    """Return the events at some places, in the order of these."""
    positions = [place.position for place in places]
    found = select(*HAPPENED).where(outbox.c.tenant == tenant, outbox.c.position.in_(positions))
    events = {row.position: Happened(**happened(row)) for row in connection.execute(found)} if places else {}
    return [events[position] for position in positions if position in events]


def get_event(connection: Connection, tenant: str, event_id: str) -> Happened | None:
    """Return an event of a brand, None where there is none or it isn't kept any more."""
    row = connection.execute(select(*HAPPENED).where(outbox.c.tenant == tenant, outbox.c.id == event_id)).first()
    return None if row is None else Happened(**happened(row))


def happened(row: Any) -> dict[str, Any]:
    """Return the attributes of `Happened` from a row of the columns `HAPPENED`."""
    return {**row._mapping, "changed": tuple(row.changed or ())}


def within(tenant: str, span: Span) -> ColumnElement[bool]:
    """Return the condition for the events of a brand in a part of history."""
    conditions: list[ColumnElement[bool]] = [outbox.c.tenant == tenant]
    if span.kinds is not None:
        conditions.append(or_(*(_of_kind(kind) for kind in span.kinds)) if span.kinds else outbox.c.id.is_(None))
    if span.events is not None:
        conditions.append(outbox.c.id.in_(span.events))
    if span.since is not None:
        conditions.append(outbox.c.occurred_at >= span.since)
    if span.until is not None:
        conditions.append(outbox.c.occurred_at < span.until)
    return and_(*conditions)


def _is_of_kinds(span: Span) -> bool:
    """Tell whether the index by kind has all that a part of history asks for."""
    return bool(span.kinds) and span.since is None and span.until is None and span.events is None


def _positions(tenant: str, span: Span, after: int, limit: int, offset: int) -> Select[Any]:
    """Return where the events of a page are. Each kind is looked up by itself: no database would choose that."""
    position = outbox.c.position
    firsts = [
        select(position)
        .where(outbox.c.tenant == tenant, _of_kind(kind), position > after)
        .order_by(position)
        .limit(offset + limit)
        .subquery()
        for kind in span.kinds or ()
    ]
    known = union_all(*(select(first.c.position) for first in firsts)).subquery()
    return select(known.c.position).order_by(known.c.position).limit(limit).offset(offset)


def _of_kind(kind: EventKind) -> ColumnElement[bool]:
    entity, what = kind
    return (outbox.c.entity == entity) & (outbox.c.kind == what)
