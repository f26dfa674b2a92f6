"""Pages beside the APIs: what is served here, the complete documents, interactive documentation, health."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from swagger_ui_bundle import swagger_ui_path

from apis.edge.address import Origins
from apis.edge.media_types import takes
from apis.tmf630.version import Version
from core.context import Context
from core.errors import NotFound
from core.service import Core

Page = Callable[[Request], Awaitable[Response]]
FOLDER = Path(__file__).resolve().parents[1] / "pages"
ASSETS = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "favicon-32x32.png": "image/png"}
# Everything comes from this server; the documentation page needs its own script and styles.
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:"
)
_log = structlog.get_logger()


class Pages:
    """The pages of one server."""

    def __init__(self, core: Core, versions: Sequence[Version], origins: Origins) -> None:
        self._core = core
        self._versions = {(version.api.name, version.name): version for version in versions}
        self._origins = origins
        self._index = Template((FOLDER / "index.html").read_text(encoding="utf-8"))
        self._documentation = Template((FOLDER / "documentation.html").read_text(encoding="utf-8"))

    def routes(self) -> dict[str, Page]:
        """Return the page of each path."""
        documents = {f"{v.base_path}/openapi.json": self._document_of(v) for v in self._versions.values()}
        starts = {v.base_path: self._start_of(v) for v in self._versions.values()}
        shown = {f"{v.base_path}/docs": self._documentation_of(v) for v in self._versions.values()}
        return {
            "/": self.index,
            "/docs/assets/{name}": self.asset,
            "/docs/{api}/{version}": self.documentation,
            "/health/live": self.live,
            "/health/ready": self.ready,
            **starts,
            **documents,
            **shown,
        }

    async def index(self, request: Request) -> Response:
        """List the APIs, for people or, where Accept says so, for programs."""
        prefix = self._prefix(request)
        if _wants_json(request):
            return JSONResponse({"apis": [self._listed(version, prefix) for version in self._versions.values()]})
        rows = "\n".join(f"<tr>{_cells(self._listed(v, prefix))}</tr>" for v in self._versions.values())
        return _html(self._index.substitute(rows=rows, prefix=escape(prefix)))

    async def documentation(self, request: Request) -> Response:
        """Show the interactive documentation of `/docs/tmf629/v5`."""
        parameters: Mapping[str, str] = request.path_params
        version = self._versions.get((parameters["api"], parameters["version"]))
        if version is None:
            raise NotFound("there is no such API; GET / lists them")
        return self._shown(version, request)

    async def asset(self, request: Request) -> Response:
        """Send a file of the documentation."""
        name: str = request.path_params["name"]
        if name not in ASSETS:
            raise NotFound("there is no such file")
        return FileResponse(
            Path(str(swagger_ui_path)) / name, media_type=ASSETS[name], headers={"Cache-Control": "max-age=86400"}
        )

    async def live(self, request: Request) -> Response:
        """Say that the process answers."""
        return _health("pass")

    async def ready(self, request: Request) -> Response:
        """Say whether requests can be served: whether the database answers."""
        return await run_in_threadpool(self._try_database)

    def _try_database(self) -> Response:
        try:
            with self._core.reading(Context(self._core.settings.tenant)) as reading:
                reading.connection.exec_driver_sql("SELECT 1")
        except Exception as error:  # noqa: BLE001 - whatever keeps it from answering
            _log.error("not ready: the database does not answer", exc_info=error)
            return _health("fail", 503)
        return _health("pass")

    def _start_of(self, version: Version) -> Page:
        async def start(request: Request) -> Response:
            """Lead to the documentation, or say where all is to programs that want JSON."""
            listed = self._listed(version, self._prefix(request))
            return JSONResponse(listed) if _wants_json(request) else RedirectResponse(listed["documentation"], 307)

        return start

    def _document_of(self, version: Version) -> Page:
        async def document(request: Request) -> Response:
            """Send the complete OpenAPI document, with this server as its address."""
            origin = self._origins.of(request.scope, dict(request.scope["headers"]))
            servers = [{"url": origin + version.base_path}]
            return JSONResponse({**version.specification.document, "servers": servers})

        return document

    def _documentation_of(self, version: Version) -> Page:
        async def documentation(request: Request) -> Response:
            """Show the interactive documentation."""
            return self._shown(version, request)

        return documentation

    def _shown(self, version: Version, request: Request) -> Response:
        prefix = self._prefix(request)
        title = f"{version.api.name.upper()} {version.specification.title} {version.name}"
        address = f"{prefix}{version.base_path}/openapi.json"
        return _html(
            self._documentation.substitute(title=escape(title), prefix=escape(prefix), address=escape(address))
        )

    def _listed(self, version: Version, prefix: str) -> dict[str, str]:
        address = prefix + version.base_path
        return {
            "api": version.api.name.upper(),
            "version": version.name,
            "title": version.specification.title,
            "release": version.specification.release,
            "address": address,
            "openapi": f"{address}/openapi.json",
            "documentation": f"{address}/docs",
        }

    def _prefix(self, request: Request) -> str:
        origin = self._origins.of(request.scope, dict(request.scope["headers"]))
        return "/".join(["", *origin.split("/")[3:]]) if origin.count("/") > 2 else ""


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "application/json" in accept and not takes(accept, "text/html")


def _cells(listed: Mapping[str, str]) -> str:
    safe = {name: escape(value) for name, value in listed.items()}
    api = f"<strong>{safe['api']}</strong> {safe['title']}"
    version, address = f"{safe['version']} ({safe['release']})", f"<code>{safe['address']}</code>"
    links = f'<a href="{safe["documentation"]}">documentation</a> <a href="{safe["openapi"]}">openapi.json</a>'
    return "".join(f"<td>{cell}</td>" for cell in (api, version, address, links))


def _html(text: str) -> Response:
    return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})


def _health(status: str, code: int = 200) -> Response:
    return JSONResponse({"status": status}, code, headers={"Cache-Control": "no-store"})
