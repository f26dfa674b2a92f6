"""Removes posted events that are older than they are kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Index

from core.service import Core
from core.storage.expiry import remove_older
from core.storage.tables import resource_table
from core.topics.event import PostedEvent

_events = resource_table(PostedEvent())
Index("ix_posted_event_created_at", _events.c.created_at)


def remove_expired_events(core: Core) -> int:
    """Remove the posted events of all brands that came in before what `event_retention` says; return how many.

    What is still to be delivered is in the outbox, and stays there.
    """
    before = core.clock.now() - timedelta(seconds=core.settings.event_retention)
    return remove_older(core.database, _events, _events.c.created_at, before)
