"""Connexion's asynchronous app with an operation of ours: it hands a read request to a plain function, in a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from connexion import AsyncApp
from connexion.apps.asynchronous import AsyncApi
from connexion.middleware.lifespan import Lifespan, LifespanMiddleware
from connexion.operations import AbstractOperation
from connexion.resolver import Resolution, Resolver
from starlette.types import Receive, Scope, Send

from apis.edge.lanes import Lanes
from apis.edge.replies import written_reply
from apis.edge.scope import REQUEST
from apis.tmf630.exchange import Handler, Request
from apis.tmf630.version import Version


class HandledRequest:
    """One operation: calls its function and leaves the reply on the request; the response validation sends it.

    Stock Connexion builds the decorators around a function, and its arguments, anew for every request; ours takes the
    request object that all operations share.
    """

    def __init__(self, handler: Handler, lanes: Lanes) -> None:
        self._handler, self._answer, self._lanes = handler, partial(written_reply, handler), lanes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request in the scope."""
        request: Request = scope["extensions"][REQUEST]
        request.reply = await self._lanes.of(self._handler, request).run(self._answer, request)


class HandledApi(AsyncApi):
    """The operations of one version, for Connexion to choose from."""

    def __init__(self, *args: Any, lanes: Lanes, **kwargs: Any) -> None:
        self._lanes = lanes
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> HandledRequest:
        """Return the operation around the function that the resolver found."""
        return HandledRequest(operation.function, self._lanes)


class ConnexionApp(AsyncApp):
    """AsyncApp with these operations, and with the middlewares given instead of Connexion's own."""

    def __init__(self, name: str, *, lifespan: Lifespan, middlewares: Sequence[Any]) -> None:
        super().__init__(name, lifespan=lifespan, middlewares=[*middlewares, LifespanMiddleware])
        self._middleware_app.api_cls = HandledApi


class VersionResolver(Resolver):
    """Finds the function of an operation: generic ones by the regular start of their operationId, else by name."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        super().__init__()
        self._handlers = handlers

    def resolve(self, operation: AbstractOperation) -> Resolution:
        """Return the function for an operation. Raises KeyError where there is none: a mistake in a specification."""
        return Resolution(self._handlers[operation.operation_id], operation.operation_id)


def outline(version: Version) -> dict[str, Any]:
    """Return what Connexion has to know of a version: paths, operationIds and path parameters.

    The schemas are left out, because Connexion would inline them into one another; our validators have them from the
    complete document.
    """
    paths: dict[str, dict[str, Any]] = {}
    for operation in version.operations.values():
        names = [step[1:-1] for step in operation.path.split("/") if step.startswith("{")]
        paths.setdefault(operation.path, {})[operation.method.lower()] = {
            "operationId": operation.id,
            "parameters": [{"name": n, "in": "path", "required": True, "schema": {"type": "string"}} for n in names],
            "responses": {"default": {"description": "as in the complete document"}},
        }
    specification = version.specification
    info = {"title": specification.title, "version": specification.release}
    return {"openapi": "3.0.3", "info": info, "paths": paths}
