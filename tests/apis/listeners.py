"""A subscriber's HTTP server on a real socket, which notes what it is sent and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.ports import free_port

Answers = Callable[[dict[str, Any]], int]
PATIENCE = 300.0  # what happens in an instant takes a while where the machine has other things to do


class Listener:
    """Serves on a port of loopback within a `with` block; `received` holds the bodies in order of arrival.

    No other listener of the run gets its port: a server may still be trying it when the block has ended.
    """

    def __init__(self, answer: Answers = lambda body: 204) -> None:
        self.answer = answer
        self.received: list[dict[str, Any]] = []
        self.posts: list[tuple[str, bytes]] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body go out as two packets; without this the second waits for an acknowledgement.
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                listener.connections += 1

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                body = json.loads(content)
                listener.posts.append((self.path, content))
                listener.received.append(body)
                listener.headers.append(dict(self.headers))
                status = listener.answer(body)
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", listener.url)
                if status != 204:
                    self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                """Say nothing on stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/events"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def bodies(self) -> list[bytes]:
        """Return the bodies as they came, in order of arrival."""
        return [body for _path, body in self.posts]

    def identifiers(self) -> list[str]:
        """Return the event identifiers received, in order of arrival."""
        return [body["eventId"] for body in self.received]

    def subjects(self, name: str = "customer") -> list[str]:
        """Return the identifiers of the resources that the events were about, in order of arrival."""
        return [body["event"][name]["id"] for body in self.received]


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; AssertionError when it doesn't in time."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it didn't happen in time"
        time.sleep(0.01)


def unused_address() -> str:
    """Return the address of a port of loopback that nobody listens on."""
    return f"http://127.0.0.1:{free_port()}/events"
