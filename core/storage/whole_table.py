"""Pages of all that a tenant has, by identifier: the statements are built once, since most lists are of this kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Connection,
    Integer,
    ScalarSelect,
    Select,
    Table,
    bindparam,
    func,
    literal_column,
    select,
)

from core.query import Page, Query
from core.storage.listing import bounded
from core.storage.ordering import unclear

_SMALL = 100_000


class WholeTable:
    """The list without conditions of one table."""

    def __init__(self, table: Table) -> None:
        mine, by_id = table.c.tenant == bindparam("b_tenant"), table.c.id
        limit, offset = bindparam("b_limit", type_=Integer), bindparam("b_offset", type_=BigInteger)
        self._first = select(table.c.document).where(mine).order_by(by_id).limit(limit)
        # Far from the start this is fast, as the index finds where the page begins.
        start = select(by_id).where(mine).order_by(by_id).limit(1).offset(offset)
        self._later = self._first.where(by_id >= start.scalar_subquery())
        self._later_on_sqlite = self._first.where(by_id >= _start_on_sqlite(table, offset))
        self._next = self._first.where(by_id > bindparam("b_after"))
        self._count = select(func.count()).select_from(table).where(mine)
        counted = select(by_id).where(mine).limit(bindparam("b_most", type_=Integer))
        self._count_some = select(func.count()).select_from(counted.subquery())
        self._count_by_the_rest = _count_by_the_rest(table)
        self._highest: Select[Any] = select(func.max(literal_column("rowid"))).select_from(table)

    def page(self, connection: Connection, tenant: str, query: Query) -> Page:
        """Return a page; `query` has neither conditions nor an order, but a limit."""
        bounds: dict[str, Any] = {"b_tenant": tenant, "b_limit": query.limit}
        if query.after is not None:
            statement = self._next
            bounds["b_after"] = _identifier(query.after)
        elif query.offset:
            statement = self._later_on_sqlite if connection.dialect.name == "sqlite" else self._later
            bounds["b_offset"] = query.offset
        else:
            statement = self._first
        items = [row[0] for row in connection.execute(statement, bounds)]
        last = (items[-1]["id"],) if items else None
        limit = query.limit or 0
        if query.after is None and (0 < len(items) < limit or (not items and not query.offset and limit)):
            return Page(items, query.offset + len(items), last=last)
        return bounded(items, self._counted(connection, tenant, query), query, last)

    def _counted(self, connection: Connection, tenant: str, query: Query) -> int:
        is_sqlite = connection.dialect.name == "sqlite"
        if query.count_limit is not None and not (is_sqlite and self._is_small(connection)):
            most = {"b_tenant": tenant, "b_most": query.count_limit + 1}
            return int(connection.execute(self._count_some, most).scalar_one())
        count = self._count_by_the_rest if is_sqlite else self._count
        return int(connection.execute(count, {"b_tenant": tenant}).scalar_one())

    def _is_small(self, connection: Connection) -> bool:
        """Tell whether SQLite counts the whole table in less time than it takes to count some of it row by row."""
        return int(connection.execute(self._highest).scalar_one() or 0) < _SMALL


def _identifier(after: tuple[Any, ...]) -> str:
    if len(after) != 1 or not isinstance(after[0], str):
        raise unclear()
    return after[0]


def _start_on_sqlite(table: Table, offset: BindParameter[int]) -> ScalarSelect[Any]:
    """Return the identifier at an offset.

    SQLite compares each entry of the index that it passes over with the end of the range, which takes four times as
    long as passing over it. So the range has no end, and an entry of another tenant is left out afterwards.
    """
    tenant = bindparam("b_tenant", type_=table.c.tenant.type)
    entries = select(table.c.tenant, table.c.id).where(table.c.tenant >= tenant)
    entry = entries.order_by(table.c.tenant, table.c.id).limit(1).offset(offset).subquery()
    return select(entry.c.id).where(entry.c.tenant == tenant).scalar_subquery()


def _count_by_the_rest(table: Table) -> Select[Any]:
    """Return a count of a tenant's rows that is fast where there is one tenant.

    SQLite counts a whole table by its pages, and only what meets a condition row by row: 10,000 of them in half a
    millisecond, as long as all the rest of a list takes.
    """
    counted = select(func.count()).select_from(table)
    tenant = bindparam("b_tenant", type_=table.c.tenant.type)
    others = (counted.where(table.c.tenant < tenant), counted.where(table.c.tenant > tenant))
    return select(counted.scalar_subquery() - others[0].scalar_subquery() - others[1].scalar_subquery())
