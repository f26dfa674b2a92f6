"""Resources in their tables: put, read, find and remove documents of one entity, all of it per tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from core.clock import parse_instant
from core.entity import Column, Document, Entity
from core.errors import Conflict, InvalidInput
from core.evaluation import holds
from core.query import Criterion, Page, Query
from core.storage.fragments import Fragments
from core.storage.json import Written, dumps_text
from core.storage.listing import Listing
from core.storage.search import search
from core.storage.tables import resource_table
from core.storage.whole_table import Survey, WholeTable

Stamp = tuple[int, datetime]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A document with the version its row has, and when that row was made (unknown for what is worked on in sets)."""

    document: Document
    version: int
    created_at: datetime | None = None

    @property
    def stamp(self) -> Stamp:
        """Return what tells this state from all others under the identifier, those of a deleted predecessor too."""
        assert self.created_at is not None, "rows that are read one by one come with their time"
        return self.version, self.created_at


@dataclass(frozen=True, slots=True)
class Claim:
    """How to lock documents: at most `limit`; those that another transaction has are passed over, or `wait`ed for.

    By `order`, a derived column, from the value `after` on, where an index has both; in no order without, as sorting
    all that waits for every set that is taken from it would cost more than the work itself.
    """

    limit: int | None = None
    wait: bool = False
    order: str | None = None
    after: str | None = None


ALL = Claim()


class Repository:
    """The table of one entity. Statements are built once; rows of other tenants are out of reach."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.table = resource_table(entity)
        table = self.table
        one = (table.c.tenant == bindparam("b_tenant"), table.c.id == bindparam("b_id"))
        self._select = select(table.c.document, table.c.version, table.c.created_at).where(*one)
        self._lock = self._select.with_for_update()
        self.insertion = insert(table)
        self.is_unique = any(column.unique for column in entity.columns)
        changed: dict[str, Any] = {
            name: bindparam(f"b_{name}") for name in ("document", "version", "updated_at", *self._names())
        }
        self._update = update(table).where(*one).values(changed)
        self._delete = delete(table).where(*one)
        self._many = select(table.c.id, table.c.document).where(
            table.c.tenant == bindparam("b_tenant"), table.c.id.in_(bindparam("b_ids", expanding=True))
        )
        self._stored = select(table.c.document, table.c.version, table.c.created_at).where(
            one[0], table.c.id.in_(bindparam("b_ids", expanding=True))
        )
        self._all = WholeTable(table)

    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Store new documents in one statement. Raises Conflict when an identifier or unique value is taken."""
        try:
            connection.execute(self.insertion, rows)
        except IntegrityError as error:
            raise Conflict(f"is the identifier of another {self.entity.name}", path="id", code="duplicate") from error

    def new_rows(self, tenant: str, news: Iterable[tuple[Document, Written]], now: datetime) -> list[Row]:
        """Return the rows of new documents, each given with the text that it is written as."""
        new = {"tenant": tenant, "version": 1, "created_at": now, "updated_at": now}
        return [self._row(document) | new | {"id": document["id"], "document": text} for document, text in news]

    def get(self, connection: Connection, tenant: str, identifier: str, *, lock: bool = False) -> Stored | None:
        """Return one document; with `lock`, nobody else can change it until the transaction ends."""
        statement = self._lock if lock else self._select
        row = connection.execute(statement, {"b_tenant": tenant, "b_id": identifier}).first()
        return Stored(*row) if row else None

    def get_stored(self, connection: Connection, tenant: str, identifiers: Sequence[str]) -> list[Stored]:
        """Return the documents that exist among `identifiers` with what their rows say of them, in one statement."""
        rows = connection.execute(self._stored, {"b_tenant": tenant, "b_ids": identifiers})
        return [Stored(*row) for row in rows]

    def get_many(self, connection: Connection, tenant: str, identifiers: Iterable[str]) -> dict[str, Document]:
        """Return the documents that exist among `identifiers`, by identifier, in one statement."""
        wanted = list(dict.fromkeys(identifiers))
        if not wanted:
            return {}
        rows = connection.execute(self._many, {"b_tenant": tenant, "b_ids": wanted})
        return {row[0]: row[1] for row in rows}

    def update(self, connection: Connection, tenant: str, document: Document, version: int, now: datetime) -> None:
        """Replace a document that this transaction has locked."""
        self.update_many(connection, tenant, [Stored(document, version)], now)

    def update_many(self, connection: Connection, tenant: str, news: Sequence[Stored], now: datetime) -> None:
        """Replace documents that this transaction has locked, each with its new version."""
        rows = []
        for new in news:
            values = {"document": new.document, "version": new.version, "updated_at": now}
            parameters = {f"b_{name}": value for name, value in (self._row(new.document) | values).items()}
            rows.append(parameters | {"b_tenant": tenant, "b_id": new.document["id"]})
        if rows:
            connection.execute(self._update, rows if len(rows) > 1 else rows[0])

    def derive(self, connection: Connection, tenant: str, documents: Sequence[Document]) -> None:
        """Write the derived columns of documents anew; nothing else of their rows changes."""
        if not self.entity.columns or not documents:
            return
        columns: dict[str, Any] = {name: bindparam(f"b_{name}") for name in self._names()}
        mine = (self.table.c.tenant == bindparam("b_tenant"), self.table.c.id == bindparam("b_id"))
        rows = [
            {f"b_{name}": value for name, value in self._row(document).items()}
            | {"b_tenant": tenant, "b_id": document["id"]}
            for document in documents
        ]
        connection.execute(update(self.table).where(*mine).values(columns), rows)

    def delete(self, connection: Connection, tenant: str, identifier: str) -> None:
        """Remove a document."""
        connection.execute(self._delete, {"b_tenant": tenant, "b_id": identifier})

    def find(self, connection: Connection, tenant: str, query: Query, survey: Survey | None = None) -> Page:
        """Return a page of the documents that meet `query`, and how many there are in all; see WholeTable on `survey`.

        Raises InvalidInput where more than `query.scan_limit` documents would have to be looked at.
        """
        if query.conditions or query.sort or query.limit is None:
            return Listing(self.entity, self.table, connection, tenant, query).page()
        return self._all.page(connection, tenant, query, survey)

    def find_by(
        self, connection: Connection, tenant: str, columns: Mapping[str, Any], *, lock: bool = False
    ) -> list[Document]:
        """Return the documents whose derived columns have these values; a list means any of its members."""
        statement = select(self.table.c.document).where(*self._having(tenant, columns))
        if lock and connection.dialect.name != "sqlite":
            # In one order everywhere, so that two transactions never wait for each other.
            statement = statement.order_by(self.table.c.id).with_for_update()
        # SQLite would rather read all of a tenant's rows by identifier than sort the few that an index finds.
        return sorted((row[0] for row in connection.execute(statement)), key=lambda document: str(document["id"]))

    def each(
        self,
        connection: Connection,
        tenant: str,
        conditions: Sequence[Criterion] = (),
        *,
        after: str = "",
        size: int = 500,
    ) -> Iterator[Document]:
        """Yield the documents that meet `conditions` and follow `after`, by identifier, `size` in memory at a time."""
        table, last = self.table, after
        meeting = search(self.entity, table, conditions, connection.dialect.name, Fragments())
        statement = select(table.c.id, table.c.document).where(table.c.tenant == tenant, *meeting.clauses)
        while True:
            batch = statement.where(table.c.id > last).order_by(table.c.id).limit(size)
            rows = connection.execute(batch).all()
            for row in rows:
                if all(holds(criterion, row.document) for criterion in meeting.tested):
                    yield row.document
            if len(rows) < size:
                return
            last = rows[-1].id

    def claim(self, connection: Connection, tenant: str, columns: Mapping[str, Any], claim: Claim) -> list[Stored]:
        """Lock documents by their derived columns, as `claim` says."""
        table = self.table
        statement = select(table.c.document, table.c.version).where(*self._having(tenant, columns))
        if claim.order:
            statement = statement.order_by(table.c[claim.order])
        if claim.order and claim.after is not None:
            statement = statement.where(table.c[claim.order] >= claim.after)
        statement = statement.limit(claim.limit).with_for_update(skip_locked=not claim.wait)
        return [Stored(row[0], row[1]) for row in connection.execute(statement)]

    def _having(self, tenant: str, columns: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        table = self.table
        conditions = [
            table.c[name].in_(value) if isinstance(value, list | tuple | set) else table.c[name] == value
            for name, value in columns.items()
        ]
        return [table.c.tenant == tenant, *conditions]

    def _names(self) -> list[str]:
        return [column.name for column in self.entity.columns]

    def _row(self, document: Document) -> Row:
        return {column.name: _typed(column, column.value(document)) for column in self.entity.columns}


def _typed(column: Column, value: Any) -> Any:
    if value is None or column.kind == "number":
        return value
    if column.kind == "text":
        return value if isinstance(value, str) else dumps_text(value)
    try:
        return value if isinstance(value, datetime) else parse_instant(value)
    except ValueError:
        raise InvalidInput(f"'{value}' is not a date-time", path=column.path) from None
