"""Puts the server together: every version of every API, and the pages, in one Connexion app on one port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import apis.tmf620_catalog
import apis.tmf622_order
import apis.tmf629_customer
import apis.tmf635_usage
import apis.tmf678_bill
from apis.edge.address import Origins
from apis.edge.connexion_app import ConnexionApp, VersionResolver, outline
from apis.edge.envelope import Envelope
from apis.edge.lanes import Lanes
from apis.edge.pages import Pages
from apis.edge.request_validation import RequestValidation
from apis.edge.response_validation import ResponseValidation
from apis.edge.routing import Routing
from apis.tmf630.handlers import handlers_of
from apis.tmf630.specification import load
from apis.tmf630.version import Api, Version
from core.domains import open_core
from core.logs import configure_logs
from core.service import Core
from core.settings import Settings

APIS = (
    apis.tmf620_catalog.API,
    apis.tmf622_order.API,
    apis.tmf629_customer.API,
    apis.tmf635_usage.API,
    apis.tmf678_bill.API,
)


def from_environment() -> ConnexionApp:
    """Return the app for the settings of the environment; what server processes call."""
    settings = Settings()
    configure_logs(settings)
    return create_app(settings)


def create_app(settings: Settings, core: Core | None = None) -> ConnexionApp:
    """Return the ASGI app that serves all APIs over a core, by default that of the settings' database.

    The core is closed when the app ends, unless it was handed in.
    """
    opened = core or open_core(settings)
    versions = [version for api in APIS for version in versions_of(api)]
    origins = Origins(settings)
    lanes = Lanes(settings.threads)
    app = ConnexionApp(
        __name__,
        lifespan=_lifespan(opened, lanes, dispose=core is None),
        middlewares=[Envelope, partial(Routing, prefix=settings.path_prefix), ResponseValidation, RequestValidation],
    )
    for version in versions:
        app.add_api(
            outline(version),
            base_path=version.base_path,
            resolver=VersionResolver(handlers_of(version, {})),
            version=version,
            base_paths=further_base_paths(version, settings),
            core=opened,
            origins=origins,
            lanes=lanes,
        )
    for path, page in Pages(opened, versions, origins).routes().items():
        app.add_url_rule(path, path, page, methods=["GET"])
    return app


def versions_of(api: Api) -> list[Version]:
    """Return the versions of an API, ready for serving; the last one is canonical."""
    specifications = [load(api.name, version) for version in api.versions]
    return [Version(api, specification, specifications[-1]) for specification in specifications]


def further_base_paths(version: Version, settings: Settings) -> list[str]:
    """Return the base paths under which a version answers besides its own (setting `further_base_paths`)."""
    prefixes = settings.further_base_paths.get(version.api.name, [])
    return [f"{prefix.rstrip('/')}/{version.name}" for prefix in prefixes]


def _lifespan(core: Core, lanes: Lanes, *, dispose: bool) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        yield
        lanes.close()
        if dispose:
            core.dispose()

    return lifespan
