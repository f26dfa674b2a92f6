"""Removes posted events that are older than they are kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Index, delete, select, tuple_

from core.service import Core
from core.storage.tables import resource_table
from core.topics.event import PostedEvent

REMOVED_AT_A_TIME = 1000
_events = resource_table(PostedEvent())
Index("ix_posted_event_created_at", _events.c.created_at)


def remove_expired_events(core: Core) -> int:
    """Remove the posted events of all brands that came in before what `event_retention` says; return how many.

    A batch a transaction, oldest first. What is still to be delivered is in the outbox, and stays there.
    """
    before, count = core.clock.now() - timedelta(seconds=core.settings.event_retention), 0
    key = (_events.c.tenant, _events.c.id)
    oldest = select(*key).where(_events.c.created_at < before).order_by(_events.c.created_at).limit(REMOVED_AT_A_TIME)
    while True:
        with core.database.reading() as connection:
            expired = [tuple(row) for row in connection.execute(oldest)]
        if not expired:
            return count
        with core.database.writing() as connection:
            count += connection.execute(delete(_events).where(tuple_(*key).in_(expired))).rowcount
