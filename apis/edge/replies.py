"""Writes replies: checks the body against the document, makes bytes of it and sends them."""

from __future__ import annotations

from starlette.types import Send

from apis.tmf630.exchange import Handler, Reply, Request
from apis.tmf630.version import Operation
from core.storage.json import dumps

JSON = "application/json"
WITHOUT_BODY = (204, 304)


class InvalidReply(Exception):
    """A reply that breaks the document it is given under: a mistake of ours, answered with 500."""


def written_reply(handler: Handler, request: Request) -> Reply:
    """Return what the function says to a request, held to the document and written: while all of it is at hand.

    What it was made of is let go of here; of lists that are answered together, all of it wouldn't fit into the
    processor's cache.
    """
    reply = handler(request)
    refuse_invalid_reply(request.operation, reply)
    if reply.body is not None:
        reply.body, reply.content = None, dumps(reply.body)
    return reply


def refuse_invalid_reply(operation: Operation, reply: Reply) -> None:
    """Hold a reply to what the document says about its status. Raises InvalidReply with the attributes concerned."""
    if reply.content is not None or (reply.body is None and reply.status in WITHOUT_BODY):
        return
    validator = operation.reply_validator(reply.status)
    if validator is None:
        if reply.body is not None:
            raise InvalidReply(f"{operation.id} has no body for status {reply.status} in its document")
        return
    faults = validator.faults(reply.body) if reply.valid_by is not validator else ()
    if faults and operation.resource is not None and reply.status < 300:
        # What is stored may say what this version can't. It is looked at only now, because that is rare.
        reply.body = operation.resource.fitted_body(reply.body)
        faults = validator.faults(reply.body)
    if faults:
        raise InvalidReply(f"{operation.id} {reply.status}: " + "; ".join(f"{f.path} {f.reason}" for f in faults))


async def send_reply(send: Send, reply: Reply, media_type: str, correlation_id: str, *, head: bool = False) -> None:
    """Send a reply. `head` leaves the body out and keeps its length, as HEAD wants it."""
    content = reply.content if reply.content is not None else b"" if reply.body is None else dumps(reply.body)
    headers = [(b"x-correlation-id", correlation_id.encode("latin-1"))]
    if reply.status not in WITHOUT_BODY:
        headers.append((b"content-length", str(len(content)).encode()))
    if content:
        headers.append((b"content-type", (reply.media_type or media_type).encode("latin-1")))
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else content})
