"""Tables of allowed state moves, written as text so that they read like the diagrams of the standard."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from core.errors import Conflict


@dataclass(frozen=True)
class Lifecycle:
    """Which states a resource has, where it starts, and which state may follow which."""

    initial: str
    moves: Mapping[str, frozenset[str]]

    @classmethod
    def parse(cls, text: str, *, initial: str) -> Self:
        """Read one line per state: `In study -> In design, Rejected`; a line without arrow is a final state."""
        moves: dict[str, frozenset[str]] = {}
        for line in filter(None, map(str.strip, text.splitlines())):
            state, _, targets = line.partition("->")
            moves[state.strip()] = frozenset(t.strip() for t in targets.split(",") if t.strip())
        unknown = {target for targets in moves.values() for target in targets} | {initial}
        if unknown - moves.keys():
            raise ValueError(f"states without a line of their own: {sorted(unknown - moves.keys())}")
        return cls(initial, moves)

    @property
    def states(self) -> frozenset[str]:
        """Return every state of the table."""
        return frozenset(self.moves)

    @property
    def unfinished(self) -> tuple[str, ...]:
        """Return the states that something may follow."""
        return tuple(state for state, targets in self.moves.items() if targets)

    def is_final(self, state: str) -> bool:
        """Tell whether nothing follows `state`."""
        return not self.moves.get(state)

    def allows(self, before: str, after: str) -> bool:
        """Tell whether `after` may follow `before`; staying is always allowed."""
        return before == after or after in self.moves.get(before, frozenset())

    def check(self, before: str, after: str, path: str, mine: Collection[str] | None = None) -> None:
        """Refuse with Conflict, naming `path` and the states that may follow, when the move isn't in the table.

        Of those, `mine` are the states that whoever asks may set (None: all). No state at all, "", follows on none.
        """
        if self.allows(before, after) and (mine is None or after == before or after in mine):
            return
        follow = self.moves.get(before, frozenset())
        allowed = ", ".join(sorted(follow if mine is None else follow & set(mine))) or (
            "none that a caller sets" if follow else "none: it is final"
        )
        move = f"can't go from '{before}' to '{after}'" if after else "can't be taken away"
        raise Conflict(f"{move}; allowed from '{before}': {allowed}", path=path, code="illegalLifecycleMove")
