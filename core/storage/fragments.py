"""Pieces of SQL with the values that belong to them; every value has a name of its own and is bound, never written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from sqlalchemy import Column, ColumnElement, TextClause, literal_column, text
from sqlalchemy.sql.visitors import replacement_traverse

from core.query import AllOf, AnyOf, Criterion, Negation

_MOST_IN_A_ROW = 100


class Fragments:
    """The values of one statement, by name, while its text is put together from names of our own."""

    def __init__(self) -> None:
        self._numbers = count()
        self._values: dict[str, Any] = {}

    def bind(self, value: Any) -> str:
        """Return the place of a value in the text: `:v7`."""
        name = f"v{next(self._numbers)}"
        self._values[name] = value
        return f":{name}"

    def alias(self) -> str:
        """Return a name that no other part of the statement has."""
        return f"j{next(self._numbers)}"

    def clause(self, sql: str) -> TextClause:
        """Return a text with those of the values that it has places for."""
        clause = text(sql)
        return clause.bindparams(**{name: self._values[name] for name in clause._bindparams if name in self._values})


def joined(tests: Sequence[str], sign: str) -> str:
    """Return tests that one sign joins, many of them in groups: to a database a chain is as deep as it is long."""
    if len(tests) <= _MOST_IN_A_ROW:
        return sign.join(tests)
    groups = (tests[place : place + _MOST_IN_A_ROW] for place in range(0, len(tests), _MOST_IN_A_ROW))
    return sign.join(f"({sign.join(group)})" for group in groups)


def combined(criterion: AllOf | AnyOf | Negation, clause_of: Callable[[Criterion], str]) -> str:
    """Return the test of a criterion that is made of others, each of which `clause_of` gives the test of."""
    match criterion:
        case AllOf(parts):
            return f"({joined([*map(clause_of, parts)], ' AND ')})"
        case AnyOf(parts):
            return f"({joined([*map(clause_of, parts)], ' OR ')})"
        case Negation(part):
            return f"(NOT {clause_of(part)})"


def by_name(clause: Any) -> Any:
    """Return a clause that has columns by their names, whatever has the table's name where it stands."""
    return clause if isinstance(clause, TextClause) else replacement_traverse(clause, {}, _named)


def _named(element: Any, **_: Any) -> ColumnElement[Any] | None:
    if not isinstance(element, Column):
        return None
    return literal_column(f'{element.table.name}."{element.name}"', element.type)
