"""Connexion middleware that reads requests and holds them to the document, by validators compiled once."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from apis.edge.bodies import receive_body
from apis.edge.media_types import refuse_other_reply, refuse_unknown_content
from apis.edge.scope import REQUEST
from apis.tmf630.exchange import Request
from apis.tmf630.json_body import parse_body
from apis.tmf630.patch import MERGE, repeated_types
from apis.tmf630.query import SHOWING, refuse_unknown_parameters
from apis.tmf630.validation import refusal
from apis.tmf630.version import Operation, Version
from core.errors import InvalidInput

MOST_PARAMETERS = 200


class CheckedRequest:
    """The checks of one operation, in the order in which a caller can mend them: reply type, query, body."""

    def __init__(self, operation: Operation, next_app: ASGIApp) -> None:
        self._operation = operation
        self._next = next_app
        self._is_list = operation.id.startswith("list")
        is_shown = operation.resource is not None and operation.id.startswith("retrieve")
        self._query_names = operation.query_names | (SHOWING if is_shown else frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Complete the request in the scope, then pass it on. Raises BssError."""
        request: Request = scope["extensions"][REQUEST]
        refuse_other_reply(request.headers.get(b"accept", b"").decode("latin-1"), self._operation.reply_type)
        if scope["query_string"]:
            request.query = read_query(scope["query_string"])
            if not self._is_list:
                refuse_unknown_parameters(request.query, self._query_names)
        if self._operation.takes_body:
            await self._read_body(request, receive)
        await self._next(scope, receive, send)

    async def _read_body(self, request: Request, receive: Receive) -> None:
        headers = request.headers
        # The body is received first: a caller that is still sending might never see a refusal.
        request.text = await receive_body(receive, headers, request.core.settings.max_body_bytes)
        content_type = headers.get(b"content-type", b"").decode("latin-1")
        encoding = headers.get(b"content-encoding", b"").decode("latin-1").lower()
        request.media_type = refuse_unknown_content(content_type, encoding, self._operation.accepted)
        request.body = parse_body(request.text)
        validator = self._operation.request_validator(request.media_type)
        if faults := validator.faults(request.body):
            if self._operation.method == "PATCH" and request.media_type in MERGE:
                request.repeated, faults = repeated_types(validator.complaints(request.body), faults)
            if faults:
                raise refusal("the body breaks the specification", faults)


class CheckedApi(RoutedAPI[CheckedRequest]):
    """The operations of one version, for Connexion to choose from."""

    def __init__(self, *args: Any, version: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._version = version
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> CheckedRequest:
        """Return the checks of an operation."""
        return CheckedRequest(self._version.operations[operation.operation_id], self.next_app)


class RequestValidation(RoutedMiddleware[CheckedApi]):
    """Takes the place of Connexion's own request validation (design, trap 1)."""

    api_cls = CheckedApi


def read_query(query_string: bytes) -> tuple[tuple[str, str], ...]:
    """Return the decoded pairs of a query string. Raises InvalidInput for broken UTF-8 and for too many of them."""
    try:
        return tuple(
            parse_qsl(
                query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
            )
        )
    except UnicodeDecodeError as error:
        raise InvalidInput("the query is not percent-encoded UTF-8", code="invalidQuery") from error
    except ValueError as error:
        raise InvalidInput(f"the query has more than {MOST_PARAMETERS} parameters", code="invalidQuery") from error
