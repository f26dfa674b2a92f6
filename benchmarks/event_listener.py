"""A subscriber in a process of its own that counts what it is sent and answers 204 as fast as it can."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Counting(asyncio.Protocol):
    """Reads requests with a body from one connection, counts and answers them."""

    def __init__(self, count: Any) -> None:
        self._count = count
        self._rest = b""

    def connection_made(self, transport: Any) -> None:
        """Note where answers go."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head = self._rest[:end].lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(self._rest) < end + 4 + length:
                return
            self._rest = self._rest[end + 4 + length :]
            self._count.value += 1
            self._transport.write(ANSWER)


def listen(port: Any, count: Any) -> None:
    """Serve until killed; the port is told through shared memory."""

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: Counting(count), "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def listener() -> Iterator[tuple[str, Any]]:
    """Give the address of a listener and its count of requests, shared memory that may be set back."""
    spawn = multiprocessing.get_context("spawn")
    port, count = spawn.Value("i", 0, lock=False), spawn.Value("i", 0, lock=False)
    process = spawn.Process(target=listen, args=(port, count), daemon=True)
    process.start()
    while not port.value:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port.value}/events", count
    finally:
        process.terminate()
        process.join()
