"""Puts the server together: every version of every API, and the pages, in one Connexion app on one port."""

from __future__ import annotations

import gc
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache, partial
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

from starlette.concurrency import run_in_threadpool

import apis.tmf620_catalog
import apis.tmf622_order
import apis.tmf629_customer
import apis.tmf635_usage
import apis.tmf637_inventory
import apis.tmf678_bill
import apis.tmf688_event
from apis.edge.address import Origins
from apis.edge.connexion_app import ConnexionApp, VersionResolver, outline
from apis.edge.envelope import Envelope
from apis.edge.lanes import Lanes
from apis.edge.pages import Pages
from apis.edge.request_validation import RequestValidation
from apis.edge.response_validation import ResponseValidation
from apis.edge.routing import Routing
from apis.edge.schemas import SchemaPages
from apis.tmf620_catalog.words import wordings_of
from apis.tmf630.handlers import handlers_of
from apis.tmf630.relay import Relay
from apis.tmf630.specification import load
from apis.tmf630.version import Version
from core.catalog import ENDINGS
from core.catalog import tasks as tasks_of_catalog
from core.domains import CHORES, open_core, task_handlers
from core.logs import configure_logs
from core.service import Core
from core.settings import Settings
from core.tasks import Worker

APIS = (
    apis.tmf620_catalog.API,
    apis.tmf622_order.API,
    apis.tmf629_customer.API,
    apis.tmf635_usage.API,
    apis.tmf637_inventory.API,
    apis.tmf678_bill.API,
    apis.tmf688_event.API,
)


def from_environment() -> ConnexionApp:
    """Return the app for the settings of the environment; what server processes call."""
    settings = Settings()
    configure_logs(settings)
    app = create_app(settings)
    _collect_less()
    _end_with_the_parent()
    return app


def create_app(settings: Settings, core: Core | None = None) -> ConnexionApp:
    """Return the ASGI app that serves all APIs over a core, by default that of the settings' database.

    While it runs, the process also does the tasks that requests leave behind and, unless the settings say otherwise,
    delivers notifications. The core is closed when the app ends, unless it was handed in.
    """
    opened = core or open_core(settings)
    versions = served_versions()
    origins, lanes = Origins(settings), Lanes(opened)
    background = Background(opened, versions)
    app = ConnexionApp(
        __name__,
        lifespan=_lifespan([background.stop, lanes.close, *([] if core else [opened.dispose])], background.start),
        middlewares=[Envelope, partial(Routing, prefix=settings.path_prefix), ResponseValidation, RequestValidation],
    )
    for version in versions:
        app.add_api(
            outline(version),
            base_path=version.base_path,
            resolver=VersionResolver(handlers_of(version)),
            version=version,
            base_paths=further_base_paths(version, settings),
            core=opened,
            origins=origins,
            lanes=lanes,
        )
    pages = Pages(opened, versions, origins).routes() | SchemaPages(opened, origins).routes()
    for path, page in pages.items():
        app.add_url_rule(path, path, page, methods=["GET"])
    return app


@cache
def served_versions() -> tuple[Version, ...]:
    """Return every version of every API that is served, ready for serving; the last of an API is canonical.

    All apps of a process share them: they are what the documents say, and large.
    """
    served = tuple(
        Version(api, load(api.name, name), load(api.name, [*api.versions][-1])) for api in APIS for name in api.versions
    )
    for version in served:
        version.stand_beside(served)
    return served


def further_base_paths(version: Version, settings: Settings) -> list[str]:
    """Return the base paths under which a version answers besides its own (setting `further_base_paths`)."""
    prefixes = settings.further_base_paths.get(version.api.name, [])
    return [f"{prefix.rstrip('/')}/{version.name}" for prefix in prefixes]


def _collect_less() -> None:
    """Keep the garbage collector from looking at documents and validators, which stay, and often at requests.

    A list of 20 makes a thousand objects, all gone once it is sent without any collector. With Python's own thresholds
    a tenth of the time of requests went into looking for cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _end_with_the_parent() -> None:
    """End a worker in good order when the process that started it is gone: nobody would find it any more to stop it."""
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_after, args=(parent,), name="parent", daemon=True).start()


def _end_after(process: BaseProcess) -> None:
    process.join()
    signal.raise_signal(signal.SIGTERM)


class Background:
    """What a server process does beside answering requests."""

    def __init__(self, core: Core, versions: Sequence[Version]) -> None:
        catalog = [version for version in versions if version.api is apis.tmf620_catalog.API]
        # Jobs may take an hour: orders and chores don't wait for them.
        jobs = Worker(core, tasks_of_catalog(wordings_of(catalog)), endings=ENDINGS)
        self._workers = [Worker(core, task_handlers(), chores=CHORES), jobs]
        self._relay = Relay(core, versions) if core.settings.relay_in_server else None

    def start(self) -> None:
        """Begin, in threads."""
        for worker in self._workers:
            worker.start()
        if self._relay:
            self._relay.start()

    def stop(self) -> None:
        """Finish what is being done, and end."""
        if self._relay:
            self._relay.stop()
        for worker in self._workers:
            worker.stop()


def _lifespan(
    ends: Sequence[Callable[[], None]], start: Callable[[], None]
) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        start()
        yield
        for end in ends:
            await run_in_threadpool(end)

    return lifespan
