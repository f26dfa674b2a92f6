"""Finds a page of documents and how many there are in all, without ever looking at more than it may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    ScalarSelect,
    Select,
    Table,
    case,
    func,
    literal,
    literal_column,
    select,
    text,
)

from core.entity import Document, Entity
from core.errors import InvalidInput
from core.evaluation import holds
from core.query import Judged, Page, Query, bounded, leaves
from core.storage.far_on import rows_far_on
from core.storage.fragments import Fragments, by_name
from core.storage.json import dumps_text
from core.storage.ordering import has_order, keys_of, strata, written_keys
from core.storage.parts import document_of, part_of
from core.storage.search import columns_of, search

# So many documents are quickly looked at, all of them.
FEW = 2000
# So many documents are evaluated at a time.
_BATCH = 1000
# In a table of more documents, a value is frequent that 10 of the first 200 have and 200 of those looked at.
LARGE = 100_000
_FIRST, _OFTEN, _MANY = 200, 10, 200
_FREQUENT = 2
# Tells whether a part of a list has more documents than may be looked at.
IsCut = Callable[[Sequence[Any]], bool]
_EVERYTHING: ColumnElement[Any] = literal_column("*")


class Listing:
    """One query on its way to a page."""

    def __init__(self, entity: Entity, table: Table, connection: Connection, tenant: str, query: Query) -> None:
        self._entity, self._table, self._connection, self._query = entity, table, connection, query
        self._dialect = connection.dialect.name
        self._fragments = Fragments()
        self._search = search(entity, table, query.conditions, self._dialect, self._fragments)
        self._keys = keys_of(entity, table, query.sort, self._dialect, self._fragments)
        self._tenant, self._mine = tenant, table.c.tenant == tenant

    def page(self) -> Page:
        """Return the page. Raises InvalidInput where too many documents would have to be looked at."""
        if self._search.tested:
            # Named one by one they may drive the plan, which then has no other order than is asked for at its end.
            return self._whole_page(self._evaluate())
        if self._query.scan_limit is None or self._is_answered_by_an_index:
            return self._whole_page(None)
        return self._narrow_page(self._query.scan_limit)

    def _narrow_page(self, scan_limit: int) -> Page:
        """Return the page of a query that no index has in order.

        What an index finds may be few; else the page may be full before long, sooner than all of it is counted; else
        everything has to be looked at.
        """
        query, search = self._query, self._search
        narrowed = [*search.exact, *search.found]
        few = min(FEW, scan_limit)
        found = self._count_unless_frequent(narrowed, few)
        can_be_full = bool(query.limit) and self._is_in_order
        if found > few:
            counted = _MANY if found == few + _FREQUENT else few
            most, least = (few, 0) if search.scanned else (scan_limit, counted)
            if can_be_full and (page := self._soon_full_page(most, least)):
                return page
            found = self._count(narrowed, scan_limit)
        if found > scan_limit:
            if not self._is_in_order:
                raise self._too_many("sort by an attribute that has an index")
            if can_be_full and search.scanned and (page := self._soon_full_page(scan_limit)):
                return page
            raise self._too_many()
        return self._whole_page(found)

    def _whole_page(self, found: int | None) -> Page:
        search = self._search

        def sorted_few(part: Sequence[Any]) -> Select[Any]:
            narrowed = select(self._table).where(self._mine, *search.exact, *search.found, *part)
            return self._within(narrowed.offset(0), search.scanned, in_order=True)

        # The planner, which can't tell how few there are, might go through all documents in order.
        are_few = found is not None and found <= FEW and search.found and self._dialect == "postgresql"
        if self._query.after is None and self._query.offset and not are_few and self._is_in_order:
            rows = rows_far_on(self._connection, self._table, self._tenant, search, self._keys, self._query)
        else:
            rows = self._rows(sorted_few if are_few else lambda part: self._select([*search.clauses, *part]))
        return self._page_of(rows, None if search.scanned else found)

    def _within(self, rows: Select[Any], clauses: Sequence[Any], *, in_order: bool = False) -> Select[Any]:
        """Return those of some rows that meet clauses. They are named like the table, of which the clauses speak."""
        shown = [by_name(key.shown()) for key in self._keys]
        found = select(by_name(self._table.c.document), *shown).select_from(rows.subquery(self._table.name))
        found = found.where(*map(by_name, clauses))
        return found.order_by(*map(by_name, self._placed)) if in_order else found

    @property
    def _is_answered_by_an_index(self) -> bool:
        search, sort = self._search, self._query.sort
        if search.found or search.scanned:
            return False
        return not sort or (self._is_in_order and not search.exact)

    @property
    def _is_in_order(self) -> bool:
        """Tell whether an index has all documents in the order that is asked for."""
        sort = self._query.sort
        return not sort or (len(sort) == 1 and has_order(columns_of(self._entity).get(sort[0].path), sort[0]))

    def _soon_full_page(self, most: int, least: int = 0) -> Page | None:
        """Return a page that is full before more documents than `most` have been looked at, in order.

        At least `least` documents are known to be found.
        """
        query, search, table = self._query, self._search, self._table
        inside = [] if query.sort else search.exact

        def lazily(part: Sequence[Any]) -> Select[Any]:
            looked_at = select(table).where(self._mine, *inside, *part).order_by(*self._placed).limit(most)
            return self._within(looked_at, search.clauses)

        def is_cut(part: Sequence[Any]) -> bool:
            return self._count([*inside, *part], most) > most

        rows = self._rows(lazily, is_cut)
        if len(rows) != query.limit:
            return None
        last = written_keys(rows[-1][1:]) if rows else None
        return Page([row[0] for row in rows], max(query.offset + len(rows), least), exact=False, last=last)

    def _rows(
        self, statement: Callable[[Sequence[Any]], Select[Any]], is_cut: IsCut = lambda _part: False
    ) -> list[Any]:
        """Return the rows of the page, each a document and its keys.

        There are none beyond a part that `is_cut`, of which the statement may have looked at the first ones only.
        """
        query = self._query
        if query.after is None:
            page = statement([]).limit(query.limit).offset(literal(query.offset, BigInteger))
            return list(self._connection.execute(page).all())
        rows: list[Any] = []
        before: list[Any] | None = None
        for part in strata(self._keys, query.after):
            left = None if query.limit is None else query.limit - len(rows)
            if left == 0 or (before is not None and is_cut(before)):
                break
            rows += self._connection.execute(statement(part).limit(left)).all()
            before = part
        return rows

    def _select(self, clauses: Sequence[Any]) -> Select[Any]:
        shown = [key.shown() for key in self._keys]
        return select(self._table.c.document, *shown).where(self._mine, *clauses).order_by(*self._placed)

    @property
    def _placed(self) -> list[Any]:
        return [key.placed() for key in self._keys]

    def _page_of(self, rows: Sequence[Any], known: int | None) -> Page:
        query = self._query
        items = [row[0] for row in rows]
        last = written_keys(rows[-1][1:]) if rows else None
        is_whole = query.limit is None or 0 < len(items) < query.limit
        if query.after is None and (is_whole or (not items and not query.offset and query.limit)):
            return Page(items, query.offset + len(items), last=last)
        total = self._count(self._search.clauses, query.count_limit) if known is None else known
        return bounded(items, total, query, last)

    def _count(self, clauses: Sequence[Any], limit: int | None) -> int:
        """Count what meets clauses; one more than `limit` stands for any number beyond it."""
        return int(self._connection.execute(select(self._counted(clauses, limit))).scalar_one())

    def _counted(self, clauses: Sequence[Any], limit: int | None) -> ScalarSelect[int]:
        met = select(self._table.c.id).where(self._mine, *clauses)
        return _number_of(met if limit is None else met.limit(limit + 1))

    def _count_unless_frequent(self, clauses: Sequence[Any], few: int) -> int:
        """Count what meets clauses; one more than `few` stands for any number beyond it, two more for a frequent value.

        PostgreSQL gathers all that its GIN index has of a value before it counts the first, 0.1 s for a million, and
        can't tell beforehand how many that are. So in a table that is known to be large it looks at a few documents
        first, and where many of those meet the clauses it goes on like that instead.
        """
        if self._dialect == "sqlite" or not self._search.found:
            return self._count(clauses, few)
        known, name = self._connection.info.setdefault("large_tables", set()), self._table.name
        counted = self._counted(clauses, few)
        if name in known:
            first = self._met_among(_FIRST, clauses, _OFTEN) == _OFTEN
            looked_at = self._met_among(self._query.scan_limit, clauses, _MANY) == _MANY
            unless_frequent = case((first & looked_at, few + _FREQUENT), else_=counted)
            return int(self._connection.execute(select(unless_frequent)).scalar_one())
        size = text(f"(SELECT reltuples FROM pg_class WHERE oid = CAST('{name}' AS regclass))")  # noqa: S608
        found, documents = self._connection.execute(select(counted, size)).one()
        if documents > LARGE:
            known.add(name)
        return int(found)

    def _met_among(self, most: int | None, clauses: Sequence[Any], limit: int) -> ScalarSelect[int]:
        """Count which of the first `most` documents meet clauses, up to `limit`."""
        first = select(_EVERYTHING).select_from(self._table).where(self._mine).order_by(self._table.c.id).limit(most)
        met = select(_EVERYTHING).select_from(first.subquery(self._table.name)).where(*map(by_name, clauses))
        return _number_of(met.limit(limit))

    def _evaluate(self) -> int:
        """Evaluate in memory what can't be said in SQL, on the documents that meet everything else; count what does."""
        query, search = self._query, self._search
        if query.scan_limit is not None and self._count(search.clauses, query.scan_limit) > query.scan_limit:
            raise self._too_many()
        found = [
            identifier
            for identifier, document in self._candidates()
            if all(holds(criterion, document) for criterion in search.tested)
        ]
        names = self._fragments.bind(dumps_text(found))
        members = (
            f"json_each({names})"
            if self._dialect == "sqlite"
            else f"jsonb_array_elements_text(CAST({names} AS jsonb)) AS value"
        )
        search.found.append(self._fragments.clause(f"{self._table.name}.id IN (SELECT value FROM {members})"))  # noqa: S608
        return len(found)

    def _candidates(self) -> Iterator[tuple[str, Document]]:
        """Yield the identifiers of what meets all that is SQL, with what the evaluation looks at."""
        by_id, last, names = self._table.c.id, "", self._looked_at()
        source = f"{self._table.name}.document"
        parts = [part_of(source, name, self._fragments) for name in names or ()]
        shown = [self._table.c.document] if names is None else parts
        batch = select(by_id, *shown).where(self._mine, *self._search.clauses).order_by(by_id).limit(_BATCH)
        while True:
            rows = self._connection.execute(batch.where(by_id > last)).all()
            yield from ((row[0], row[1] if names is None else document_of(names, row[1:])) for row in rows)
            if len(rows) < _BATCH:
                return
            last = rows[-1][0]

    def _looked_at(self) -> list[str] | None:
        """Return the attributes that the evaluation looks at, None where it may look at any."""
        names = set()
        for above, leaf in (pair for criterion in self._search.tested for pair in leaves(criterion)):
            path = above or getattr(leaf, "path", ())
            if not path or isinstance(leaf, Judged) or leaf.operator in ("present", "null"):
                return None
            names.add(path[0])
        return sorted(names)

    def _too_many(self, advice: str = "") -> InvalidInput:
        query, narrowed = self._query, self._search.exact or self._search.found
        paths = columns_of(self._entity)
        indexed = [".".join(query.wording(path) if query.wording else path) for path in paths]
        usual = "what they find here has to be narrowed down" if narrowed else "filter by one of them too"
        return too_many_to_scan(query.scan_limit or 0, indexed, advice or usual)


def too_many_to_scan(most: int, indexed: Iterable[str], advice: str) -> InvalidInput:
    """Return the refusal of a query that more than `most` resources would have to be looked at for."""
    return InvalidInput(
        f"more than {most} resources would have to be looked at; these attributes have "
        f"an index: {', '.join(sorted(indexed))}; {advice}",
        code="tooManyToScan",
        path="query",
    )


def _number_of(rows: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()
