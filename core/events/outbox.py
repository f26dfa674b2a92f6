"""Events as rows beside the change they tell of: appended in its transaction, never lost, never told twice as new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from core.context import Context
from core.entity import Document, new_id
from core.storage.json import Written, loads
from core.storage.tables import outbox

_written = outbox.alias()
_APPEND = insert(outbox)
# SQLite counts by itself only in a single-column key; with one writer at a time the highest is ours to exceed.
_APPEND_COUNTED = _APPEND.values(position=select(func.coalesce(func.max(_written.c.position), 0) + 1).scalar_subquery())


# A document that nobody changes any more, or what it was when it was written.
Payload = Document | Written
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a resource. `kind` is Create, AttributeValueChange, StateChange, Delete or another
    one that the API names; `payload` is the document as it was then; `changed` lists first-level
    attributes."""

    entity: str
    entity_id: str
    entity_version: int
    kind: str
    payload: Payload
    changed: tuple[str, ...] | None = None

    @property
    def document(self) -> Document:
        """Return the document as it was then."""
        return loads(self.payload) if isinstance(self.payload, Written) else self.payload


def rows_of(context: Context, events: Sequence[Event], now: datetime) -> list[Row]:
    """Return events as rows of the outbox, in the order given: identifiers rise with it."""
    shared = {
        "tenant": context.tenant,
        "occurred_at": now,
        "correlation_id": context.correlation_id,
        "actor": context.actor,
        "distributed_at": None,
    }
    return [
        shared
        | {
            "id": new_id(),
            "entity": event.entity,
            "entity_id": event.entity_id,
            "entity_version": event.entity_version,
            "kind": event.kind,
            "payload": event.payload,
            "changed": list(event.changed) if event.changed is not None else None,
        }
        for event in events
    ]


def append(connection: Connection, rows: Sequence[Row]) -> None:
    """Write rows in one statement, in the order given: positions rise with it."""
    if rows:
        statement = _APPEND_COUNTED if connection.dialect.name == "sqlite" else _APPEND
        connection.execute(statement, rows if len(rows) > 1 else rows[0])
