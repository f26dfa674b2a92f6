"""The order of a list: by derived columns or by any attribute, identifiers last; and where the next page begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Table

from core.clock import parse_instant
from core.entity import Column, Entity
from core.evaluation import unclear
from core.query import Order
from core.storage.fragments import Fragments
from core.storage.search import columns_of
from core.storage.search_postgresql import accessor, instant_of
from core.storage.search_sqlite import chain

_SCALARS = '(@.type() == "string" || @.type() == "number" || @.type() == "boolean")'


class Key(Protocol):
    """One thing that a list is sorted by. Missing values come last, or first where it descends."""

    descending: bool

    def shown(self) -> Any:
        """Return what to select, so that a page knows where it ends."""

    def placed(self) -> Any:
        """Return what to order by."""

    def same(self, value: Any) -> Any:
        """Return the clause of rows that have a value."""

    def beyond(self, value: Any) -> Iterator[Any]:
        """Yield clauses of the rows after those that have a value, the nearest first."""


class ColumnKey:
    """A derived column, or the identifier, which an index has in order."""

    def __init__(self, table: Table, column: Column, *, descending: bool) -> None:
        self._column = table.c[column.name]
        self._is_instant = column.kind == "instant"
        self._is_identifier = column.name == "id"
        self.descending = descending

    def shown(self) -> ColumnElement[Any]:
        """Return the column."""
        return self._column

    def placed(self) -> ColumnElement[Any]:
        """Return the column in its direction."""
        if self._is_identifier:
            return self._column.desc() if self.descending else self._column.asc()
        return self._column.desc().nulls_first() if self.descending else self._column.asc().nulls_last()

    def same(self, value: Any) -> ColumnElement[bool]:
        """Compare the column."""
        return self._column.is_(None) if value is None else self._column == self._read(value)

    def beyond(self, value: Any) -> Iterator[ColumnElement[bool]]:
        """Compare the column; rows without a value come last, or first where it descends."""
        if value is None:
            if self.descending:
                yield self._column.is_not(None)
            return
        yield self._column < self._read(value) if self.descending else self._column > self._read(value)
        if not self.descending and not self._is_identifier:
            yield self._column.is_(None)

    def _read(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise unclear()
        return parse_instant(value) if self._is_instant else value


class TextKey:
    """An expression over the document that is never NULL, as text of SQL."""

    def __init__(self, sql: str, fragments: Fragments, kind: type, *, descending: bool) -> None:
        self._sql, self._fragments, self._kind = sql, fragments, kind
        self.descending = descending

    def shown(self) -> Any:
        """Return the expression."""
        return self._fragments.clause(self._sql)

    def placed(self) -> Any:
        """Return the expression in its direction."""
        return self._fragments.clause(f"{self._sql} {'DESC' if self.descending else 'ASC'}")

    def same(self, value: Any) -> Any:
        """Compare the expression."""
        return self._fragments.clause(f"{self._sql} = {self._bound(value)}")

    def beyond(self, value: Any) -> Iterator[Any]:
        """Compare the expression."""
        yield self._fragments.clause(f"{self._sql} {'<' if self.descending else '>'} {self._bound(value)}")

    def _bound(self, value: Any) -> str:
        if self._kind is datetime and isinstance(value, str):
            return f"CAST({self._fragments.bind(parse_instant(value))} AS timestamptz)"
        if self._kind is Decimal and isinstance(value, int | Decimal) and not isinstance(value, bool):
            return f"CAST({self._fragments.bind(Decimal(value))} AS numeric)"
        if self._kind is str and isinstance(value, str):
            return self._fragments.bind(value)
        if self._kind is int and type(value) is int and 0 <= value < 10:
            return self._fragments.bind(value)
        raise unclear()


def keys_of(entity: Entity, table: Table, sort: Sequence[Order], dialect: str, fragments: Fragments) -> list[Key]:
    """Return what rows are sorted by, the identifier last."""
    columns = columns_of(entity)
    keys: list[Key] = []
    for order in sort:
        if has_order(columns.get(order.path), order):
            keys.append(ColumnKey(table, columns[order.path], descending=order.descending))
        else:
            parts = _postgresql if dialect == "postgresql" else _sqlite
            keys += [
                TextKey(sql, fragments, kind, descending=order.descending)
                for sql, kind in parts(f"{table.name}.document", order, fragments)
            ]
    descending = bool(sort) and sort[-1].descending
    return [*keys, ColumnKey(table, columns[("id",)], descending=descending)]


def has_order(column: Column | None, order: Order) -> bool:
    """Tell whether a derived column has the order that is asked for."""
    return column is not None and column.kind == order.kind and not order.shown


def strata(keys: Sequence[Key], after: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield the clauses of the rows after a place, in parts that follow one another, each a range of an index."""
    if len(after) != len(keys):
        raise unclear()
    try:
        for place in reversed(range(len(keys))):
            same = [key.same(value) for key, value in zip(keys[:place], after[:place], strict=True)]
            for clause in keys[place].beyond(after[place]):
                yield [*same, clause]
    except (ValueError, TypeError, ArithmeticError) as error:
        raise unclear() from error


def written_keys(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return the keys of a row as JSON can say them."""
    return tuple(value.isoformat() if isinstance(value, datetime) else value for value in values)


def _sqlite(source: str, order: Order, fragments: Fragments) -> list[tuple[str, type]]:
    nodes = chain(source, order.path, fragments)
    if order.kind == "instant":
        at = nodes.first(f"instant({nodes.last}.value)", f"instant({nodes.last}.value) IS NOT NULL")
        return [(f"({at} IS NULL)", int), (f"coalesce({at}, '')", str)]
    kinds = f"{nodes.last}.type IN ('integer', 'real', 'text', 'true', 'false')"
    said = _as_shown(f"{nodes.last}.value", order, fragments)
    at = f"instant({said})" if order.kind == "any" else "NULL"
    rank = (
        f"CASE {nodes.last}.type WHEN 'text' THEN CASE WHEN {at} IS NULL THEN 2 ELSE 1 END "
        "WHEN 'true' THEN 3 WHEN 'false' THEN 3 ELSE 0 END"
    )
    key = (
        f"CASE {nodes.last}.type WHEN 'text' THEN coalesce({at}, {said}) "
        f"WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE number_key({nodes.json}) END"
    )
    return [(f"coalesce({nodes.first(rank, kinds)}, 4)", int), (f"coalesce({nodes.first(key, kinds)}, '')", str)]


def _as_shown(text: str, order: Order, fragments: Fragments) -> str:
    """Return the text that is shown for that of an expression."""
    words = [f"WHEN {fragments.bind(stored)} THEN {fragments.bind(shown)}" for stored, shown in order.shown]
    return f"(CASE {text} {' '.join(words)} ELSE {text} END)" if words else text


def _postgresql(source: str, order: Order, fragments: Fragments) -> list[tuple[str, type]]:
    if order.kind == "instant":
        name = fragments.alias()
        path = fragments.bind(f'{accessor("$", order.path)} ? (@.type() == "string")')
        at = instant_of(f"({name}.node #>> '{{}}')", fragments)
        nodes = f"jsonb_path_query({source}, CAST({path} AS jsonpath)) AS {name}(node)"
        first = (
            f"(SELECT {name}.at FROM (SELECT {at} AS at FROM {nodes}) AS {name} WHERE {name}.at IS NOT NULL LIMIT 1)"  # noqa: S608
        )
        return [
            (f"CASE WHEN {first} IS NULL THEN 1 ELSE 0 END", int),
            (f"coalesce({first}, CAST('epoch' AS timestamptz))", datetime),
        ]
    path = fragments.bind(f"{accessor('$', order.path)} ? {_SCALARS}")
    node = f"jsonb_path_query_first({source}, CAST({path} AS jsonpath))"
    kind, said = f"jsonb_typeof({node})", _as_shown(f"({node} #>> '{{}}')", order, fragments)
    at = f"(CASE {kind} WHEN 'string' THEN {instant_of(said, fragments)} END)" if order.kind == "any" else "NULL"
    is_text = f"{kind} IN ('string', 'boolean') AND {at} IS NULL"
    rank = f"WHEN 'string' THEN CASE WHEN {at} IS NULL THEN 2 ELSE 1 END WHEN 'boolean' THEN 3 ELSE 4 END"
    keys: list[tuple[str, type]] = [
        (f"CASE {kind} WHEN 'number' THEN 0 {rank}", int),
        (f"CASE {kind} WHEN 'number' THEN CAST({node} AS numeric) ELSE 0 END", Decimal),
    ]
    if order.kind == "any":
        keys.append((f"coalesce({at}, CAST('epoch' AS timestamptz))", datetime))
    return [*keys, (f"(CASE WHEN {is_text} THEN {said} ELSE '' END) COLLATE \"C\"", str)]
