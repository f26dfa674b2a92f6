"""Receives request bodies, no more of them than the setting allows."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from core.errors import InvalidInput, TooLarge

# A caller that is sending gets its 413 only if somebody reads on; up to so many times the limit we do.
PATIENCE = 8


async def receive_body(receive: Receive, headers: Mapping[bytes, bytes], most_bytes: int) -> bytes:
    """Return the whole body. Raises TooLarge when it has more than `most_bytes`, announced or not."""
    announced = headers.get(b"content-length", b"0")
    if not announced.isdigit():
        raise InvalidInput("Content-Length is not a number", code="invalidHeader")
    chunks: list[bytes] = []
    size, more = 0, int(announced) <= PATIENCE * most_bytes
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk = message.get("body", b"")
        size, more = size + len(chunk), message.get("more_body", False)
        if size <= most_bytes:
            chunks.append(chunk)
        elif size > PATIENCE * most_bytes:
            break
    if size > most_bytes or int(announced) > most_bytes:
        raise TooLarge(f"the body has more than the {most_bytes} bytes that one may have")
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
