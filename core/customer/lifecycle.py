"""The life of a customer: known states move by a table, other words are the operator's own and move freely."""

from __future__ import annotations

from collections.abc import Collection

from core.errors import Conflict
from core.lifecycle import Lifecycle


class CustomerLifecycle(Lifecycle):
    """TMF629 leaves `status` as free text and names no states; this table says what the usual ones mean.

    A state outside the table is kept and may come and go; a move between two states of the table must be in it.
    """

    def named(self, state: str) -> str | None:
        """Return the state as the table spells it, None for a word of the operator's own."""
        return next((known for known in self.moves if known.casefold() == state.strip().casefold()), None)

    def allows(self, before: str, after: str) -> bool:
        """Tell whether `after` may follow `before`."""
        old, new = self.named(before), self.named(after)
        return old is None or new is None or super().allows(old, new)

    def check(self, before: str, after: str, path: str, mine: Collection[str] | None = None) -> None:
        """Refuse a move that the table doesn't have, and the loss of the state, with Conflict."""
        if not after:
            raise Conflict("can't be taken away", path=path, code="illegalLifecycleMove")
        self.check_state(after, path)
        if not self.allows(before, after):
            super().check(self.named(before) or before, self.named(after) or after, path, mine)

    def check_state(self, state: str, path: str) -> None:
        """Refuse a state without a word in it with Conflict."""
        if not state.strip():
            raise Conflict("can't be empty", path=path, code="unknownState")


CUSTOMER = CustomerLifecycle.parse(
    """
    Created     -> Initialized, Validated, Approved, Active, Rejected, Closed
    Initialized -> Validated, Approved, Active, Rejected, Closed
    Validated   -> Approved, Active, Rejected, Closed
    Approved    -> Active, Inactive, Suspended, Closed
    Active      -> Inactive, Suspended, Closed
    Suspended   -> Active, Inactive, Closed
    Inactive    -> Active, Closed
    Rejected    -> Initialized, Closed
    Closed
    """,
    initial="Initialized",
)
NOT_SERVED = frozenset({"Suspended", "Inactive", "Rejected", "Closed"})

ACCOUNT = Lifecycle.parse(
    """
    Active    -> Suspended, Closed
    Suspended -> Active, Closed
    Closed
    """,
    initial="Active",
)
