"""What an API folder declares: versions with their dialects, entities, and what the specification doesn't have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apis.tmf630.dialect import Dialect
from apis.tmf630.exchange import Handler
from apis.tmf630.specification import Operation as Definition

if TYPE_CHECKING:
    from apis.tmf630.sources import Source
    from apis.tmf630.version import Version


@dataclass(frozen=True)
class ExtraRoute:
    """An operation that the specification doesn't have, such as a bill's PDF.

    `path` counts from the base path (`/customerBill/{id}/document/{documentId}`); `media_type` is that of the reply,
    whose `content` is sent as it is.
    """

    id: str
    method: str
    path: str
    media_type: str
    handler: Handler

    def definition(self) -> Definition:
        """Return the route in the form that operations of a document have."""
        replies = {"200": {"description": self.id, "content": {self.media_type: {}}}}
        return Definition(self.id, self.method.lower(), self.path, {"operationId": self.id, "responses": replies})


@dataclass(frozen=True)
class Api:
    """What an API folder declares beyond its specifications.

    `versions` lists the generations served, oldest first, the last being the canonical one; each with the dialects of
    the resources that it words differently. `entities` names the entity behind a resource where it is not called the
    same; `extra_routes` adds paths to every version; `files` names the attribute of a resource that lists files of
    ours, whose `url` is stored relative to the base path. `sources` gives, by the name of a resource, where there are
    more of it than in its table, when it is told what else is served. `posted` names the resource whose documents are
    events themselves, sent on as they are to the hubs of what they are below.
    """

    name: str
    versions: Mapping[str, Mapping[str, Dialect]]
    entities: Mapping[str, str] = field(default_factory=dict)
    extra_routes: tuple[ExtraRoute, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    sources: Callable[[Sequence[Version]], Mapping[str, Source]] | None = None
    posted: str | None = None
