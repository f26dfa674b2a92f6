"""Ports for the servers that tests start, which nobody else is given between the choice and the start."""

from __future__ import annotations

import os
import socket
from itertools import count

# Below those that Linux (from 32768) and others (from 49152) give to connections and to listeners that ask for any.
FIRST, LAST = 10_000, 32_000
# The processes of a run, and those of other runs, begin far from one another.
_numbers = count(os.getpid() * 997)


def free_port() -> int:
    """Return a port of loopback that nobody listens on, another one each time."""
    while True:
        port = FIRST + next(_numbers) % (LAST - FIRST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
