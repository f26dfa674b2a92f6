"""Connexion middleware that opens a request, and sends what comes back for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations import AbstractOperation
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from apis.edge.address import Origins
from apis.edge.envelope import error_type, reply_to_error
from apis.edge.replies import send_reply
from apis.edge.scope import CORRELATION, REQUEST
from apis.tmf630.exchange import Request
from apis.tmf630.version import Operation, Version
from core.context import Context
from core.service import Core

# Headers that have several members; the key of a request is here so that two of them are refused.
LISTS = {b"accept", b"if-match", b"if-none-match", b"idempotency-key"}


class AnsweredRequest:
    """One operation's way out. Errors inside become replies here, so that they are held to the document as well."""

    def __init__(self, operation: Operation, core: Core, origins: Origins, next_app: ASGIApp) -> None:
        self._operation = operation
        self._core = core
        self._origins = origins
        self._next = next_app
        self._version = operation.version.name
        self._error_type = error_type(operation.version)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        correlation_id: str = scope[CORRELATION]
        try:
            request = self._open(scope, correlation_id)
            await self._next(scope, receive, send)
            reply = request.reply
            if reply is None:
                raise RuntimeError(f"{self._operation.id} has given no reply")
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - translated, and logged unless it is a refusal
            reply = reply_to_error(error, self._version, correlation_id)
            reply.media_type = self._error_type
        head = scope["method"] == "HEAD"
        await send_reply(send, reply, self._operation.reply_type, correlation_id, head=head)

    def _open(self, scope: Scope, correlation_id: str) -> Request:
        headers = read_headers(scope["headers"])
        request = Request(
            core=self._core,
            context=Context(self._core.settings.tenant, correlation_id=correlation_id),
            operation=self._operation,
            origin=self._origins.of(scope, headers),
            headers=headers,
            parameters=scope["path_params"],
        )
        scope["extensions"][REQUEST] = request
        return request


def read_headers(lines: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return headers by their name in lower case; lines of a list are joined (RFC 9110, 5.3), else the last counts."""
    headers = dict(lines)
    if len(headers) != len(lines):
        for name in LISTS & headers.keys():
            headers[name] = b", ".join(value for key, value in lines if key == name)
    return headers


class AnsweredApi(RoutedAPI[AnsweredRequest]):
    """The operations of one version, for Connexion to choose from."""

    def __init__(self, *args: Any, version: Version, core: Core, origins: Origins, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._version, self._core, self._origins = version, core, origins
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> AnsweredRequest:
        """Return the way out of an operation."""
        found = self._version.operations[operation.operation_id]
        return AnsweredRequest(found, self._core, self._origins, self.next_app)


class ResponseValidation(RoutedMiddleware[AnsweredApi]):
    """Takes the place of Connexion's own response validation (design, trap 1); stands outside the request's."""

    api_cls = AnsweredApi
