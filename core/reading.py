"""Reading resources: one, many by identifier, a page by query, all by derived column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from core.context import Context
from core.entity import Document, Entity
from core.errors import NotFound
from core.query import Criterion, Page, Query
from core.settings import Settings
from core.storage.repository import Repository, Stored

if TYPE_CHECKING:
    from core.service import Core


class Reading:
    """A series of reads for one caller, each seeing what is committed; `Work` adds changes to it."""

    def __init__(self, core: Core, context: Context, connection: Connection) -> None:
        self.core = core
        self.context = context
        self.connection = connection

    @property
    def settings(self) -> Settings:
        """Return the settings in force."""
        return self.core.settings

    @property
    def entities(self) -> Mapping[str, Entity]:
        """Return every registered entity by name."""
        return self.core.entities

    @cached_property
    def now(self) -> datetime:
        """Return the instant of this transaction: the same for all of it."""
        return self.core.clock.now()

    def get(self, entity: str, identifier: str) -> Document | None:
        """Return a resource or None."""
        stored = self._repository(entity).get(self.connection, self.context.tenant, identifier)
        return stored.document if stored else None

    def require(self, entity: str, identifier: str) -> Document:
        """Return a resource; NotFound if there is none."""
        return self.require_stored(entity, identifier).document

    def require_stored(self, entity: str, identifier: str) -> Stored:
        """Return a resource with the version of its row; NotFound if there is none."""
        key, known = (self.context.tenant, entity, identifier), self.core.shared.known
        stored = known[key] if key in known else self._repository(entity).get(self.connection, key[0], identifier)
        if stored is None:
            raise missing(entity, identifier)
        return stored

    def get_many(self, entity: str, identifiers: Iterable[str]) -> dict[str, Document]:
        """Return the resources that exist among `identifiers`, by identifier."""
        return self._repository(entity).get_many(self.connection, self.context.tenant, identifiers)

    def find(self, entity: str, query: Query) -> Page:
        """Return a page of the resources that meet `query`."""
        totals = self.core.shared.totals
        return self._repository(entity).find(self.connection, self.context.tenant, query, totals)

    def find_by(self, entity: str, *, lock: bool = False, **columns: Any) -> list[Document]:
        """Return all resources whose derived columns have these values (a list: any of them), oldest first."""
        return self._repository(entity).find_by(self.connection, self.context.tenant, columns, lock=lock)

    def each(self, entity: str, conditions: Sequence[Criterion] = (), *, after: str = "") -> Iterator[Document]:
        """Yield all resources that meet the conditions, by identifier, read in batches: for more than fit in memory.

        Those whose identifiers follow `after`, where only they are wanted.
        """
        return self._repository(entity).each(self.connection, self.context.tenant, conditions, after=after)

    def _repository(self, entity: str) -> Repository:
        return self.core.repositories[entity]


def missing(entity: str, identifier: str) -> NotFound:
    """Return the refusal for a resource that isn't there."""
    return NotFound(f"there is no {entity} '{identifier}'", path="id")
