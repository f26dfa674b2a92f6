"""Reads the table of resources of a spec file: what an API offers, and which events it announces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]


# What a resource is called whose instances are subscriptions: a hub below another resource.
HUB = "Hub"


@dataclass(frozen=True)
class Resource:
    """One row of the table: schema name, path segment, operations and full event names.

    One that is `below` another is reached through that one: `owner` is the path parameter with the identifier of the
    other, and the attribute in which its own documents keep it (`topicId`).
    """

    name: str
    path: str
    operations: tuple[str, ...]
    events: tuple[str, ...]
    place: str = ""
    """Where the collection is: `/topic`, `/topic/{topicId}/event`."""
    below: str = ""
    owner: str = ""
    one: str = ""
    many: str = ""
    """What sentences call one and several of them."""

    def operation_id(self, kind: str) -> str:
        """Return what an operation is called: `listTopic`, `listTopicEvent`."""
        return f"{kind}{self.below}{self.name}"


@dataclass(frozen=True)
class Event:
    """One event of a resource: its schema name, the last segment of its listener path, and its payload schema."""

    name: str
    resource: str
    path: str
    payload: str
    usual: bool
    """Whether the payload is the resource under its own name, so that nobody needs to write its schema."""

    def schemas(self, envelope: str) -> Iterator[tuple[str, Node]]:
        """The schema of the event, and that of its payload if it is the usual one, with bare names as references."""
        if self.usual:
            yield (
                self.payload,
                {
                    "type": "object",
                    "description": f"What {self.name} tells about.",
                    "properties": {lower_first(self.resource): {"$ref": self.resource}},
                },
            )
        yield (
            self.name,
            {
                "description": f"{sentence(self.name.removesuffix('Event'))} notification.",
                "allOf": [{"$ref": envelope}],
                "properties": {"event": {"$ref": self.payload}},
            },
        )


def read_resources(table: Mapping[str, Any]) -> dict[str, Resource]:
    """The resources of a table by name; a row's events are kinds, `Create` standing for `<name>CreateEvent`."""
    return {name: _read_resource(name, row, table) for name, row in table.items()}


def _read_resource(name: str, row: Mapping[str, Any], table: Mapping[str, Any]) -> Resource:
    below = row.get("below", "")
    owner = f"{lower_first(below)}Id" if below else ""
    called = {"one": spaced(name), "many": plural(spaced(name)), **row.get("called", {})}
    return Resource(
        name=name,
        path=row["path"],
        operations=tuple(row["operations"]),
        events=tuple(event.name for event in read_events(name, row)),
        place=(f"/{table[below]['path']}/{{{owner}}}" if below else "") + f"/{row['path']}",
        below=below,
        owner=owner,
        **called,
    )


def read_events(resource: str, row: Mapping[str, Any]) -> Iterator[Event]:
    """The events of one row; a kind may name its payload schema and its path where they are not the usual ones."""
    kinds = row.get("events", ())
    exceptions = kinds if isinstance(kinds, Mapping) else dict.fromkeys(kinds)
    for kind, exception in exceptions.items():
        name, exception = f"{resource}{kind}Event", exception or {}
        yield Event(
            name=name,
            resource=resource,
            path=exception.get("path", lower_first(name)),
            payload=exception.get("payload", f"{name}Payload"),
            usual="payload" not in exception,
        )


def lower_first(name: str) -> str:
    """`ProductOrder` as `productOrder`, the way paths and payloads write it."""
    return name[0].lower() + name[1:]


def spaced(name: str) -> str:
    """`ProductOrder` as `product order`, for sentences."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def sentence(name: str) -> str:
    """`ProductOrder` as `Product order`, for the beginning of a sentence."""
    words = spaced(name)
    return words[0].upper() + words[1:]


def plural(words: str) -> str:
    """The plural of a resource's words: `usages`, `categories`."""
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
