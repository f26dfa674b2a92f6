"""A small entity for tests of what every resource shares, in a table of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.entity import Column, Document, Entity
from core.errors import Conflict
from core.lifecycle import Lifecycle
from core.service import Core, Work
from core.storage.tables import metadata, resource_table


class Thing(Entity):
    """A resource with a colour that is fixed and a state by which `left` goes; it can't be called 'forbidden'."""

    name = "Thing"
    table = "thing"
    columns = (Column("name", "name"), Column("owner_id", "owner.id"), Column("since", "since", "instant"))
    state_attribute = "state"
    lifecycle = Lifecycle.parse("raw -> cooked\ncooked -> eaten\neaten", initial="raw")
    unchangeable = frozenset({"colour"})

    def fill(self, work: Work, document: Document) -> None:
        document.setdefault("state", "raw")
        self.touch(work, document)

    def on_create(self, work: Work, document: Document) -> None:
        if document.get("name") == "forbidden":
            raise Conflict("a thing can't be called 'forbidden'", path="name")

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        if after["state"] == "eaten":
            after["left"] = 0

    def on_delete(self, work: Work, document: Document) -> None:
        if document["state"] == "cooked":
            raise Conflict("a cooked thing can't be deleted", path="state")


@contextmanager
def things_in(core: Core) -> Iterator[Core]:
    """Give an opened core the entity Thing and its table for as long as the block lasts."""
    table = resource_table(Thing())
    table.create(core.database.writer, checkfirst=True)
    extended = Core(core.settings, core.database, [*core.entities.values(), Thing()], core.clock)
    try:
        yield extended
    finally:
        table.drop(core.database.writer)
        metadata.remove(table)
