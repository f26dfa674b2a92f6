"""Differences of depth: attributes that one wording has in an object of their own and the other a level up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apis.tmf630.differences import Difference, Step, is_met_by
from apis.tmf630.keeping import set_aside
from apis.tmf630.statements import Document, Names, block, joined
from apis.tmf630.type_names import Kind
from core.query import Condition, Path

# What points to an entity says this of it, in both generations.
REFERENCE = ("id", "href", "name", "@referredType")


class Folded(Difference):
    """An object of its own, whose attributes the version has one level up: a party, a place, a channel.

    What it has beyond `parts`, such as all of an address that is written out, is left where it is. `kind` names its
    schema; `owed` are the parts that the version demands, each with what to say of an object of some type without it.
    """

    def __init__(
        self,
        kind: Kind,
        parts: Sequence[str] = REFERENCE,
        owed: Mapping[str, Callable[[str], str]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._kind, self._parts, self._owed = kind, tuple(parts), owed or {}

    @property
    def words(self) -> tuple[str, ...]:
        """Return the attributes that are one level up, and what stands for the rest."""
        return (*self._parts, self.canonical)

    def told(self) -> str:
        """Say what becomes of the rest."""
        return "what it has beyond these, such as a thing written out in full, v4 shows where v5 has it"

    def reading(self, names: Names) -> str:
        """Return what makes the object of the attributes that belong to it."""
        inner, kind = names(self.canonical), names(self._kind)
        # What is shown of no object at all says nothing when it comes back.
        nothing = {part: otherwise("") for part, otherwise in self._owed.items()}
        return block(f"""
            inner = {{}}
            for part in {self._parts}:
                if part in each: inner[part] = each.pop(part)
            if {inner} in each: {names(self._take_rest)}(each, inner)
            if inner and inner != {nothing}:
                if '@type' not in inner: inner['@type'] = {kind}(inner)
                each[{inner}] = inner
        """)

    def writing(self, names: Names) -> str:
        """Return what puts the attributes of the object one level up."""
        inner, kind = names(self.canonical), names(self._kind)
        owed = (
            f"if {part!r} not in each: each[{part!r}] = {names(otherwise)}(str(rest.get('@type', '')))"
            for part, otherwise in self._owed.items()
        )
        taken = block(f"""
            inner, rest = each.pop({inner}, None), {{}}
            if type(inner) is dict:
                for name in inner: (each if name in {self._parts} else rest)[name] = inner[name]
        """)
        left = block(f"""
            if rest:
                if rest.get('@type') == {kind}(each): del rest['@type']
                if rest: each[{inner}] = rest
        """)
        return joined(taken, *owed, left)

    def _take_rest(self, document: Document, inner: Document) -> None:
        """Add to the object what is left of it, unless that is an extension, which is set aside."""
        rest = document[self.canonical]
        if self._is_rest(rest, inner):
            inner |= rest
        else:
            set_aside(document, self.canonical)

    def _is_rest(self, value: Any, inner: Document) -> bool:
        """Tell whether a value is what is left of an object, and not an extension that is called the same."""
        if not isinstance(value, dict) or not value or not value.keys().isdisjoint(self._parts):
            return False
        return value.get("@type") != self._kind({**inner, **value})

    def is_as_stored(self, path: Path, wanted: Condition) -> bool:
        """Tell whether a path leads to what the object says, and not to what is said of its type or instead of it."""
        if path[0] not in self._parts:
            return len(path) > 1 and path[1] != "@type"
        owed = self._owed.get(path[0])
        if owed is None:
            return True
        # What goes by the type of the object isn't stored as such.
        is_constant = owed("") == owed(self.canonical)
        return is_constant and not is_met_by(owed(""), path[1:], wanted)

    def step(self, path: Path) -> Step:
        """Lead into the object."""
        return Step((self.canonical, path[0]), path[1:]) if path[0] in self._parts else Step(path[:1], path[1:])

    def step_back(self, path: Path) -> Step:
        """Lead out of the object."""
        return Step(path[1:2], path[2:]) if path[1:2] and path[1] in self._parts else Step(path[:1], path[1:])


class Unfolded(Difference):
    """Attributes that the version has in an object of its own, the `data_key`, and the canonical wording one level up.

    What that object has beyond `parts` is left in it. Where it `is_owed`, the version demands it.
    """

    def __init__(self, parts: Sequence[str], *, is_owed: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._parts, self._is_owed = frozenset(parts), is_owed

    @property
    def names(self) -> tuple[str, ...]:
        """Return the attributes that go into the object."""
        return tuple(sorted(self._parts))

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """Return where each attribute is in either wording."""
        return tuple((f"{self.word}.{part}", part) for part in self.names)

    def told(self) -> str:
        """Say what becomes of the rest."""
        return "what it has beyond these stays in it, as an extension in v5"

    def reading(self, names: Names) -> str:
        """Return what puts the attributes in the object one level up."""
        word, parts = names(self.word), names(self._parts)
        return block(f"""
            if not {parts}.isdisjoint(each):
                for name in [name for name in each if name in {parts}]: {names(set_aside)}(each, name)
            if type(each.get({word})) is dict:
                rest = {{}}
                for name, value in each.pop({word}).items(): (each if name in {parts} else rest)[name] = value
                if rest: each[{word}] = rest
        """)

    def writing(self, names: Names) -> str:
        """Return what makes the object of the attributes that belong to it."""
        word, parts = names(self.word), names(self._parts)
        # Every page of customers has dozens of these; comprehensions take half as long again.
        return block(f"""
            inner = {{}}
            for name in each:
                if name in {parts}: inner[name] = each[name]
            for name in inner: del each[name]
            if type(each.get({word})) is dict: inner = each[{word}] | inner
            if inner or {self._is_owed}: each[{word}] = inner
        """)

    def is_as_stored(self, path: Path, _wanted: Condition) -> bool:
        """Tell whether a path leads to something in the object; whether there is one, only the version says."""
        return len(path) > 1

    def step(self, path: Path) -> Step:
        """Lead out of the object."""
        return Step(path[1:2], path[2:]) if path[1:2] and path[1] in self._parts else Step(path[:1], path[1:])

    def step_back(self, path: Path) -> Step:
        """Lead into the object."""
        return Step((self.word, path[0]), path[1:])
