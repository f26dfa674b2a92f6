"""Differences of depth: attributes that one wording has in an object of their own and the other a level up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apis.tmf630.differences import Difference, Document, Kind, Step
from apis.tmf630.keeping import ASIDE, set_aside
from core.query import Path

# What points to an entity says this of it, in both generations.
REFERENCE = ("id", "href", "name", "@referredType")


class Folded(Difference):
    """An object of its own, whose attributes the version has one level up: a party, a place, a channel.

    What it has beyond `parts`, such as all of an address that is written out, is left where it is. `kind` names its
    schema; `owed` says what the version demands, from the object.
    """

    def __init__(
        self,
        kind: Kind,
        parts: Sequence[str] = REFERENCE,
        owed: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._kind, self._parts, self._owed = kind, tuple(parts), owed
        self.always_written = owed is not None

    @property
    def words(self) -> tuple[str, ...]:
        """Return the attributes that are one level up, and what stands for the rest."""
        return (*self._parts, self.canonical)

    def read(self, document: Document) -> None:
        """Make the object of the attributes that belong to it."""
        inner = document.get(self.canonical)
        if inner is not None and not isinstance(inner, dict):
            set_aside(document, self.canonical)
            inner = None
        inner = dict(inner or {})
        inner.update({part: document.pop(part) for part in self._parts if part in document})
        if inner:
            inner.setdefault("@type", self._kind(inner))
            document[self.canonical] = inner

    def write(self, document: Document) -> None:
        """Put the attributes of the object one level up."""
        inner = document.pop(self.canonical, None)
        if ASIDE + self.canonical in document:
            document[self.canonical] = document.pop(ASIDE + self.canonical)
        inner = dict(inner) if isinstance(inner, dict) else {}
        owed = self._owed(inner) if self._owed else {}
        document.update({part: inner.pop(part) for part in self._parts if part in inner})
        for part, value in owed.items():
            document.setdefault(part, value)
        if inner.get("@type") == self._kind(document):
            del inner["@type"]
        if inner:
            document[self.canonical] = inner

    def step(self, path: Path) -> Step:
        """Lead into the object."""
        return Step((self.canonical, path[0]), path[1:]) if path[0] in self._parts else Step(path[:1], path[1:])

    def step_back(self, path: Path) -> Step:
        """Lead out of the object."""
        return Step(path[1:2], path[2:]) if path[1:2] and path[1] in self._parts else Step(path[:1], path[1:])


class Unfolded(Difference):
    """Attributes that the version has in an object of its own, the `data_key`, and the canonical wording one level up.

    What that object has beyond `parts` is left in it.
    """

    def __init__(self, parts: Sequence[str], *, is_owed: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._parts, self.always_written = tuple(parts), is_owed

    @property
    def names(self) -> tuple[str, ...]:
        """Return the attributes that go into the object."""
        return self._parts

    def read(self, document: Document) -> None:
        """Put the attributes in the object one level up."""
        if not isinstance(document[self.word], dict):
            return
        inner = dict(document.pop(self.word))
        for part in [part for part in self._parts if part in inner]:
            if part in document:
                set_aside(document, part)
            document[part] = inner.pop(part)
        if inner:
            document[self.word] = inner

    def write(self, document: Document) -> None:
        """Make the object of the attributes that belong to it."""
        inner = document.get(self.word)
        inner = dict(inner) if isinstance(inner, dict) else {}
        for part in self._parts:
            if part in document:
                inner[part] = document.pop(part)
            if ASIDE + part in document:
                document[part] = document.pop(ASIDE + part)
        if inner or self.always_written:
            document[self.word] = inner

    def step(self, path: Path) -> Step:
        """Lead out of the object."""
        return Step(path[1:2], path[2:]) if path[1:2] and path[1] in self._parts else Step(path[:1], path[1:])

    def step_back(self, path: Path) -> Step:
        """Lead into the object."""
        return Step((self.word, path[0]), path[1:])
