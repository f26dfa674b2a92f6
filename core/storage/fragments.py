"""Pieces of SQL with the values that belong to them; every value has a name of its own and is bound, never written."""

from __future__ import annotations

from itertools import count
from typing import Any

from sqlalchemy import TextClause, text


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
