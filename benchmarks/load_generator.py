"""Keeps a server busy over some keep-alive connections, each with one request at a time, and notes how long it takes.

Written on the bare protocol of the event loop: libraries for HTTP would cost more than what they are to measure.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import uvloop

CONNECTIONS = 16
HOST = "127.0.0.1"
# A reply that takes so long is a failure, not a measurement.
PATIENCE = 60.0


class UnexpectedReply(Exception):
    """A reply other than 2xx, or none: what was to be measured isn't."""


class Caller(asyncio.Protocol):
    """One connection: sends a request as soon as the last is answered, until the time is over."""

    def __init__(self, requests: Iterator[bytes], until: float, latencies: list[float]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests, self._until, self._latencies = requests, until, latencies
        self._received, self._size, self._sent = b"", 0, 0.0

    def connection_made(self, transport: Any) -> None:
        """Send the first request."""
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Gather a reply; note it when it is complete, and go on."""
        self._received += data
        if not self._size and (end := self._received.find(b"\r\n\r\n")) >= 0:
            self._size = end + 4 + _length_of_body(self._received[:end])
        if not self._size or len(self._received) < self._size:
            return
        now = time.perf_counter()
        self._latencies.append(now - self._sent)
        if self._received[9:10] != b"2":
            self._end(UnexpectedReply(self._received[:1000].decode(errors="replace")))
        elif now < self._until:
            self._send()
        else:
            self._end()

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell that the server has hung up, if it was its turn."""
        self._end(UnexpectedReply("the server closed the connection"))

    def _send(self) -> None:
        self._received, self._size, self._sent = b"", 0, time.perf_counter()
        self._transport.write(next(self._requests))

    def _end(self, error: UnexpectedReply | None = None) -> None:
        if not self.done.done():
            if error:
                self.done.set_exception(error)
            else:
                self.done.set_result(None)
            self._transport.close()


def keep_busy(port: int, requests: Iterator[bytes], seconds: float) -> tuple[list[float], float]:
    """Send requests for so many seconds; return the latency of each, and how long all of it took, in seconds.

    Raises UnexpectedReply at the first reply that isn't 2xx.
    """
    return uvloop.run(_keep_busy(port, requests, seconds))


async def _keep_busy(port: int, requests: Iterator[bytes], seconds: float) -> tuple[list[float], float]:
    latencies: list[float] = []
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    callers = [
        (await loop.create_connection(lambda: Caller(requests, started + seconds, latencies), HOST, port))[1]
        for _ in range(CONNECTIONS)
    ]
    async with asyncio.timeout(seconds + PATIENCE):
        await asyncio.gather(*(caller.done for caller in callers))
    return latencies, time.perf_counter() - started


def request(method: str, path: str, body: bytes = b"", media_type: str = "application/json") -> bytes:
    """Return a request as it goes over the wire."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: application/json\r\n"
    if body:
        head += f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def _length_of_body(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0
