"""The same operations in Connexion as it comes: its routing, validation, parameters and way of calling functions.

    BSS_PORT=8081 python -m benchmarks.stock_connexion

What `benchmarks.http --stock connexion` compares with. Documents, operations and storage are those of `bss serve`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from connexion import AsyncApp
from connexion import request as current
from connexion.operations import AbstractOperation
from connexion.resolver import Resolution, Resolver

import cli.serve
from apis.app import served_versions
from apis.edge.address import Origins
from apis.edge.request_validation import read_query
from apis.tmf630.exchange import Handler, Request
from apis.tmf630.handlers import handlers_of
from apis.tmf630.version import Version
from cli.session import load_settings
from core.context import Context
from core.domains import open_core
from core.logs import configure_logs
from core.service import Core


class Functions(Resolver):
    """Gives Connexion a function of the usual kind for each operation of a version."""

    def __init__(self, version: Version, core: Core) -> None:
        super().__init__()
        self._version, self._core = version, core
        self._handlers, self._origins = handlers_of(version), Origins(core.settings)

    def resolve(self, operation: AbstractOperation) -> Resolution:
        """Return the function that answers an operation."""
        name = operation.operation_id
        return Resolution(self._function(name, self._handlers[name]), name)

    def _function(self, name: str, handler: Handler) -> Callable[..., Any]:
        operation, core = self._version.operations[name], self._core

        def answer(body: Any = None, **_parameters: Any) -> Any:
            scope = current.scope
            headers = dict(scope["headers"])
            request = Request(
                core=core,
                context=Context(core.settings.tenant),
                operation=operation,
                origin=self._origins.of(scope, headers),
                headers=headers,
                parameters=scope["path_params"],
                query=read_query(scope["query_string"]),
                media_type=headers.get(b"content-type", b"").decode(),
                body=body,
            )
            reply = handler(request)
            return reply.body, reply.status, reply.headers

        return answer


def from_environment() -> AsyncApp:
    """Return the app for the settings of the environment; what the server process calls."""
    settings = load_settings()
    configure_logs(settings)
    logging.getLogger("connexion").setLevel(logging.CRITICAL)
    core, app = open_core(settings), AsyncApp(__name__)
    for version in served_versions():
        app.add_api(
            deepcopy(version.specification.document),  # Connexion resolves references in place
            base_path=version.base_path,
            resolver=Functions(version, core),
            validate_responses=True,
        )
    return app


if __name__ == "__main__":
    cli.serve.APPLICATION = "benchmarks.stock_connexion:from_environment"
    cli.serve.serve_until_stopped(load_settings())
