"""A topic of ours: the events of one API, which the outbox has, as events of TMF688."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apis.tmf630.criteria import attributes_in, has_absent
from apis.tmf630.notifications import EventWording, public_origin, wordings_of
from apis.tmf630.version import Version
from apis.tmf688_event.kept import Kept
from core.clock import EARLIEST
from core.errors import Conflict
from core.events.history import Happened
from core.events.selection import EventKind
from core.query import Path
from core.reading import Reading

Document = dict[str, Any]


@dataclass
class OwnTopic:
    """The topic of the API that a version is the canonical one of; `event_api` says what an event looks like here.

    It is called as the API is in addresses, which is the `domain` of its events, too.
    """

    version: Version
    event_api: Version
    id: str = field(init=False)
    wordings: Mapping[EventKind, EventWording] = field(init=False)

    def __post_init__(self) -> None:
        self.id = self.version.base_path.split("/")[-2]
        self.wordings = wordings_of(self.version)
        self._attributes = frozenset(self.event_api.shapes.named("Event").properties) - {"href"}

    @property
    def document(self) -> Document:
        """Return the topic as a resource."""
        return {"@type": "Topic", "id": self.id, "name": self.version.specification.title}

    def word(self, work: Reading, event: Happened) -> Document:
        """Return an event as a resource of this topic: what subscribers are told, in the same words."""
        wording = self.wordings[event.entity, event.kind]
        known = wording.everything(event, work.context.tenant, public_origin(work.settings))
        known |= {"id": event.event_id, "topicId": self.id}
        return {name: value for name, value in known.items() if name in self._attributes}

    def kept(self, work: Reading) -> dict[EventKind, Kept]:
        """Return how the events of each kind are kept."""
        samples = {
            kind: Happened("", *kind[:1], "", kind[1], EARLIEST, "", {"id": "", wording.resource.owner: ""})
            for kind, wording in self.wordings.items()
        }
        return {kind: Kept(self.wordings[kind], self.word(work, sample)) for kind, sample in samples.items()}

    def knows(self, work: Reading, path: Path) -> bool:
        """Tell whether events of this topic may tell something at a path: by a schema, or as an extension there is."""
        if any(wording.may_tell(path) for wording in self.wordings.values()):
            return True
        about = {wording.subject: wording.resource for wording in self.wordings.values()}
        if path[1:2] and (resource := about.get(path[1])):
            attributes = attributes_in(work, resource, within=path[:2])
            return attributes.knows(path, ".".join(path)) and not has_absent(work, attributes)
        return False

    def refusal(self, path: str, what: str) -> Conflict:
        """Return why something can't be done to it."""
        title = self.version.specification.title
        reason = f"'{self.id}' is the topic of {title} ({self.version.base_path}), whose events come from there: {what}"
        return Conflict(reason, path=path, code="ownTopic")
