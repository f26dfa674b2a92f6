"""What has happened, read from the outbox for as long as it is kept: one event, or those of some kinds in pages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, bindparam, func, or_, select, union_all

from core.clock import EARLIEST
from core.entity import Document
from core.events.selection import EventKind
from core.storage.fragments import Fragments
from core.storage.parts import document_of, part_of
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
    if offset + limit <= MOST_BY_KIND and is_of_kinds(span):
        found = found.where(outbox.c.position.in_(positions_of_kinds(tenant, span, after, limit, offset)))
    else:
        found = found.where(within(tenant, span), outbox.c.position > after)
        found = found.limit(limit).offset(bindparam("b_offset", offset, BigInteger))
    rows = connection.execute(found)
    return [Happened(**happened(row)) for row in rows]


def count_events(connection: Connection, tenant: str, span: Span, most: int | None = None, after: int = 0) -> int:
    """Return how many events of a brand a part of history has beyond the position `after` (0: from the first).

    One more than `most` stands for any number beyond it.
    """
    clauses = each_kind(tenant, span) if is_of_kinds(span) else [within(tenant, span)]
    bound = None if most is None else most + 1
    counts = (
        select(func.count()).select_from(_beyond(after).where(clause).limit(bound).subquery()) for clause in clauses
    )
    counted = sum(connection.execute(union_all(*counts)).scalars())
    return counted if bound is None else min(counted, bound)


def read_events(connection: Connection, tenant: str, positions: Sequence[int]) -> list[Happened]:
    """Return the events at some positions, in the order of these."""
    found = select(*HAPPENED).where(outbox.c.tenant == tenant, outbox.c.position.in_(positions))
    events = {row.position: Happened(**happened(row)) for row in connection.execute(found)} if positions else {}
    return [events[position] for position in positions if position in events]


def read_parts(
    connection: Connection, tenant: str, positions: Sequence[int], names: Sequence[str]
) -> Iterator[Happened]:
    """Yield the events at some positions, in no order: what they are about, and of what they tell attributes by name.

    When they happened, and what has changed, takes time to read, and isn't.
    """
    fragments, columns = Fragments(), outbox.c
    parts = [part_of("outbox.payload", name, fragments) for name in names]
    beside = (columns.position, columns.id, columns.entity, columns.entity_id, columns.kind, columns.correlation_id)
    found = select(*beside, *parts).where(columns.tenant == tenant, columns.position.in_(positions))
    for position, event_id, entity, entity_id, kind, correlation_id, *texts in connection.execute(found):
        told = document_of(names, texts)
        yield Happened(event_id, entity, entity_id, kind, EARLIEST, correlation_id, told, (), position)


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


def is_of_kinds(span: Span) -> bool:
    """Tell whether the index by kind has all that a part of history asks for."""
    return bool(span.kinds) and span.since is None and span.until is None and span.events is None


def _beyond(after: int) -> Select[Any]:
    position = outbox.c.position
    return select(position).where(position > after) if after else select(position)


def each_kind(tenant: str, span: Span) -> list[ColumnElement[bool]]:
    """Return the condition for the events of each kind of a part of history, which the index by kind answers."""
    return [(outbox.c.tenant == tenant) & _of_kind(kind) for kind in span.kinds or ()]


def positions_of_kinds(tenant: str, span: Span, after: int, limit: int, offset: int = 0) -> Select[Any]:
    """Return where the events of a page are. Each kind is looked up by itself: no database would choose that."""
    position = outbox.c.position
    firsts = [
        select(position).where(one, position > after).order_by(position).limit(offset + limit).subquery()
        for one in each_kind(tenant, span)
    ]
    known = union_all(*(select(first.c.position) for first in firsts)).subquery()
    return select(known.c.position).order_by(known.c.position).limit(limit).offset(offset)


def _of_kind(kind: EventKind) -> ColumnElement[bool]:
    entity, what = kind
    return (outbox.c.entity == entity) & (outbox.c.kind == what)
