"""What is true of an event that somebody has posted to a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.clock import wire_instant
from core.entity import Column, Document, Entity

if TYPE_CHECKING:
    from core.service import Work


class PostedEvent(Entity):
    """An event of others (TMF688, Event). It is kept for as long as ours are (setting `event_retention`)."""

    name = "Event"
    table = "posted_event"
    columns = (
        Column("topic_id", "topicId"),
        Column("event_type", "eventType"),
        Column("event_time", "eventTime", "instant"),
    )
    touched = None

    def fill(self, work: Work, document: Document) -> None:
        """Set what whoever posted it has left out: its identifier, and when it was recorded."""
        document.setdefault("eventId", document["id"])
        document.setdefault("eventTime", wire_instant(work.now))
