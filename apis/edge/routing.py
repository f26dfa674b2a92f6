"""Finds the operation of a request by a tree of path steps instead of one regular expression after the other.

With seven APIs there are some 300 routes; Starlette's router tries them in turn and twice (mount and route), and its
405 names only the methods of the first route that has the path. The tree costs the same however many APIs there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from apis.edge.scope import VERSION
from apis.tmf630.errors import HttpError
from apis.tmf630.version import Version
from core.errors import InvalidInput, NotFound

PAGES = ("", "/openapi.json", "/docs")


@dataclass(slots=True)
class Place:
    """One step of the tree: what follows it by name or as a parameter, and the operations or the page here.

    `names` are those of the parameters on the way: `/topic/{id}` and `/topic/{topicId}/hub` name one step differently.
    """

    steps: dict[str, Place] = field(default_factory=dict)
    parameter: Place | None = None
    names: tuple[str, ...] = ()
    operations: dict[str, str] = field(default_factory=dict)
    version: Version | None = None
    page: str | None = None

    def at(self, path: str) -> Place:
        """Return the place of a path template, made when it isn't there."""
        place = self
        for step in _split(path):
            if step.startswith("{"):
                place.parameter = place.parameter or Place()
                place = place.parameter
            else:
                place = place.steps.setdefault(step, Place())
        place.names = tuple(step[1:-1] for step in _split(path) if step.startswith("{"))
        return place

    def find(self, path: Iterable[str]) -> tuple[Place | None, dict[str, str], Version | None]:
        """Return the place of a path, the values of its parameters, and the version whose base path it is below."""
        place: Place = self
        values: list[str] = []
        version = None
        for step in path:
            following = place.steps.get(step)
            if following is None:
                if place.parameter is None:
                    return None, {}, version
                following = place.parameter
                values.append(_decoded(step))
            place = following
            version = place.version or version
        return place, dict(zip(place.names, values, strict=False)), version


class Routing(SpecMiddleware):
    """Connexion middleware that puts the operation into the scope, or answers 404, 405 and OPTIONS.

    A path outside the APIs goes on to the pages. `prefix` may stand in front of every path or be missing: gateways
    do both.
    """

    def __init__(self, app: ASGIApp, prefix: str = "") -> None:
        self.app = app
        self._prefix = _split(prefix)
        self._root = Place()

    def add_api(
        self, specification: Specification, *, version: Version, base_paths: Iterable[str] = (), **_others: Any
    ) -> None:
        """Add the operations of a version under its base path and the further ones."""
        for base_path in (version.base_path, *base_paths):
            self._root.at(base_path).version = version
            for operation in version.operations.values():
                self._root.at(base_path + operation.path).operations[operation.method] = operation.id
            for page in PAGES:
                self._root.at(base_path + page).page = version.base_path + page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Route one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        steps = _split(scope.get("raw_path", b"").partition(b"?")[0].decode("latin-1") or scope["path"])
        if self._prefix and steps[: len(self._prefix)] == self._prefix:
            steps = steps[len(self._prefix) :]
        place, values, version = self._root.find(steps)
        extensions = scope.setdefault("extensions", {})
        extensions[ROUTING_CONTEXT] = {}
        if version is None or (place is not None and place.page):
            scope["path"] = (place and place.page) or "/" + "/".join(steps)
            await self.app(scope, receive, send)
            return
        extensions[VERSION] = version
        if place is None or not place.operations:
            raise NotFound(f"there is nothing at {scope['path'][:200]} in {version.specification.title}")
        operation_id = _operation_id(place, scope["method"])
        if operation_id is None:
            await _tell_methods(place.operations, send)
            return
        scope["path_params"] = values
        extensions[ROUTING_CONTEXT] = {"api_base_path": version.base_path, "operation_id": operation_id}
        await self.app(scope, receive, send)


def _operation_id(place: Place, method: str) -> str | None:
    """Return the operation that a method means at a place, None for OPTIONS. Raises HttpError 405."""
    found = place.operations.get("GET" if method == "HEAD" else method)
    if found is None and method != "OPTIONS":
        allowed = ", ".join(allowed_methods(place.operations))
        raise HttpError(
            405, "methodNotAllowed", f"{method} is not offered here; there are: {allowed}", {"Allow": allowed}
        )
    return found


def allowed_methods(operations: Mapping[str, Any]) -> list[str]:
    """Return the methods of a place in the order of their names: what the document has, and HEAD beside GET."""
    return sorted({*operations, "OPTIONS", *(("HEAD",) if "GET" in operations else ())})


async def _tell_methods(operations: Mapping[str, Any], send: Send) -> None:
    allowed = ", ".join(allowed_methods(operations)).encode()
    await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", allowed)]})
    await send({"type": "http.response.body", "body": b""})


def _split(path: str) -> list[str]:
    return [step for step in path.split("/") if step]


def _decoded(step: str) -> str:
    try:
        value = unquote_to_bytes(step).decode()
    except UnicodeDecodeError:
        raise InvalidInput("the path is not valid UTF-8", path="id") from None
    if "\0" in value:  # which PostgreSQL can't compare with
        raise NotFound("nothing has an identifier with the character NUL in it", path="id")
    return value
