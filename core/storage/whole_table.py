"""Pages of all that a tenant has, by identifier: the statements are built once, since most lists are of this kind."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from operator import itemgetter
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
from core.storage.tables import ID, TENANT

_SMALL = 100_000
# How the databases write that there is no limit.
_ALL = {"sqlite": -1, "postgresql": None}
_TENANT = bindparam("b_tenant", type_=TENANT)
_OFFSET = bindparam("b_offset", type_=BigInteger)
# How many rows are passed over in the time of one, where the range has no end.
_PASSED = {"sqlite": 4, "postgresql": 1}
Key = tuple[str, str]  # a table and a tenant


class Survey:
    """What lists that are read at once find out about tables: how many rows there are, and which are where."""

    def __init__(self) -> None:
        self.totals: dict[Key, int] = {}
        self._places: dict[Key, list[tuple[int, str]]] = {}

    def note(self, key: Key, offset: int, items: Sequence[Mapping[str, Any]]) -> None:
        """Note where a page has begun, and where it has ended."""
        places = self._places.setdefault(key, [])
        for place, item in ((0, items[0]), (len(items) - 1, items[-1])) if items else ():
            insort(places, (offset + place, str(item["id"])))

    def nearest(self, key: Key, offset: int, passed: int) -> tuple[int, str] | None:
        """Return the last row known that isn't beyond an offset: where it is, and its identifier.

        None where it is sooner to pass over all rows from the start, `passed` of them in the time of one from there on.
        """
        places = self._places.get(key, [])
        found = bisect_right(places, offset, key=itemgetter(0))
        return places[found - 1] if found and (offset - places[found - 1][0]) * passed <= offset else None


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

    def page(self, connection: Connection, tenant: str, query: Query, survey: Survey | None = None) -> Page:
        """Return a page; `query` has neither conditions nor an order, but a limit.

        Where several lists are read at once, `survey` hands on what others of them have found out.
        """
        database, key = connection.dialect.name, (self._name, tenant)
        most = _ALL[database] if query.count_limit is None else query.count_limit + 1
        bounds: dict[str, Any] = {"b_tenant": tenant, "b_limit": query.limit, "b_most": most}
        known = survey.totals.get(key) if survey else None
        statements = self._statements[database]
        pages = statements.counted if known is None else statements.uncounted
        origin = survey.nearest(key, query.offset, _PASSED[database]) if survey else None
        found = connection.execute(*_request(pages, query, bounds, origin)).all()
        items = [row[0] for row in found]
        if survey and query.after is None:
            survey.note(key, query.offset, items)
        last = (items[-1]["id"],) if items else None
        limit = query.limit or 0
        if query.after is None and (0 < len(items) < limit or (not items and not query.offset and limit)):
            return Page(items, query.offset + len(items), last=last)
        total = known if known is not None else self._total(connection, found, bounds)
        if survey:
            survey.totals[key] = total
        return bounded(items, total, query, last)

    def _total(self, connection: Connection, rows: Sequence[Any], bounds: dict[str, Any]) -> int:
        total = self._statements[connection.dialect.name].total
        return int(rows[0][1] if rows else connection.execute(total, bounds).scalar_one())


class _Pages:
    """The rows of a page: of the first, of one at an offset, from the start or from a row there, of one after another.

    Each row that is passed over takes its time, so where one on the way is known, it is begun there.
    """

    def __init__(self, table: Table, first: Select[Any], start: ScalarSelect[Any]) -> None:
        by_id, origin = table.c.id, bindparam("b_origin", type_=ID)
        self.first = first
        # Far from the start this is fast, as the index finds where the page begins.
        self.later = first.where(by_id >= start)
        self.from_there = first.where(by_id >= _start(table, (table.c.tenant == _TENANT) & (by_id >= origin)))
        self.next = first.where(by_id > bindparam("b_after"))


def _request(
    pages: _Pages, query: Query, bounds: dict[str, Any], origin: tuple[int, str] | None
) -> tuple[Select[Any], dict[str, Any]]:
    """Return the statement for a page, with its parameters."""
    if query.after is not None:
        return pages.next, bounds | {"b_after": _identifier(query.after)}
    if not query.offset:
        return pages.first, bounds
    if origin is None:
        return pages.later, bounds | {"b_offset": query.offset}
    return pages.from_there, bounds | {"b_offset": query.offset - origin[0], "b_origin": origin[1]}


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
