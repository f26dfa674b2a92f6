"""Where the events are that are wanted, found by looking at no more of them than is allowed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Select, SelectBase, func, select, true, union_all

from core.events.criteria import Wanted, clause_of_wanted
from core.events.history import Span, count_events, each_kind, is_of_kinds, positions_of_kinds, within
from core.storage.fragments import by_name
from core.storage.tables import outbox

# The key of an event in a turn: its position, or when it happened and its identifier.
Key = tuple[Any, ...]
_LOOKED_AT = [
    outbox.c[name]
    for name in ("tenant", "id", "position", "entity", "entity_id", "kind", "occurred_at", "correlation_id", "payload")
]


@dataclass(frozen=True, slots=True)
class Turn:
    """An order in which an index has events: by position, as they were told, or by time."""

    by_time: bool = False
    descending: bool = False

    @property
    def order(self) -> list[Any]:
        """Return what to order by."""
        columns = (outbox.c.occurred_at, outbox.c.id) if self.by_time else (outbox.c.position,)
        return [column.desc() if self.descending else column.asc() for column in columns]

    def beyond(self, key: Key | None) -> Any:
        """Return the clause of the events after one in this order."""
        if key is None:
            return true()
        if not self.by_time:
            return outbox.c.position > key[0]
        at, by_id, (time, identifier) = outbox.c.occurred_at, outbox.c.id, key
        if self.descending:
            return (at <= time) & ((at < time) | (by_id < identifier))
        return (at >= time) & ((at > time) | (by_id > identifier))


@dataclass(frozen=True)
class Search:
    """The events of a brand in a part of history that meet criteria, by their kinds, which are those of the span."""

    connection: Connection
    tenant: str
    span: Span
    wanted: Wanted

    def first(self, turn: Turn, after: Key | None, most: int, limit: int) -> list[int]:
        """Return where the first `limit` are, in turn, of those found among the `most` events after a key."""
        looked_at = self._onwards(turn, after, most, _LOOKED_AT)
        return list(self.connection.execute(self._met(looked_at).limit(limit)).scalars())

    def left(self, turn: Turn, after: Key | None, most: int) -> int:
        """Return how many events there are to look at after a key; `most` stands for any number beyond it."""
        if not turn.by_time:
            of_kinds = Span(self.span.kinds)
            return min(most, count_events(self.connection, self.tenant, of_kinds, most, after[0] if after else 0))
        looked_at = self._onwards(turn, after, most, [outbox.c.position]).subquery()
        return int(self.connection.execute(select(func.count()).select_from(looked_at)).scalar_one())

    def all(self, turn: Turn, after: Key | None) -> list[tuple[int, bool]]:
        """Return where all of them are, in turn, each with whether it is after a key.

        That few have to be looked at is for the caller to see to.
        """
        if not self.span.kinds:
            return []
        found = self._met(self._narrowed(), turn.beyond(after)).order_by(*map(by_name, turn.order))
        return [(position, bool(is_beyond)) for position, is_beyond in self.connection.execute(found)]

    def count_of_kinds(self) -> int:
        """Return how many there are whatever they tell; the caller sees to it that few have to be looked at."""
        of_kinds = replace(self, wanted={})._met(self._narrowed()).subquery()
        return int(self.connection.execute(select(func.count()).select_from(of_kinds)).scalar_one())

    @cached_property
    def _clause(self) -> Any:
        clause = clause_of_wanted(self.wanted, self.connection.dialect.name)
        return true() if clause is None else clause

    def _met(self, looked_at: SelectBase, *shown: Any) -> Select[Any]:
        """Return where those are, of events that are looked at, that are wanted. The clauses speak of the outbox."""
        columns = [by_name(each) for each in (outbox.c.position, *shown)]
        found = select(*columns).select_from(looked_at.subquery(outbox.name))
        return found.where(by_name(within(self.tenant, self.span)), self._clause)

    def _onwards(self, turn: Turn, after: Key | None, most: int, columns: list[Any]) -> Select[Any]:
        """Return the events that an index has next in turn: all kinds by time, those of the span by position."""
        found = select(*columns).order_by(*turn.order).limit(most)
        if turn.by_time:
            return found.where(within(self.tenant, self._of_any_kind), turn.beyond(after))
        positions = positions_of_kinds(self.tenant, self.span, after[0] if after else 0, most)
        return found.where(outbox.c.position.in_(positions))

    @property
    def _of_any_kind(self) -> Span:
        return replace(self.span, kinds=None)

    def _narrowed(self) -> SelectBase:
        """Return what the index leaves that finds least, in no order."""
        if is_of_kinds(self.span):
            return union_all(*(select(*_LOOKED_AT).where(one) for one in each_kind(self.tenant, self.span)))
        # Kinds are left for later: of two indexes a database might choose the one that finds more.
        return select(*_LOOKED_AT).where(within(self.tenant, self._of_any_kind)).offset(0)
