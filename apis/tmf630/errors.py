"""The one translator from what went wrong to the TMF Error body and its HTTP status."""

from __future__ import annotations

from apis.tmf630.exchange import Reply
from core.errors import (
    BssError,
    Conflict,
    Fault,
    InvalidInput,
    NotFound,
    NotYet,
    PreconditionFailed,
    TooLarge,
    Unavailable,
    Unprocessable,
)

STATUSES: dict[type[BssError], int] = {
    InvalidInput: 400,
    NotFound: 404,
    Conflict: 409,
    PreconditionFailed: 412,
    TooLarge: 413,
    Unprocessable: 422,
    NotYet: 501,
    Unavailable: 503,
}


class HttpError(BssError):
    """A refusal that only HTTP knows: 405, 406, 415. `headers` go with the reply (`Allow`)."""

    def __init__(self, status: int, code: str, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason, code=code)
        self.status = status
        self.headers = headers or {}


def status_of(error: BssError) -> int:
    """Return the HTTP status of an error, that of its nearest known class."""
    if isinstance(error, HttpError):
        return error.status
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def error_reply(error: BssError, version: str) -> Reply:
    """Return the TMF Error of a refusal: its first fault as `reason`, all of them in `message` (TMF630, Error)."""
    sentences = list(dict.fromkeys(_sentence(fault) for fault in error.faults)) or [error.reason]
    code = error.faults[0].code if error.faults else error.code
    headers = dict(error.headers) if isinstance(error, HttpError) else {}
    return _reply(status_of(error), code, sentences[0], "; ".join(sentences), version, headers)


def failure_reply(correlation_id: str, version: str) -> Reply:
    """Return the TMF Error of a failure of ours: nothing but the identifier under which the log has it."""
    reason = "the request could not be completed because of an error in the server"
    return _reply(500, "internalError", reason, f"{reason}; it is logged under {correlation_id}", version, {})


def _reply(status: int, code: str, reason: str, message: str, version: str, headers: dict[str, str]) -> Reply:
    typed = {} if version == "v4" else {"@type": "Error"}
    body = {**typed, "code": code, "reason": reason, "message": message, "status": str(status)}
    return Reply(status, body, headers)


def _sentence(fault: Fault) -> str:
    return f"{fault.path}: {fault.reason}" if fault.path else fault.reason
