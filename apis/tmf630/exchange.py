"""One request and its reply, as operations see them: no ASGI, no Connexion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from apis.tmf630.json_body import parse_body
from core.context import Context
from core.service import Core

if TYPE_CHECKING:
    from apis.tmf630.validation import Validator
    from apis.tmf630.version import Operation, Version


@dataclass(slots=True)
class Reply:
    """What goes back. `body` is a JSON document, which is validated and written; `content` is bytes sent as they are.

    `media_type` is what the operation documents, unless a reply with `content` says otherwise. `valid_by` is the
    validator that has found the body valid already.
    """

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    media_type: str | None = None
    valid_by: Validator | None = None


@dataclass(slots=True)
class Request:
    """One request to an operation, read and checked.

    `query` holds the decoded pairs of the query string; `parameters` the values in the path; `media_type` is that of
    the body, without parameters, and `text` what the body was read from; `repeated` are places in it of types that
    only the resource can tell of; `origin` is the scheme, host and prefix under which the caller reaches the server.
    """

    core: Core
    context: Context
    operation: Operation
    origin: str
    headers: Mapping[bytes, bytes]
    parameters: Mapping[str, str]
    query: tuple[tuple[str, str], ...] = ()
    media_type: str = ""
    body: Any = None
    text: bytes = b""
    repeated: tuple[tuple[str, ...], ...] = ()
    reply: Reply | None = None

    def anew(self) -> Request:
        """Return the request as it was sent: who answers it may have changed the body."""
        return replace(self, body=parse_body(self.text)) if self.text else self

    @property
    def version(self) -> Version:
        """Return the API version that the request speaks."""
        return self.operation.version

    @property
    def identifier(self) -> str:
        """Return the `{id}` of the path. Raises KeyError where the path has none."""
        return self.parameters["id"]

    def address(self, path: str, identifier: str | None = None, base_path: str | None = None) -> str:
        """Return the public address of a collection (`/customer`) or of one resource.

        It is under the base path of the request's own version, or that of another one.
        """
        place = f"{self.origin}{base_path or self.version.base_path}{path}"
        if identifier is None:
            return place
        # Most identifiers are UUIDs, which a test recognizes much faster than `quote` does.
        is_plain = identifier.isascii() and identifier.replace("-", "").isalnum()
        return f"{place}/{identifier if is_plain else quote(identifier, safe='')}"


Handler = Callable[[Request], Reply]
