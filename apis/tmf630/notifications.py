"""Words an event for a subscriber: the envelope and payload that one API version defines for it (TMF630 part 1).

What a version calls things is read from its document (`timeOccurred` in v5, `timeOcurred` in v4): of all that is
known about an event, the attributes that the event's schema names are sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

from apis.tmf630.refusals import worded as worded_path
from apis.tmf630.resources import lower_first, sentence, spaced
from apis.tmf630.shapes import Node, Shapes, component_name
from apis.tmf630.version import ServedResource, Version
from core.clock import wire_instant
from core.events.history import Happened
from core.query import Path
from core.settings import Settings

Document = dict[str, Any]
PRIORITY = "normal"
SYSTEM = "bss-suite"
# What the domain calls a kind of event that some documents have another word for: TopicChangeEvent (TMF688).
KINDS = {"Change": "AttributeValueChange"}
EVERYWHERE = {"0.0.0.0": "localhost", "::": "localhost"}  # noqa: S104 - compared with, not bound to


class EventWording:
    """How one API version tells of one kind of event of one resource: `ProductOrderStateChangeEvent`."""

    def __init__(self, resource: ServedResource, event_type: str) -> None:
        version = resource.version
        self.resource = resource
        self.event_type = event_type
        kind = event_type.removeprefix(resource.name).removesuffix("Event")
        self.kind = KINDS.get(kind, kind)
        envelope = version.shapes.named(event_type).properties
        self.attributes = frozenset(envelope)
        self._told = envelope["event"]
        self._payload = version.shapes.of(self._told).properties
        # What the payload calls the resource, which may have something beside it.
        self.subject = max(self._payload, key=lambda name: is_about(resource.name, self._payload[name]))
        # One published payload misspells it (TMF622 v5, canccelProductOrder); the right name is there, too.
        self.subjects = tuple(dict.fromkeys((self.subject, lower_first(resource.name))))
        self.beside = beside_resource(version.canonical_shapes, resource.entity, self.kind)
        # Some events tell no more of the resource than which one it is.
        self.is_reference = component_name(self._payload[self.subject].get("$ref", "")) == f"{resource.name}Ref"
        # TMF635 v4: /tmf-api/usageManagement/v4
        self.domain = version.base_path.split("/")[-2]
        self.title = sentence(event_type.removesuffix("Event"))

    def may_tell(self, path: Path) -> bool:
        """Tell whether by the schema there is something at a path in events, such as `event.customer.name`."""
        return path[:1] == ("event",) and self.resource.version.shapes.knows(self._told, path[1:])

    def word(self, event: Happened, tenant: str, origin: str) -> Document:
        """Return the notification: a JSON document that the listener operation of this event takes."""
        known = self.everything(event, tenant, origin)
        return {name: value for name, value in known.items() if name in self.attributes}

    def everything(self, event: Happened, tenant: str, origin: str) -> Document:
        """Return all that is known about an event, under every name that some form of event has for it."""
        href = f"{origin}{href_of(self.resource, event)}"
        beside = {name: event.payload[name] for name in self.beside if name in event.payload}
        told = {name: value for name, value in event.payload.items() if name not in beside} if beside else event.payload
        worded = dict(self.resource.fitted({"href": href, **self.resource.dialect.dump(told)}))
        changed = [*self._changed(event, worded), *self._named(beside.values())]
        at = wire_instant(event.occurred_at)
        known = {
            "@type": self.event_type,
            "eventId": event.event_id,
            "eventTime": at,
            "eventType": self.event_type,
            "timeOccurred": at,
            "timeOcurred": at,
            "correlationId": event.correlation_id or None,
            "domain": self.domain,
            "title": self.title,
            "description": self._description(event, changed),
            "priority": PRIORITY,
            "fieldPath": ",".join(changed) or None,
            "source": _reference(event.entity_id, self.resource.name, href=href),
            "reportingSystem": _reference(tenant, "System", name=SYSTEM),
            "event": self._payload_of(event, worded, href, beside),
        }
        return {name: value for name, value in known.items() if value is not None}

    def _payload_of(self, event: Happened, worded: Document, href: str, beside: Document) -> Document:
        """Return the resource under the name that the payload's schema has for it, with what else the schema names."""
        shown: Document = self.resource.placed(worded, href)
        schema = self._payload[self.subject]
        if self.is_reference:
            shown = _reference(event.entity_id, self.resource.name, href=href, type_=f"{self.resource.name}Ref")
        others = {name: value for name, value in beside.items() if name in self._payload}
        told = [shown] if schema.get("type") == "array" else shown
        return dict.fromkeys(self.subjects, told) | others

    def _changed(self, event: Happened, worded: Mapping[str, Any]) -> Sequence[str]:
        """Return the changed attributes as this version calls them; one that is gone has its canonical name."""
        spoken = {self.resource.dialect.canonical_path((name,))[0]: name for name in worded}
        return [spoken.get(name, name) for name in event.changed]

    def _named(self, changes: Iterable[Any]) -> Iterator[str]:
        """Yield what JSON Patches that stand beside the resource are about, as this version calls it."""
        for change in changes:
            steps = change["path"].removeprefix("/").split("/")
            yield worded_path(self.resource.dialect, ".".join(s.replace("~1", "/").replace("~0", "~") for s in steps))

    def _description(self, event: Happened, changed: Sequence[str]) -> str:
        text = f"{sentence(self.resource.name)} {event.entity_id}: {spaced(self.kind)}"
        return f"{text} of {', '.join(changed)}" if changed else text


def beside_resource(shapes: Shapes, entity: str, kind: str) -> frozenset[str]:
    """Return what the payload of a canonical event has beside the resource (`informationRequired`).

    The event's document carries it among the attributes of the resource; a version whose payload has no room for it
    doesn't take it for one of them.
    """
    event_type = f"{entity}{kind}Event"
    if event_type not in shapes:
        return frozenset()
    payload = shapes.of(shapes.named(event_type).properties["event"]).properties
    return frozenset(name for name, schema in payload.items() if not is_about(entity, schema))


def is_about(name: str, schema: Node) -> bool:
    """Tell whether a schema is that of a resource, of several of them, or of a reference to one."""
    return component_name((schema.get("items") or schema).get("$ref", "")) in (name, f"{name}Ref")


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
