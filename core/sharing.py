"""What is common to the requests that a thread answers together."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from core.events.outbox import Row
from core.storage.repository import Stored
from core.storage.whole_table import Survey

Key = tuple[str, str, str]  # tenant, entity, identifier


class Shared(threading.local):
    """The events of transactions that are committed together; what was read, or found out, by all that a thread reads.

    Nobody gets anything that was read before he asked: only what is asked for already is answered together.
    """

    told: list[Row] | None = None
    known: Mapping[Key, Stored | None] = {}
    survey: Survey | None = None

    @contextmanager
    def telling(self) -> Iterator[list[Row]]:
        """Gather the events of the block."""
        told: list[Row] = []
        self.told = told
        try:
            yield told
        finally:
            self.told = None

    @contextmanager
    def knowing(self, known: Mapping[Key, Stored | None]) -> Iterator[None]:
        """Have these resources at hand in the block; None stands for one that isn't there."""
        self.known, self.survey = known, Survey()
        try:
            yield
        finally:
            self.known, self.survey = {}, None
