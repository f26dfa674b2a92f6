"""TMF688 Event Management: topics of others are in the database, those of ours are made of what is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from apis.tmf630.api import Api
from apis.tmf630.sources import Source
from apis.tmf630.version import Version
from apis.tmf688_event.events import Events
from apis.tmf688_event.own_topics import OwnTopic
from apis.tmf688_event.topics import Topics


def sources(served: Sequence[Version]) -> Mapping[str, Source]:
    """Return where topics and events come from beside their tables: one topic an API, told by its canonical version."""
    [version] = (version for version in served if version.api is API)
    own = {topic.id: topic for topic in (OwnTopic(each, version) for each in served if each.is_canonical)}
    return {"Topic": Topics(own, version), "Event": Events(own, version)}


API = Api("tmf688", versions={"v4": {}}, sources=sources, posted="Event")
