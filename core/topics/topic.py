"""What is true of a topic that somebody has made: its events and its hubs go when it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from core.entity import Column, Document, Entity
from core.events.subscriptions import remove_with_topic
from core.topics.event import PostedEvent

if TYPE_CHECKING:
    from core.service import Work


class Topic(Entity):
    """A channel for events of others (TMF688)."""

    name = "Topic"
    table = "topic"
    columns = (Column("name", "name"),)
    unchangeable = frozenset({"@type"})
    touched = None

    def on_delete(self, work: Work, document: Document) -> None:
        """Remove the events that were posted to it, and end its subscriptions; nobody can add any meanwhile."""
        events, tenant = work.core.repositories[PostedEvent.name].table, work.context.tenant
        work.connection.execute(delete(events).where(events.c.tenant == tenant, events.c.topic_id == document["id"]))
        remove_with_topic(work.connection, tenant, document["id"])
