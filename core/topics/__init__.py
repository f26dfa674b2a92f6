"""Topics that others post events to, and those events (README.md)."""

from core.tasks import Chore, Handler
from core.topics.event import PostedEvent
from core.topics.retention import remove_expired_events
from core.topics.topic import Topic

ENTITIES = (Topic, PostedEvent)
TASKS: dict[str, Handler] = {}
CHORES: tuple[Chore, ...] = (remove_expired_events,)

__all__ = ["CHORES", "ENTITIES", "TASKS", "PostedEvent", "Topic"]
