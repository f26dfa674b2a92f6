"""Words an event for a subscriber: the envelope and payload that one API version defines for it (TMF630 part 1).

What a version calls things is read from its document (`timeOccurred` in v5, `timeOcurred` in v4): of all that is
known about an event, the attributes that the event's schema names are sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

from apis.tmf630.resources import spaced
from apis.tmf630.shapes import Node, component_name
from apis.tmf630.version import ServedResource, Version
from core.clock import wire_instant
from core.events.history import Happened
from core.settings import Settings

Document = dict[str, Any]
PRIORITY = "normal"
SYSTEM = "bss-suite"
EVERYWHERE = {"0.0.0.0": "localhost", "::": "localhost"}  # noqa: S104 - compared with, not bound to


class EventWording:
    """How one API version tells of one kind of event of one resource: `ProductOrderStateChangeEvent`."""

    def __init__(self, resource: ServedResource, event_type: str) -> None:
        version = resource.version
        self.resource = resource
        self.event_type = event_type
        self.kind = event_type.removeprefix(resource.name).removesuffix("Event")
        envelope = version.shapes.named(event_type).properties
        self._attributes = frozenset(envelope)
        self._payload = version.shapes.of(envelope["event"]).properties
        # What the payload calls the resource, and what it has beside it (`informationRequired`).
        self.subject, *self._beside = sorted(self._payload, key=lambda name: not self._is_resource(self._payload[name]))
        # TMF635 v4: /tmf-api/usageManagement/v4
        self._domain = version.base_path.split("/")[-2]
        self._title = _sentence(event_type.removesuffix("Event"))

    def word(self, event: Happened, tenant: str, origin: str) -> Document:
        """Return the notification: a JSON document that the listener operation of this event takes."""
        known = self.everything(event, tenant, origin)
        return {name: value for name, value in known.items() if name in self._attributes}

    def everything(self, event: Happened, tenant: str, origin: str) -> Document:
        """Return all that is known about an event, under every name that some form of event has for it."""
        href = f"{origin}{href_of(self.resource, event)}"
        worded = dict(self.resource.fitted({"href": href, **self.resource.dialect.dump(event.payload)}))
        changed = self._changed(event, worded)
        at = wire_instant(event.occurred_at)
        known = {
            "@type": self.event_type,
            "eventId": event.event_id,
            "eventTime": at,
            "eventType": self.event_type,
            "timeOccurred": at,
            "timeOcurred": at,
            "correlationId": event.correlation_id or None,
            "domain": self._domain,
            "title": self._title,
            "description": self._description(event, changed),
            "priority": PRIORITY,
            "fieldPath": ",".join(changed) or None,
            "source": _reference(event.entity_id, self.resource.name, href=href),
            "reportingSystem": _reference(tenant, "System", name=SYSTEM),
            "event": self._payload_of(event, worded, href),
        }
        return {name: value for name, value in known.items() if value is not None}

    def _payload_of(self, event: Happened, worded: Document, href: str) -> Document:
        """Return the resource under the name that the payload's schema has for it; what else the schema names is
        taken from attributes that the event's document carries beside the resource's own (`informationRequired`)."""
        beside = {other: worded.pop(other) for other in self._beside if other in worded}
        shown: Document = self.resource.placed(worded, href)
        schema = self._payload[self.subject]
        if component_name(schema.get("$ref", "")) == f"{self.resource.name}Ref":
            shown = _reference(event.entity_id, self.resource.name, href=href, type_=f"{self.resource.name}Ref")
        return {self.subject: [shown] if schema.get("type") == "array" else shown, **beside}

    def _is_resource(self, schema: Node) -> bool:
        target = component_name((schema.get("items") or schema).get("$ref", ""))
        return target in (self.resource.name, f"{self.resource.name}Ref")

    def _changed(self, event: Happened, worded: Mapping[str, Any]) -> Sequence[str]:
        """Return the changed attributes as this version calls them; one that is gone has its canonical name."""
        spoken = {self.resource.dialect.canonical_path((name,))[0]: name for name in worded}
        return [spoken.get(name, name) for name in event.changed]

    def _description(self, event: Happened, changed: Sequence[str]) -> str:
        text = f"{_sentence(self.resource.name)} {event.entity_id}: {spaced(self.kind)}"
        return f"{text} of {', '.join(changed)}" if changed else text


def href_of(resource: ServedResource, event: Happened) -> str:
    """Return the address of what an event is about, without the origin."""
    place = resource.placed_by(event.payload).path
    return f"{resource.version.base_path}{place}/{quote(event.entity_id, safe='')}"


def event_wordings(versions: Iterable[Version]) -> dict[tuple[str, str], dict[tuple[str, str], EventWording]]:
    """Return, by API version, how it words each kind of event that it defines, by entity and kind."""
    return {(version.api.name, version.name): wordings_of(version) for version in versions}


@cache
def wordings_of(version: Version) -> dict[tuple[str, str], EventWording]:
    """Return how an API version words each kind of event that it defines, by entity and kind."""
    rows = version.specification.resources.items()
    wordings = (EventWording(version.resources[name], event) for name, row in rows for event in row.events)
    return {(wording.resource.entity, wording.kind): wording for wording in wordings}


def public_origin(settings: Settings) -> str:
    """Return the scheme, host and prefix of `href` where no request says under which the server is known."""
    host = EVERYWHERE.get(settings.host, settings.host)
    own = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    return (settings.public_url or own).rstrip("/") + settings.path_prefix


def _reference(
    identifier: str, referred: str, *, href: str | None = None, name: str | None = None, type_: str = "EntityRef"
) -> Document:
    known = {"@type": type_, "id": identifier, "href": href, "name": name, "@referredType": referred}
    return {attribute: value for attribute, value in known.items() if value is not None}


def _sentence(name: str) -> str:
    words = spaced(name)
    return words[0].upper() + words[1:]
