"""Removes events that are older than they are kept, unless somebody is still to be told of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, select

from core.events.delivery import is_open
from core.events.tables import delivery
from core.storage.database import Database
from core.storage.tables import outbox

PAGE = 500


def remove_expired(database: Database, before: datetime, limit: int) -> int:
    """Remove events from before an instant that were distributed and aren't owed to anybody any more; return how many.

    Their deliveries go with them. Goes from the oldest on, a page in a transaction, and ends where younger ones begin
    or `limit` is reached; any number of processes may do so at the same time.
    """
    owed = exists().where(delivery.c.tenant == outbox.c.tenant, delivery.c.event_id == outbox.c.id, is_open())
    after, count = -1, 0
    while count < limit:
        page = select(outbox.c.position, outbox.c.occurred_at).where(outbox.c.position > after)
        with database.reading() as connection:
            rows = connection.execute(page.order_by(outbox.c.position).limit(PAGE)).all()
        if not any(row.occurred_at < before for row in rows):
            break
        done = (
            select(outbox.c.position)
            .where(outbox.c.position > after, outbox.c.position <= rows[-1].position)
            .where(outbox.c.occurred_at < before, outbox.c.distributed_at.is_not(None), ~owed)
            .with_for_update(skip_locked=True)
        )
        with database.writing() as connection:
            positions = connection.execute(done).scalars().all()
            connection.execute(delete(outbox).where(outbox.c.position.in_(positions)))
        after, count = rows[-1].position, count + len(positions)
    return count
