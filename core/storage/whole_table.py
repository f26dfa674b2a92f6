"""Pages of all that a tenant has, by identifier: the statements are built once, since most lists are of this kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    ScalarSelect,
    Select,
    Table,
    bindparam,
    case,
    func,
    literal_column,
    select,
)

from core.evaluation import unclear
from core.query import Page, Query, bounded
from core.storage.tables import TENANT

_SMALL = 100_000
# How the databases write that there is no limit.
_ALL = {"sqlite": -1, "postgresql": None}
_TENANT = bindparam("b_tenant", type_=TENANT)
_OFFSET = bindparam("b_offset", type_=BigInteger)
# How many rows were found of a table and a tenant.
Totals = dict[tuple[str, str], int]


class WholeTable:
    """The list without conditions of one table. A page and the count come by one statement, which counts once."""

    def __init__(self, table: Table) -> None:
        self._name = table.name
        mine, by_id = table.c.tenant == _TENANT, table.c.id
        some = select(by_id).where(mine).limit(bindparam("b_most", type_=Integer)).subquery()
        counted = select(func.count()).select_from(some).scalar_subquery()
        self._statements = {
            "postgresql": _Statements(table, counted, _start(table, mine)),
            # SQLite compares each entry of the index that it passes over with the end of the range, which takes four
            # times as long as passing over it. So the range has no end.
            "sqlite": _Statements(table, _quickly(table, counted), _start(table, table.c.tenant >= _TENANT)),
        }

    def page(self, connection: Connection, tenant: str, query: Query, totals: Totals | None = None) -> Page:
        """Return a page; `query` has neither conditions nor an order, but a limit.

        Where several lists are read at once, `totals` hands on what the first of them has counted.
        """
        database = connection.dialect.name
        most = _ALL[database] if query.count_limit is None else query.count_limit + 1
        bounds: dict[str, Any] = {"b_tenant": tenant, "b_limit": query.limit, "b_most": most}
        statements = self._statements[database]
        known = totals.get((self._name, tenant)) if totals else None
        pages = statements.counted if known is None else statements.uncounted
        if query.after is not None:
            rows = connection.execute(pages.next, bounds | {"b_after": _identifier(query.after)}).all()
        elif query.offset:
            rows = connection.execute(pages.later, bounds | {"b_offset": query.offset}).all()
        else:
            rows = connection.execute(pages.first, bounds).all()
        items = [row[0] for row in rows]
        last = (items[-1]["id"],) if items else None
        limit = query.limit or 0
        if query.after is None and (0 < len(items) < limit or (not items and not query.offset and limit)):
            return Page(items, query.offset + len(items), last=last)
        total = known if known is not None else self._total(connection, rows, bounds)
        if totals is not None:
            totals[self._name, tenant] = total
        return bounded(items, total, query, last)

    def _total(self, connection: Connection, rows: Sequence[Any], bounds: dict[str, Any]) -> int:
        total = self._statements[connection.dialect.name].total
        return int(rows[0][1] if rows else connection.execute(total, bounds).scalar_one())


class _Pages:
    """The rows of a page: of the first, of one at an offset, of one after another."""

    def __init__(self, table: Table, first: Select[Any], start: ScalarSelect[Any]) -> None:
        self.first = first
        # Far from the start this is fast, as the index finds where the page begins.
        self.later = first.where(table.c.id >= start)
        self.next = first.where(table.c.id > bindparam("b_after"))


class _Statements:
    """What is asked of one database: the rows of a page, with the count beside each or without, and the count alone."""

    def __init__(self, table: Table, total: Any, start: ScalarSelect[Any]) -> None:
        first = select(table.c.document).where(table.c.tenant == _TENANT).order_by(table.c.id)
        first = first.limit(bindparam("b_limit", type_=Integer))
        self.uncounted = _Pages(table, first, start)
        self.counted = _Pages(table, first.add_columns(total), start)
        self.total = select(total)


def _identifier(after: tuple[Any, ...]) -> str:
    if len(after) != 1 or not isinstance(after[0], str):
        raise unclear()
    return after[0]


def _start(table: Table, within: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Return the identifier at an offset within entries of the index, if it is the tenant's.

    PostgreSQL takes a tenth longer where it has to make something else of each entry than what is in the index.
    """
    entries = select(table.c.tenant, table.c.id).where(within).order_by(table.c.tenant, table.c.id)
    entry = entries.limit(1).offset(_OFFSET).subquery()
    return select(entry.c.id).where(entry.c.tenant == _TENANT).scalar_subquery()


def _quickly(table: Table, counted: Any) -> Any:
    """Return a count of a tenant's rows that is fast on SQLite, where there is one tenant.

    SQLite counts a whole table by its pages, and only what meets a condition row by row: 10,000 of them in half a
    millisecond, as long as all the rest of a list takes. A large table isn't counted as a whole.
    """
    every = select(func.count()).select_from(table)
    others = (every.where(table.c.tenant < _TENANT), every.where(table.c.tenant > _TENANT))
    by_the_rest = every.scalar_subquery() - others[0].scalar_subquery() - others[1].scalar_subquery()
    highest = select(func.max(literal_column("rowid"))).select_from(table).scalar_subquery()
    return case((highest < _SMALL, by_the_rest), else_=counted)
