"""Pages far on: found by the entries of an index alone, without going to the documents that are passed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, Table, exists, literal, select

from core.query import Query
from core.storage.fragments import by_name
from core.storage.ordering import Key
from core.storage.search import Search


def rows_far_on(
    connection: Connection, table: Table, tenant: str, search: Search, keys: Sequence[Key], query: Query
) -> list[Any]:
    """Return the rows of a page at an offset, each a document and its keys, where an index has all of them in order."""
    entries = _entries(connection, table, tenant, search, keys)
    entry = entries.limit(query.limit).offset(literal(query.offset, BigInteger)).subquery(table.name)
    stored = table.alias("stored")
    its_own = select(stored.c.document).where(stored.c.tenant == entry.c.tenant, stored.c.id == entry.c.id)
    page = select(its_own.scalar_subquery(), *(by_name(key.shown()) for key in keys)).select_from(entry)
    wanted = [table.c.tenant == tenant, *search.exact]
    page = page.where(*map(by_name, wanted)).order_by(*(by_name(key.placed()) for key in keys))
    return list(connection.execute(page).all())


def _entries(connection: Connection, table: Table, tenant: str, search: Search, keys: Sequence[Key]) -> Select[Any]:
    """Return the entries of a tenant in order, and perhaps others after them.

    They are asked for as the index has them: PostgreSQL takes a tenth longer where it has to make something else of
    each. SQLite compares each entry with the end of a range, which takes longer than passing over it. So where an index
    has the order that is asked for, in which it puts first what has no value, the range is left without an end.
    """
    mine, shown = table.c.tenant == tenant, [key.shown() for key in keys]
    exact = [clause.left for clause in search.exact]
    entries = select(*dict.fromkeys([table.c.tenant, *exact, *shown]))
    if connection.dialect.name != "sqlite" or search.clauses or _some_lack(connection, mine, shown[0]):
        return entries.where(mine, *search.clauses).order_by(*(key.placed() for key in keys))
    order = [table.c.tenant, *shown]
    if keys[0].descending:
        return entries.where(table.c.tenant <= tenant).order_by(*(column.desc() for column in order))
    return entries.where(table.c.tenant >= tenant).order_by(*order)


def _some_lack(connection: Connection, mine: Any, column: Any) -> bool:
    return bool(connection.execute(select(exists().where(mine, column.is_(None)))).scalar_one())
