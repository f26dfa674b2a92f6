"""Tells a caller of what the rules refuse in the words of the version that is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from apis.tmf630.complaints import written_path
from apis.tmf630.dialect import CANONICAL, Dialect
from apis.tmf630.translation import place_of
from core.errors import BssError
from core.lifecycle import IllegalMove

_STEP = re.compile(r"[^.\[\]]+")


@contextmanager
def refused_in_words_of(dialect: Dialect) -> Iterator[None]:
    """Put what a refusal names, which the rules say in canonical wording, into a version's words: paths and states."""
    try:
        yield
    except BssError as error:
        if dialect is not CANONICAL:
            error.faults = tuple(replace(fault, path=worded(dialect, fault.path)) for fault in error.faults)
        if isinstance(error, IllegalMove):
            error.reason = error.told(dialect.shown((error.faults[0].path,)))
            error.faults = tuple(replace(fault, reason=error.reason) for fault in error.faults)
        raise


def worded(dialect: Dialect, path: str) -> str:
    """Return a version's words for a path as faults write it: `relatedParty[0].partyOrPartyRole.id`."""
    steps = dialect.worded_path(tuple(_STEP.findall(path)))
    return written_path([step if (at := place_of(step)) is None else at for step in steps])
