"""Derived columns made anew from the documents: after an upgrade declares a column, or when in doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

from sqlalchemy import select

from core.service import Core
from core.storage.repository import Repository

BATCH = 500


def reindex(core: Core, progress: Callable[[str, int], None] | None = None) -> int:
    """Rewrite the derived columns of every resource of every tenant, and return how many rows were read.

    Each batch is a transaction of its own, so it can be killed and run again; `progress` hears of every batch:
    the entity's name and how many of its rows were done.
    """
    total = 0
    for name, repository in core.repositories.items():
        for count in _batches(core, repository):
            total += count
            if progress:
                progress(name, count)
    return total


def _batches(core: Core, repository: Repository) -> Iterator[int]:
    table = repository.table
    key = (table.c.tenant, table.c.id)
    last: tuple[str, str] | None = None
    while True:
        with core.database.writing() as connection:
            statement = select(*key, table.c.document).order_by(*key).limit(BATCH).with_for_update()
            if last is not None:
                after = (table.c.tenant > last[0]) | ((table.c.tenant == last[0]) & (table.c.id > last[1]))
                statement = statement.where(after)
            rows = connection.execute(statement).all()
            for tenant, group in groupby(rows, key=lambda row: row.tenant):
                repository.derive(connection, tenant, [row.document for row in group])
        if not rows:
            return
        yield len(rows)
        last = (rows[-1].tenant, rows[-1].id)
