"""Differences of depth: attributes that one wording has in an object of their own and the other a level up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apis.tmf630.differences import Difference, Document, Documents, Step, is_met_by
from apis.tmf630.keeping import set_aside
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

    def read(self, objects: Documents) -> None:
        """Make the object of the attributes that belong to it."""
        for each in objects:
            self._fold(each)

    def _fold(self, document: Document) -> None:
        inner = {part: document.pop(part) for part in self._parts if part in document}
        if self.canonical in document:
            rest = document[self.canonical]
            if self._is_rest(rest, inner):
                inner |= rest
            else:
                set_aside(document, self.canonical)
        if inner:
            inner.setdefault("@type", self._kind(inner))
            document[self.canonical] = inner

    def _is_rest(self, value: Any, inner: Document) -> bool:
        """Tell whether a value is what is left of an object, and not an extension that is called the same."""
        if not isinstance(value, dict) or not value or not value.keys().isdisjoint(self._parts):
            return False
        return value.get("@type") != self._kind({**inner, **value})

    def write(self, objects: Documents) -> None:
        """Put the attributes of the object one level up."""
        for each in objects:
            self._unfold(each)

    def _unfold(self, document: Document) -> None:
        inner = document.pop(self.canonical, None)
        rest: Document = {}
        if isinstance(inner, dict):
            for name, value in inner.items():
                (document if name in self._parts else rest)[name] = value
        for part, otherwise in self._owed.items():
            if part not in document:
                document[part] = otherwise(str(rest.get("@type", "")))
        if rest and rest.get("@type") == self._kind(document):
            del rest["@type"]
        if rest:
            document[self.canonical] = rest

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

    def read(self, objects: Documents) -> None:
        """Put the attributes in the object one level up."""
        word, parts = self.word, self._parts
        for each in objects:
            if not parts.isdisjoint(each):
                for part in [name for name in each if name in parts]:
                    set_aside(each, part)
            if word in each and isinstance(each[word], dict):
                rest: Document = {}
                for name, value in each.pop(word).items():
                    (each if name in parts else rest)[name] = value
                if rest:
                    each[word] = rest

    def write(self, objects: Documents) -> None:
        """Make the object of the attributes that belong to it."""
        word, parts = self.word, self._parts
        for each in objects:
            inner: Document = {}
            # Every page of customers has dozens of these; comprehensions take half as long again.
            for name in each:
                if name in parts:
                    inner[name] = each[name]
            for name in inner:
                del each[name]
            if word in each and isinstance(rest := each[word], dict):
                inner = rest | inner
            if inner or self._is_owed:
                each[word] = inner

    def is_as_stored(self, path: Path, _wanted: Condition) -> bool:
        """Tell whether a path leads to something in the object; whether there is one, only the version says."""
        return len(path) > 1

    def step(self, path: Path) -> Step:
        """Lead out of the object."""
        return Step(path[1:2], path[2:]) if path[1:2] and path[1] in self._parts else Step(path[:1], path[1:])

    def step_back(self, path: Path) -> Step:
        """Lead into the object."""
        return Step((self.word, path[0]), path[1:])
