"""The schemas of extensions that a brand has registered: added, read, removed, and compiled once in each process."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from core.entity import Document
from core.errors import Conflict, NotFound
from core.schemas.schema import ExtensionSchema, read_schema
from core.schemas.tables import extension_schema
from core.storage.statements import insert_new

_COLUMNS = extension_schema.c


@dataclass(frozen=True, slots=True)
class Registered:
    """One row of the registry."""

    name: str
    digest: str
    base_type: str
    document: Document
    created_at: datetime


class Registry:
    """The compiled schemas of one process. A schema is known by its digest, so all brands share one cache."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], ExtensionSchema] = {}

    def find(
        self, connection: Connection, tenant: str, names: Collection[str] | None = None
    ) -> dict[str, ExtensionSchema]:
        """Return the brand's schemas of these names (None: all), by name; what isn't registered is left out.

        The database is asked each time, for what another process may have added or removed, but only for digests;
        documents are read and compiled when they are new.
        """
        wanted = _COLUMNS.tenant == tenant
        if names is not None:
            wanted &= _COLUMNS.name.in_(names)
        keys = [
            (row.name, row.digest) for row in connection.execute(select(_COLUMNS.name, _COLUMNS.digest).where(wanted))
        ]
        if fresh := [name for name, digest in keys if (name, digest) not in self._compiled]:
            self._compile(connection, tenant, fresh)
        return {key[0]: self._compiled[key] for key in keys if key in self._compiled}

    def _compile(self, connection: Connection, tenant: str, names: Collection[str]) -> None:
        chosen = select(extension_schema).where(_COLUMNS.tenant == tenant, _COLUMNS.name.in_(names))
        for row in connection.execute(chosen):
            self._compiled[row.name, row.digest] = read_schema(row.document, row.name)


def add(connection: Connection, tenant: str, schema: ExtensionSchema, now: datetime) -> bool:
    """Register a schema; tell whether it is new: the same one under the same name is there already otherwise.

    Raises Conflict where the name stands for another schema. What is registered never changes, since stored resources
    were held to it: a changed schema gets a new name.
    """
    row = {
        "tenant": tenant,
        "name": schema.name,
        "digest": schema.digest,
        "base_type": schema.base_type,
        "document": schema.document,
        "created_at": now,
    }
    if insert_new(connection, extension_schema, [row]):
        return True
    if get(connection, tenant, schema.name).digest == schema.digest:
        return False
    reason = f"'{schema.name}' is another schema already; give the changed one a name of its own, or remove that one"
    raise Conflict(reason, path="$id", code="duplicate")


def get(connection: Connection, tenant: str, name: str) -> Registered:
    """Return a registered schema. Raises NotFound."""
    row = connection.execute(select(extension_schema).where(*_named(tenant, name))).first()
    if row is None:
        raise _missing(name)
    return _registered(row)


def get_all(connection: Connection, tenant: str) -> list[Registered]:
    """Return all that a brand has registered, by name."""
    chosen = select(extension_schema).where(_COLUMNS.tenant == tenant).order_by(_COLUMNS.name)
    return [_registered(row) for row in connection.execute(chosen)]


def remove(connection: Connection, tenant: str, name: str) -> None:
    """Forget a schema; resources that say they follow it stay as they are. Raises NotFound."""
    if not connection.execute(delete(extension_schema).where(*_named(tenant, name))).rowcount:
        raise _missing(name)


def _registered(row: Row[Any]) -> Registered:
    return Registered(row.name, row.digest, row.base_type, row.document, row.created_at)


def _named(tenant: str, name: str) -> tuple[Any, ...]:
    return _COLUMNS.tenant == tenant, _COLUMNS.name == name


def _missing(name: str) -> NotFound:
    return NotFound(f"there is no schema '{name}'", path="name")
