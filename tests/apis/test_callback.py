"""What is written down when a listener doesn't take a notification: a reason in words, no class of a library."""

from __future__ import annotations

import re
import socket
import threading

import pytest

from apis.tmf630.callback import Answer, CallbackSession
from core.events.addresses import Addresses
from core.settings import Settings
from tests.ports import free_port

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


def post(url: str, timeout: float = 60) -> Answer:
    session = CallbackSession(timeout, Addresses(Settings()))
    try:
        return session.post(url, b"{}", {})
    finally:
        session.close()


@pytest.mark.parametrize(
    ("said", "closes", "words"),
    [
        (b"", False, "timed out"),
        (b"", True, "Remote end closed connection without response"),
        (HEAD + b"{", False, "timed out"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense", True, "."),
        (b"nonsense\r\n\r\n", True, "nonsense"),
    ],
)
def test_a_listener_that_does_not_answer_properly_fails_in_words(said: bytes, closes: bool, words: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def answer() -> None:
            connection, _address = server.accept()
            with connection:
                # To the end: what is left unread when the connection closes would be answered with a reset.
                sent = b""
                while not sent.endswith(b"{}"):
                    sent += connection.recv(65_536)
                connection.sendall(said)
                if not closes:
                    done.wait()

        thread = threading.Thread(target=answer)
        thread.start()
        told = post(f"http://127.0.0.1:{server.getsockname()[1]}/", timeout=60 if closes else 0.2)
        done.set()
        thread.join()
    assert told.unreachable
    assert re.search(words, told.error or "")
    assert "Pool" not in (told.error or "")


def test_a_listener_that_is_gone_is_said_to_refuse() -> None:
    assert post(f"http://127.0.0.1:{free_port()}/") == Answer("no answer: Connection refused", unreachable=True)
