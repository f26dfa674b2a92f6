"""The same server with Connexion's own validation in place of ours: what `benchmarks.http` compares with.

    BSS_PORT=8081 python -m benchmarks.stock_validation

Documents, operations, routing, storage and the way of starting are those of `bss serve`; the difference is who holds
requests and replies to the document.
"""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

from connexion.middleware.request_validation import RequestValidationMiddleware
from connexion.middleware.response_validation import ResponseValidationMiddleware

import cli.serve
from apis.app import Background, further_base_paths, served_versions
from apis.edge.address import Origins
from apis.edge.connexion_app import ConnexionApp, VersionResolver
from apis.edge.envelope import Envelope
from apis.edge.lanes import Lanes
from apis.edge.request_validation import RequestValidation
from apis.edge.response_validation import ResponseValidation
from apis.edge.routing import Routing
from apis.tmf630.handlers import handlers_of
from apis.tmf630.version import Operation, Version
from cli.session import load_settings
from core.domains import open_core
from core.errors import Fault
from core.logs import configure_logs


class Unchecked:
    """Stands where a compiled validator would, and finds nothing."""

    def faults(self, _value: Any) -> tuple[Fault, ...]:
        """Return nothing."""
        return ()


class UncheckedOperation(Operation):
    """An operation whose requests and replies somebody else checks."""

    def request_validator(self, _media_type: str) -> Any:
        """Return what checks nothing."""
        return Unchecked()

    def reply_validator(self, _status: int) -> Any:
        """Return what checks nothing."""
        return Unchecked()


def from_environment() -> ConnexionApp:
    """Return the app for the settings of the environment; what the server process calls."""
    settings = load_settings()
    configure_logs(settings)
    # Connexion remarks on every patch that it takes several media types; writing that down isn't its validation.
    logging.getLogger("connexion").setLevel(logging.ERROR)
    core, versions = open_core(settings), [unchecked(version) for version in served_versions()]
    background, lanes = Background(core, versions), Lanes(core)

    @asynccontextmanager
    async def lifespan(_app: Any) -> Any:
        background.start()
        yield
        background.stop()
        lanes.close()
        core.dispose()

    app = ConnexionApp(
        __name__,
        lifespan=lifespan,
        middlewares=[
            Envelope,
            Routing,
            RequestValidationMiddleware,
            ResponseValidationMiddleware,
            ResponseValidation,  # opens requests and sends replies; its validators find nothing
            RequestValidation,
        ],
    )
    for version in versions:
        app.add_api(
            deepcopy(version.specification.document),  # Connexion resolves references in place
            base_path=version.base_path,
            resolver=VersionResolver(handlers_of(version)),
            validate_responses=True,
            version=version,
            base_paths=further_base_paths(version, settings),
            core=core,
            origins=Origins(settings),
            lanes=lanes,
        )
    return app


def unchecked(version: Version) -> Version:
    """Return a version with the operations of its document and no validators of ours at the edge."""
    definitions = version.specification.operations.values()
    version.operations = {definition.id: UncheckedOperation(version, definition) for definition in definitions}
    return version


if __name__ == "__main__":
    cli.serve.APPLICATION = "benchmarks.stock_validation:from_environment"
    cli.serve.serve_until_stopped(load_settings())
