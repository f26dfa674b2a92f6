"""Tables of allowed state moves, written as text so that they read like the diagrams of the standard."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from core.errors import Conflict


class IllegalMove(Conflict):
    """A move that a table doesn't have; `otherwise` is said where no state may follow."""

    code = "illegalLifecycleMove"

    def __init__(self, before: str, after: str, allowed: Sequence[str], otherwise: str, path: str) -> None:
        self._before, self._after, self._allowed, self._otherwise = before, after, allowed, otherwise
        super().__init__(self.told({}), path=path)

    def told(self, shown: Mapping[str, str]) -> str:
        """Return the reason in the words of a caller, to whom some states are `shown` as others and can't be set."""
        before, after = shown.get(self._before, self._before), shown.get(self._after, self._after)
        move = f"can't go from '{before}' to '{after}'" if after else "can't be taken away"
        allowed = ", ".join(state for state in self._allowed if state not in shown) or self._otherwise
        return f"{move}; allowed from '{before}': {allowed}"


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
        """Refuse with IllegalMove, naming `path` and the states that may follow, when the move isn't in the table.

        Of those, `mine` are the states that whoever asks may set (None: all). No state at all, "", follows on none.
        """
        if self.allows(before, after) and (mine is None or after == before or after in mine):
            return
        follow = self.moves.get(before, frozenset())
        allowed = sorted(follow if mine is None else follow & set(mine))
        raise IllegalMove(before, after, allowed, "none that a caller sets" if follow else "none: it is final", path)
