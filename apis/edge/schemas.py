"""The schemas of extensions that the brand has registered, to be read by anybody who meets their address."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from apis.edge.address import Origins
from apis.edge.pages import Page
from apis.tmf630.validation_form import SCHEMAS
from core.clock import wire_instant
from core.context import Context
from core.schemas import Registered, get, get_all
from core.service import Core
from core.storage.json import dumps

SCHEMA = "application/schema+json"
LISTING = SCHEMAS.rstrip("/")


class SchemaPages:
    """`/tmf-api/schema` and what is below it, read-only; `bss schema` adds and removes."""

    def __init__(self, core: Core, origins: Origins) -> None:
        self._core = core
        self._origins = origins

    def routes(self) -> dict[str, Page]:
        """Return the page of each path."""
        return {LISTING: self.listing, f"{LISTING}/{{name}}": self.schema}

    async def listing(self, request: Request) -> Response:
        """List the schemas with their addresses and what they extend."""
        origin = self._origin(request)
        found = await run_in_threadpool(self._all)
        return _json({"schemas": [_listed(schema, origin) for schema in found]}, "application/json")

    async def schema(self, request: Request) -> Response:
        """Send one schema, its address here as its `$id`. Raises NotFound."""
        schema = await run_in_threadpool(self._one, request.path_params["name"])
        return _json({**schema.document, "$id": f"{self._origin(request)}{SCHEMAS}{schema.name}"}, SCHEMA)

    def _all(self) -> list[Registered]:
        with self._core.reading(Context(self._core.settings.tenant)) as work:
            return get_all(work.connection, work.context.tenant)

    def _one(self, name: str) -> Registered:
        with self._core.reading(Context(self._core.settings.tenant)) as work:
            return get(work.connection, work.context.tenant, name)

    def _origin(self, request: Request) -> str:
        return self._origins.of(request.scope, dict(request.scope["headers"]))


def _listed(schema: Registered, origin: str) -> dict[str, str]:
    return {
        "name": schema.name,
        "address": f"{origin}{SCHEMAS}{schema.name}",
        "baseType": schema.base_type,
        "digest": schema.digest,
        "registeredAt": wire_instant(schema.created_at),
    }


def _json(value: object, media_type: str) -> Response:
    return Response(dumps(value), media_type=media_type)
