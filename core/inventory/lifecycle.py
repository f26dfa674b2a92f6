"""The states of a product, and how one leads to another (TMF637)."""

from __future__ import annotations

from core.entity import Document
from core.lifecycle import Lifecycle

# TMF637 publishes this state with a blank at its end; a Lifecycle's text can't say that.
ABORTED = "aborted "


def _official(lifecycle: Lifecycle) -> Lifecycle:
    def spelled(state: str) -> str:
        return ABORTED if state == ABORTED.strip() else state

    moves = {spelled(state): frozenset(map(spelled, after)) for state, after in lifecycle.moves.items()}
    return Lifecycle(lifecycle.initial, moves)


PRODUCT = _official(
    Lifecycle.parse(
        """
        created          -> pendingActive, active, cancelled, aborted
        pendingActive    -> active, cancelled, aborted
        active           -> suspended, pendingTerminate, terminated
        suspended        -> active, pendingTerminate, terminated
        pendingTerminate -> active, terminated
        cancelled
        terminated
        aborted
        """,
        initial="created",
    )
)
LIVE = PRODUCT.unfinished


def is_live(document: Document) -> bool:
    """Tell whether a product hasn't come to its end."""
    return document.get("status", PRODUCT.initial) in LIVE
