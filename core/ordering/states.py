"""The states of orders, their items and cancellations, and how the states of items make the state of the order."""

from __future__ import annotations

from collections.abc import Sequence

from core.lifecycle import Lifecycle

# TMF622 v5 user guide, state machines of ProductOrder and ProductOrderItem. Ours are the direct ways from `draft` and
# back into `acknowledged` that judging takes, and cancelling at once what hasn't been started.
ORDER = Lifecycle.parse(
    """
    draft                 -> acknowledged, held, rejected, cancelled
    acknowledged          -> held, rejected, pending, inProgress, assessingCancellation, cancelled
    held                  -> acknowledged, rejected, pending, inProgress, assessingCancellation, cancelled
    pending               -> acknowledged, held, rejected, inProgress, assessingCancellation, cancelled
    inProgress            -> inProgress.accepted, held, pending, assessingCancellation, completed, failed, partial
    inProgress.accepted   -> held, pending, assessingCancellation, completed, failed, partial
    assessingCancellation -> pendingCancellation, cancelled, inProgress, inProgress.accepted, held, pending
    pendingCancellation   -> cancelled
    completed
    cancelled
    failed
    partial
    rejected
    """,
    initial="acknowledged",
)

# TMF622 v5, TaskStateType.
CANCELLATION = Lifecycle.parse(
    """
    acknowledged -> inProgress, done, rejected, cancelled, terminatedWithError
    inProgress   -> done, cancelled, terminatedWithError
    done
    rejected
    cancelled
    terminatedWithError
    """,
    initial="acknowledged",
)

ITEM_STATES = ORDER.states - {"draft", "inProgress.accepted"}
NOT_STARTED = frozenset({"draft", "acknowledged", "held", "pending"})
ASSESSING = "assessingCancellation"
# What stands for the whole as soon as one item is in it, most telling first.
_PREVAILING = (ASSESSING, "pendingCancellation", "held", "pending")


def is_final(state: str) -> bool:
    """Tell whether an order or item in this state is over."""
    return ORDER.is_final(state)


def roll_up(states: Sequence[str]) -> str:
    """Return the state of the whole from those of its parts (at least one; TMF622 user guide, state rules).

    All alike make the whole alike. All over, but not alike: `partial` where anything was delivered, else `failed`
    where anything failed, else `cancelled`. While something is left to do, one part that waits makes the whole wait.

    One order isn't what this makes of its items: who cancels it finds it `cancelled`, whatever has failed before.
    """
    found = set(states)
    if len(found) == 1:
        return states[0]
    if all(is_final(state) for state in found):
        if found & {"completed", "partial"}:
            return "partial"
        return "failed" if "failed" in found else "cancelled"
    return next((state for state in _PREVAILING if state in found), "inProgress")
