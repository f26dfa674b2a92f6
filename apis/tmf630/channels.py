"""How each channel tells of events: an API version in its notifications, a topic of others in the events as posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apis.tmf630.notifications import EventWording, event_wordings, href_of
from apis.tmf630.version import ServedResource, Version
from core.events.history import Happened
from core.events.selection import Channel, EventKind

Document = dict[str, Any]


class PostedWording:
    """How the events of a topic are told: as they were posted, with identifier and address."""

    def __init__(self, resource: ServedResource) -> None:
        self.resource = resource
        # A hub gets what is posted, which the outbox has as the creation of a resource.
        self.kind: EventKind = (resource.entity, "Create")

    def word(self, event: Happened, _tenant: str, origin: str) -> Document:
        """Return the event, a JSON document that is valid as a resource."""
        worded = self.resource.fitted(self.resource.dialect.dump(event.payload))
        return self.resource.placed(worded, f"{origin}{href_of(self.resource, event)}")


Wording = EventWording | PostedWording


class ChannelWordings:
    """The wordings of all channels of some API versions."""

    def __init__(self, versions: Iterable[Version]) -> None:
        versions = tuple(versions)
        self._told: Mapping[tuple[str, str], Mapping[EventKind, EventWording]] = event_wordings(versions)
        self._posted = {
            (version.api.name, version.name): PostedWording(version.resources[version.api.posted])
            for version in versions
            if version.api.posted
        }

    def told(self, channel: Channel) -> Mapping[EventKind, EventWording]:
        """Return how an API version tells of each kind of event; nothing where it isn't served."""
        return self._told.get((channel.api, channel.version), {})

    def posted(self, channel: Channel) -> PostedWording | None:
        """Return how a topic behind an API version tells of what is posted; None where that has no topics."""
        return self._posted.get((channel.api, channel.version)) if channel.topic else None

    def of(self, channel: Channel, kind: EventKind) -> Wording | None:
        """Return how a channel tells of a kind of event; None where it doesn't."""
        if not channel.topic:
            return self.told(channel).get(kind)
        posted = self.posted(channel)
        return posted if posted and posted.kind == kind else None
