"""Tells which members of an array are the same things before and after a change.

Whoever changes one member may send the whole array, in another order, with members added or taken out.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from core.storage.json import dumps

Tell = Callable[[Any], Hashable]
Arrays = tuple[Sequence[Any], Sequence[Any]]  # before and after the change
Pair = tuple[int, int]  # the number of a member after the change, and the place of one before it
# Of more members that are alike than make so many pairs, and of those of an array behind all that make so many, those
# are paired that come one after the other: a change is made under a lock.
MOST_COMPARISONS = 2500
MOST_IN_ALL = 100_000


def places_before(before: Sequence[Any], after: Sequence[Any], known: Arrays | None = None) -> list[int | None]:
    """Return for each member after a change its place before it, None for one that is new.

    The same are those that read the same, but for a type that one leaves unsaid, or of which what is `known` (of both
    arrays) does; else those that are about the same thing; of several such, in each case, those that have most in
    common; else those of which nothing tells what they are about, if they have more in common than with any other, or
    stand alone between the same neighbours; else, as long as no fewer are left, those that are in their places: things
    of another name too where all but the name is the same.
    """
    whole = (before, after)
    pairing = _Pairing(whole, known or whole)
    for same in (_written, _content):
        pairing.pair(same, of=whole)
        if known:
            pairing.pair_alike(same)
    for tell in _SUBJECT:
        pairing.pair_alike(tell)
    pairing.pair_alike(lambda _member: True, surely=True)
    pairing.pair_between()
    if len(after) >= len(before):
        pairing.pair(lambda _member: True, moved=False)
    if len(after) == len(before):
        pairing.pair(_content_but_name, moved=False, tells=_SUBJECT[:-1])
    return pairing.found


def is_another(left: Any, right: Any) -> bool:
    """Tell whether a value has another identifier than one that stands, or stood, in its place."""
    one, other = _identifier(left), _identifier(right)
    return one is not None and other is not None and one != other


class _Pairing:
    """What members are is told from what is known of them; how much they have in common, from all of them."""

    def __init__(self, whole: Arrays, known: Arrays) -> None:
        self._whole, self._known = whole, known
        self._left = set(range(len(whole[0])))
        self.found: list[int | None] = [None] * len(whole[1])
        self._compared = 0

    @cached_property
    def _told_of(self) -> Mapping[Tell, tuple[list[Hashable], list[Hashable]]]:
        """Return by what tells what members are about what it tells of those before and after the change."""
        before, after = self._known
        return {tell: ([*map(tell, before)], [*map(tell, after)]) for tell in _SUBJECT}

    def pair(
        self, tell: Tell, *, of: Arrays | None = None, moved: bool = True, tells: Sequence[Tell] | None = None
    ) -> None:
        """Pair members of which the same is told, those in the same place first; others only if they may have moved.

        None that `tells` (all that tells what a member is about) holds apart.
        """
        told, waiting = self._told(tell, of or self._known)
        apart = _SUBJECT if tells is None else tells
        # Most members are where they were.
        elsewhere = [
            (number, said)
            for number, said in waiting
            if told.get(number) != said or not self._take(number, number, apart)
        ]
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place in told if moved else ():
            places[told[place]].append(place)
        for number, said in elsewhere:
            while places[said] and not self._take(number, places[said].pop(), apart):
                pass

    def pair_alike(self, tell: Tell, *, surely: bool = False) -> None:
        """Pair members of which the same is told, those first that have most in common, then those in their places.

        With `surely`, only those of which neither has as much in common with another one.
        """
        told, waiting = self._told(tell, self._known)
        groups: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for number, said in waiting:
            groups[said][0].append(number)
        for place, said in told.items():
            groups[said][1].append(place)
        for numbers, places in groups.values():
            compared = len(numbers) * len(places)
            if compared <= MOST_COMPARISONS and self._compared + compared <= MOST_IN_ALL:
                self._compared += compared
                self._pair_most_alike(numbers, places, surely)
            elif not surely:
                for number, place in zip(numbers, reversed(places), strict=False):
                    self._take(number, place, _SUBJECT)

    def pair_between(self) -> None:
        """Pair members that are the only ones left between the same two that are paired."""
        gaps: dict[tuple[int | None, int | None], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        previous: int | None = None
        following = [place for place in self.found if place is not None]
        for number, found in enumerate(self.found):
            if found is None:
                gaps[previous, following[0] if following else None][0].append(number)
            else:
                previous = following.pop(0)
        paired = sorted(set(range(len(self._whole[0]))) - self._left)
        for place in sorted(self._left):
            reached = bisect(paired, place)
            neighbours = paired[reached - 1] if reached else None, paired[reached] if paired[reached:] else None
            gaps[neighbours][1].append(place)
        for numbers, places in gaps.values():
            if len(numbers) == len(places) == 1:
                self._take(numbers[0], places[0], _SUBJECT)

    def _pair_most_alike(self, numbers: Sequence[int], places: Sequence[int], surely: bool) -> None:
        before, after = self._whole
        said = {number: _leaves(after[number]) for number in numbers}
        was = {place: _leaves(before[place]) for place in places}
        alike = {(number, place): len(said[number] & was[place]) for number in numbers for place in places}
        pairs = sorted(alike, key=lambda pair: (-alike[pair], pair[0] != pair[1], pair))
        if not surely:
            for number, place in pairs:
                if self.found[number] is None:
                    self._take(number, place, _SUBJECT)
            return
        pairs = [pair for pair in pairs if not self._are_apart(*pair, _SUBJECT)]
        while pair := _sure(pairs, alike):
            self._take(*pair, _SUBJECT)
            pairs = [each for each in pairs if each[0] != pair[0] and each[1] != pair[1]]

    def _told(self, tell: Tell, of: Arrays) -> tuple[dict[int, Hashable], list[tuple[int, Hashable]]]:
        """Return what is told of the members that are left, the last first, and of those that wait for one."""
        if not self._left or None not in self.found:
            return {}, []
        before, after = of
        told = {place: tell(before[place]) for place in sorted(self._left, reverse=True)}
        waiting = [(number, tell(after[number])) for number, place in enumerate(self.found) if place is None]
        return told, [(number, said) for number, said in waiting if said is not None]

    def _take(self, number: int, place: int, apart: Sequence[Tell]) -> bool:
        if place not in self._left or self._are_apart(number, place, apart):
            return False
        self._left.discard(place)
        self.found[number] = place
        return True

    def _are_apart(self, number: int, place: int, tells: Sequence[Tell]) -> bool:
        """Tell whether two members are surely about different things, by the first of what tells it that both have."""
        for tell in tells:
            was, said = self._told_of[tell]
            one, other = was[place], said[number]
            if one is not None and other is not None:
                return one != other
        return False


def _sure(pairs: Sequence[Pair], alike: Mapping[Pair, int]) -> Pair | None:
    """Return the first of pairs, sorted by how alike they are, of which neither is as much like another one."""
    degrees: dict[tuple[str, int], list[int]] = defaultdict(list)
    for number, place in pairs:
        for side in (("number", number), ("place", place)):
            degrees[side].append(alike[number, place])
    for number, place in pairs:
        degree = alike[number, place]
        both = degrees["number", number], degrees["place", place]
        if degree and all(each[0] == degree and degree not in each[1:] for each in both):
            return number, place
    return None


def _leaves(member: Any, path: tuple[str, ...] = ()) -> set[Hashable]:
    """Return the simple values in a member, each with its path; neither `@type` nor places in arrays count."""
    inside: Iterable[tuple[str, Any]]
    if isinstance(member, dict):
        inside = ((name, value) for name, value in member.items() if name != "@type")
    elif isinstance(member, list):
        inside = (("", value) for value in member)
    else:
        return {(path, dumps(member))}
    return set().union(*(_leaves(value, (*path, step)) for step, value in inside))


def _written(member: Any) -> Hashable:
    return dumps(member, sort=True)


def _content(member: Any) -> Hashable:
    """Return what an object says, but for its types, which may be left unsaid."""
    return frozenset(_leaves(member)) if isinstance(member, dict) else None


def _content_but_name(member: Any) -> Hashable:
    rest = {name: value for name, value in member.items() if name != "name"} if isinstance(member, dict) else {}
    return _content(rest) if rest else None


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
