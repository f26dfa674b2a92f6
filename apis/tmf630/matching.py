"""Tells which members of an array are the same things before and after a change.

Whoever changes one member may send the whole array, in another order, with members added or taken out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from core.storage.json import dumps

Tell = Callable[[Any], Hashable]


def places_before(before: Sequence[Any], after: Sequence[Any]) -> list[int | None]:
    """Return for each member after a change its place before it, None for one that is new.

    The same are those that read the same, else those that are about the same thing, else those of which nothing tells
    what they are about, in their places, as long as no fewer are left.
    """
    pairing = _Pairing(before, after)
    pairing.pair(lambda member: dumps(member, sort=True))
    for tell in _SUBJECT:
        pairing.pair(tell)
    if len(after) >= len(before):
        pairing.pair(lambda _member: True, moved=False)
    return pairing.found


def is_another(left: Any, right: Any) -> bool:
    """Tell whether a value has another identifier than one that stands, or stood, in its place."""
    one, other = _identifier(left), _identifier(right)
    return one is not None and other is not None and one != other


def _are_apart(left: Any, right: Any) -> bool:
    """Tell whether two members are surely about different things, by the first of what tells it that both have."""
    for tell in _SUBJECT:
        one, other = tell(left), tell(right)
        if one is not None and other is not None:
            return one != other
    return False


class _Pairing:
    def __init__(self, before: Sequence[Any], after: Sequence[Any]) -> None:
        self._before, self._after = before, after
        self._left = set(range(len(before)))
        self.found: list[int | None] = [None] * len(after)

    def pair(self, tell: Tell, *, moved: bool = True) -> None:
        """Pair members of which the same is told, those in the same place first; others only if they may have moved."""
        if not self._left or None not in self.found:
            return
        told = {place: tell(self._before[place]) for place in sorted(self._left, reverse=True)}
        waiting = [(number, tell(self._after[number])) for number, place in enumerate(self.found) if place is None]
        waiting = [(number, said) for number, said in waiting if said is not None]
        # Most members are where they were.
        elsewhere = [each for each in waiting if told.get(each[0]) != each[1] or not self._take(each[0], each[0])]
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place in told if moved else ():
            places[told[place]].append(place)
        for number, said in elsewhere:
            while places[said] and not self._take(number, places[said].pop()):
                pass

    def _take(self, number: int, place: int) -> bool:
        if place not in self._left or _are_apart(self._before[place], self._after[number]):
            return False
        self._left.discard(place)
        self.found[number] = place
        return True


def _identifier(member: Any) -> Hashable:
    """Return the member's own identifier."""
    return dumps(member["id"]) if isinstance(member, dict) and member.get("id") not in (None, "") else None


def _identifiers_below(member: Any) -> Hashable:
    """Return the identifiers of what a member points to."""
    if not isinstance(member, dict):
        return None
    pointers = [(name, value) for name, value in member.items() if isinstance(value, dict)]
    below = {name: value["id"] for name, value in pointers if value.get("id") not in (None, "")}
    return dumps(below, sort=True) if below else None


def _name(member: Any) -> Hashable:
    return dumps(member["name"]) if isinstance(member, dict) and "name" in member else None


# What tells which thing a value is about, the surest first.
_SUBJECT: tuple[Tell, ...] = (_identifier, _identifiers_below, _name)
