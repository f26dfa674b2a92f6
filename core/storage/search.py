"""Which SQL a criterion becomes, and what of it an index answers; values are bound, never written into the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, false, or_

from core.entity import Column, Entity
from core.evaluation import COMPARISONS
from core.query import AllOf, Condition, Criterion, Judged, Path, leaves
from core.storage import search_postgresql, search_sqlite
from core.storage.fragments import Fragments
from core.storage.types import LONGEST_WORD
from core.values import Reading, wanted_by

# What a folded word begins with is as it was.
_AS_IT_WAS = LONGEST_WORD - 64
_IDENTIFIER = Column("id", "id")


@dataclass(slots=True)
class Search:
    """The clauses of a query's conditions.

    `exact`: an index has what meets them in order of identifiers; `found`: an index finds it, and it has to be sorted;
    `scanned`: every document has to be looked at; `tested` have to be evaluated on the documents.
    """

    exact: list[Any] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)
    scanned: list[Any] = field(default_factory=list)
    tested: list[Criterion] = field(default_factory=list)

    @property
    def clauses(self) -> list[Any]:
        """Return all clauses that are SQL."""
        return [*self.exact, *self.found, *self.scanned]


def search(entity: Entity, table: Table, criteria: Sequence[Criterion], dialect: str, fragments: Fragments) -> Search:
    """Return the clauses of criteria, all of which must hold."""
    result = Search()
    columns = columns_of(entity)
    for criterion in _flat(criteria):
        if any(isinstance(leaf, Judged) or leaf.operator == "regex" for _, leaf in leaves(criterion)):
            result.tested.append(criterion)
        elif (clause := _by_column(criterion, columns, table)) is not None:
            is_one = isinstance(criterion, Condition) and criterion.operator == "eq" and len(criterion.values) == 1
            (result.exact if is_one else result.found).append(clause)
        elif dialect == "postgresql":
            sql = search_postgresql.clause_of(criterion, f"{table.name}.document", fragments)
            is_indexed = search_postgresql.is_indexed(criterion)
            (result.found if is_indexed else result.scanned).append(fragments.clause(sql))
        else:
            sql = search_sqlite.clause_of(criterion, f"{table.name}.document", fragments)
            result.scanned.append(fragments.clause(sql))
    return result


def columns_of(entity: Entity) -> dict[Path, Column]:
    """Return the columns in which an entity keeps what is at a path."""
    columns = {tuple(column.path.split(".")): column for column in entity.columns if column.path}
    return columns | {("id",): _IDENTIFIER}


def _flat(criteria: Sequence[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        if isinstance(criterion, AllOf):
            yield from _flat(criterion.parts)
        else:
            yield criterion


def _by_column(criterion: Criterion, columns: Mapping[Path, Column], table: Table) -> ColumnElement[bool] | None:
    """Return the clause on a derived column that says the same as a condition, if there is one."""
    if not isinstance(criterion, Condition) or criterion.operator in ("ne", "present", "null"):
        return None
    column = columns.get(criterion.path)
    if column is None:
        return None
    wanted = wanted_by(criterion)
    if column.kind == "instant" and all(one.instant is not None for one in wanted):
        return _compared(table.c[column.name], criterion.operator, [one.instant for one in wanted])
    if column.kind != "text" or any(one.text is None for one in wanted):
        return None
    if criterion.operator != "eq" and not all(map(_has_one_order, wanted)):
        return None
    return _compared(table.c[column.name], criterion.operator, [one.text for one in wanted])


def _has_one_order(wanted: Reading) -> bool:
    """Tell whether a value is compared as text alone, with what the column has of texts."""
    return wanted.number is None and wanted.instant is None and len(str(wanted.text)) <= _AS_IT_WAS


def _compared(column: Any, operator: str, values: Sequence[Any]) -> ColumnElement[bool]:
    if operator == "eq":
        return cast(ColumnElement[bool], column.in_(values))
    clauses: list[Any] = [COMPARISONS[operator](column, value) for value in values]
    return or_(false(), *clauses)
