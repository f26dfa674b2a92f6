"""The outermost layer: gives every request its correlation id, and every error that nobody else answered its body."""

from __future__ import annotations

import re
import time
from typing import Any

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionIsFree
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from apis.edge.replies import JSON, send_reply
from apis.edge.scope import CORRELATION, VERSION
from apis.tmf630.errors import HttpError, error_reply, failure_reply
from apis.tmf630.exchange import Reply
from apis.tmf630.version import Version
from core.entity import new_id
from core.errors import BssError, InvalidInput, NotFound, Unavailable
from core.storage.statements import is_too_large

_HEADER = b"x-correlation-id"
_USABLE = re.compile(rb"[\x21-\x7e]{1,128}")
_DATABASE_IS_AWAY = (OperationalError, InterfaceError, NoConnectionIsFree)
_log = structlog.get_logger()


class Envelope:
    """ASGI middleware around everything. `X-Correlation-ID` of the request is used and sent back, else made."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; logs it with its status and duration."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        correlation_id = _correlation_id(scope)
        scope[CORRELATION] = correlation_id
        started, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with bound_contextvars(correlation_id=correlation_id):
            try:
                await self.app(scope, receive, noting)
            except ClientDisconnect:
                _log.info("caller went away", method=scope["method"], path=scope["path"])
            except Exception as error:
                if status:
                    raise
                await _answer(error, scope, noting, correlation_id)
            milliseconds = round((time.perf_counter() - started) * 1000, 1)
            _log.debug("request", method=scope["method"], path=scope["path"], status=status, ms=milliseconds)


async def _answer(error: Exception, scope: Scope, send: Send, correlation_id: str) -> None:
    version = scope.get("extensions", {}).get(VERSION)
    reply = reply_to_error(error, version.name if version else "v5", correlation_id)
    media_type = error_type(version) if version else JSON
    await send_reply(send, reply, media_type, correlation_id, head=scope["method"] == "HEAD")


def error_type(version: Version) -> str:
    """Return the media type that a version documents for errors; v4 names the charset in it."""
    shared = version.specification.document["components"]["responses"]
    return next((media for response in shared.values() for media in response.get("content", ())), JSON)


def reply_to_error(error: Exception, version: str, correlation_id: str) -> Reply:
    """Return the TMF Error for an exception; what is not a refusal of ours is logged, and told only by its id."""
    if isinstance(error, BssError):
        return error_reply(error, version)
    if isinstance(error, HTTPException):
        return error_reply(_translated(error), version)
    _log.error("request failed", exc_info=error)
    if is_too_large(error):
        reason = "has more conditions, or conditions deeper inside of one another, than the database can take"
        return error_reply(InvalidInput(reason, path="query", code="tooLarge"), version)
    if isinstance(error, _DATABASE_IS_AWAY):
        return error_reply(Unavailable("the database can't serve the request at present; try again later"), version)
    return failure_reply(correlation_id, version)


def _translated(error: HTTPException) -> BssError:
    if error.status_code == 404:
        return NotFound("there is nothing at this path; GET / lists the APIs")
    headers: dict[str, Any] = dict(error.headers or {})
    return HttpError(
        error.status_code, "methodNotAllowed" if error.status_code == 405 else "error", error.detail, headers
    )


def _correlation_id(scope: Scope) -> str:
    given: bytes = next((value for name, value in scope["headers"] if name == _HEADER), b"")
    return given.decode() if _USABLE.fullmatch(given) else new_id()
