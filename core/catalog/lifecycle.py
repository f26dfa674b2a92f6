"""The life of a catalog element, from study to obsolescence (TMF620 v5 user guide, "Entity Lifecycle States")."""

from __future__ import annotations

from collections.abc import Collection

from core.errors import Conflict
from core.lifecycle import Lifecycle


class CatalogLifecycle(Lifecycle):
    """The official states, whatever their spelling: `In Study`, `In study` and `IN_STUDY` are one state.

    The attribute is free text in the specification, and callers spell it differently; it is stored as sent.
    """

    def named(self, state: str | None) -> str | None:
        """Return the state as the table spells it, None if there is no such state."""
        wanted = _plain(state or "")
        return next((known for known in self.moves if _plain(known) == wanted), None)

    def allows(self, before: str, after: str) -> bool:
        """Tell whether `after` may follow `before`."""
        return super().allows(self.named(before) or before, self.named(after) or after)

    def check(self, before: str, after: str, path: str, mine: Collection[str] | None = None) -> None:
        """Refuse a state that doesn't exist, and a move that the table doesn't have, with Conflict."""
        self.check_state(after, path)
        super().check(self.named(before) or before, self.named(after) or after, path, mine)

    def check_state(self, state: str, path: str) -> None:
        """Refuse a state that doesn't exist with Conflict, naming `path` and those that do."""
        if self.named(state) is None:
            raise Conflict(
                f"can't be '{state}'; it is one of {', '.join(self.moves)}",
                path=path,
                code="unknownLifecycleStatus",
            )


# "In test -> In design" is not in the guide's diagram, but in TM Forum's reference implementation.
CATALOG = CatalogLifecycle.parse(
    """
    In study -> In design
    In design -> In test
    In test -> Active, Rejected, In design
    Active -> Launched, Retired
    Launched -> Retired
    Retired -> Obsolete
    Rejected
    Obsolete
    """,
    initial="In study",
)

# The guide sells what is Launched; what is Active has passed its tests and is sold too, as most catalogs never
# get a marketing date and test kits create everything as Active.
ON_SALE = frozenset({"Active", "Launched"})
IN_THE_MAKING = frozenset({"In study", "In design", "In test"})


def is_on_sale(lifecycle_status: str | None) -> bool:
    """Tell whether an element in this state may be sold."""
    return CATALOG.named(lifecycle_status) in ON_SALE


def _plain(state: str) -> str:
    return " ".join(state.replace("_", " ").replace("-", " ").split()).casefold()


def is_in_the_making(status: str | None) -> bool:
    """Tell whether something with this lifecycle status has yet to be launched."""
    return CATALOG.named(status) in IN_THE_MAKING
