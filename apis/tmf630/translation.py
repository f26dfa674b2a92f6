"""Translates objects and paths by a wording: its differences, in the form in which translating costs least.

marshmallow's own `load` and `dump` look at every attribute, check it and gather errors, and take longer than the rest
of a request. Documents are valid when they get here; of an object only that is touched which differences are about, in
one function made of what they say (apis/tmf630/statements.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

from marshmallow import Schema, fields

from apis.tmf630.differences import Difference, Inside, Owed, Step
from apis.tmf630.keeping import ASIDE, KEPT, bring_back, set_ours_aside
from apis.tmf630.statements import Names, Translate, function, joined
from apis.tmf630.type_names import TypeName, TypeOf
from core.query import Condition, Path

# As RFC 6901 has it; no array has a thousand million members.
_PLACE = re.compile(r"0|[1-9][0-9]{0,8}")


class Translation:
    """How the objects of one wording are translated, both ways."""

    def __init__(self, wording: type[Schema]) -> None:
        declared = [_difference(name, field) for name, field in wording().fields.items()]
        self.differences = tuple(sorted(declared, key=_turn_of))
        backwards = self.differences[::-1]
        self._title = f"{wording.__module__}.{wording.__qualname__}"
        self._keeps = getattr(wording, "keeps", True)
        self._by_word = {word: d for d in backwards for word in d.words if not isinstance(d, Owed)}
        self._by_name = {name: d for d in backwards for name in d.names}

    @cached_property
    def _aside(self) -> set[str]:
        """Return the canonical names that the version has elsewhere: what it calls so is a caller's own, and set aside.

        Found late, since it asks what is inside, which may have such as this inside.
        """
        if not self._keeps:
            return set()
        free = self._by_name.keys() - self._by_word.keys()
        return {name for name in free if self._by_name[name].step_back((name,)).done != (name,)} | {ASIDE, KEPT}

    @cached_property
    def read(self) -> Translate:
        """Return what puts an object into canonical wording, in place.

        What is inside of it stays as it is, for whoever has it too.
        """
        names = Names()
        return function(f"{self._title} read", self.statements("read", names), names)

    @cached_property
    def write(self) -> Translate:
        """Return what puts an object into the version's wording, in the same way."""
        names = Names()
        return function(f"{self._title} written", self.statements("write", names), names)

    def statements(self, way: str, names: Names) -> str:
        """Return the statements of `read` or `write`; a call of that where they are asked for inside of themselves."""
        with names.within(self) as is_recursive:
            if is_recursive:
                return f"each = {names(self)}.{way}(each)"
            if way == "write":
                theirs = f"if {ASIDE!r} in each: {names(bring_back)}(each)" if self._keeps else ""
                return joined(*(each.writing(names) for each in self.differences), theirs)
            # In the opposite order, so that each finds an object as it has left it when writing.
            ours = f"if {ASIDE!r} in each or {KEPT!r} in each: {names(set_ours_aside)}(each)" if self._keeps else ""
            return joined(ours, *(each.reading(names) for each in self.differences[::-1]))

    def canonical(self, path: Path) -> tuple[Path, Difference | None]:
        """Return the canonical path of an attribute, and the difference that it is of, where it is worded in one.

        Steps that are places in an array (`0`, `-`) stay.
        """
        done: list[str] = []
        at: Translation | None = self
        found: Difference | None = None
        while path and at:
            found = at._by_word.get(path[0])
            path, at = _past(at._step(path), done)
        return (*done, *path), None if path else found

    def is_as_stored(self, path: Path, wanted: Condition) -> bool:
        """Tell whether what the version shows at its path meets a condition exactly where what is stored does."""
        at: Translation | None = self
        while path and at:
            found = None if path[0] in at._aside else at._by_word.get(path[0], at._by_name.get(path[0]))
            owed = (d for d in at.differences if isinstance(d, Owed) and d.owed == path[0])
            if not all(each.is_as_stored(path, wanted) for each in (found, *owed) if each):
                return False
            path, at = _past(at._step(path), [])
        return True

    def worded(self, path: Path) -> Path:
        """Return what the version calls the attribute at a canonical path."""
        done: list[str] = []
        at: Translation | None = self
        while path and at:
            if path[0] == ASIDE and path[1:2] and path[1] in at._aside:
                return (*done, *path[1:])
            found = at._by_name.get(path[0])
            step = found.step_back(path) if found else Step(path[:1], path[1:])
            path, at = _past(step, done)
        return (*done, *path)

    def _step(self, path: Path) -> Step:
        """Translate the beginning of a path in the version's wording."""
        if path[0] in self._aside:
            return Step((ASIDE, path[0]), path[1:])
        found = self._by_word.get(path[0])
        return found.step(path) if found else Step(path[:1], path[1:])


@cache
def translation_of(wording: type[Schema]) -> Translation:
    """Return the translation of a wording, the same one whenever it is asked for."""
    return Translation(wording)


def is_place(step: str) -> bool:
    """Tell whether a step of a path is a place in an array."""
    return step == "-" or place_of(step) is not None


def place_of(step: str) -> int | None:
    """Return which place in an array a step of a path is, counted from 0 (RFC 6901); None for what is none."""
    return int(step) if _PLACE.fullmatch(step) else None


def _turn_of(difference: Difference) -> int:
    # What an object is must be told before its attributes change, and what is inside of it before it moves; what it
    # lacks shows at the end.
    if isinstance(difference, TypeOf | Owed):
        return 3 if isinstance(difference, Owed) else 0
    return 1 if isinstance(difference, Inside | TypeName) or type(difference).writing is Difference.writing else 2


def _past(step: Step, done: list[str]) -> tuple[Path, Translation | None]:
    done.extend(step.done)
    rest = step.rest
    while rest and is_place(rest[0]):
        done.append(rest[0])
        rest = rest[1:]
    return rest, step.inside


def _difference(name: str, field: fields.Field[Any]) -> Difference:
    """Return the difference that a field declares; marshmallow's own fields stand for the plain ones."""
    if isinstance(field, Difference):
        return field
    inner = field.inner if isinstance(field, fields.List) else field
    if isinstance(inner, fields.Nested):
        nested = inner
        difference: Difference = Inside(lambda: translation_of(type(nested.schema)), **_options(field))
    elif type(inner) is fields.Raw:
        difference = Difference(**_options(field))
    else:
        raise TypeError(f"{name}: {type(field).__name__} says nothing about wording")
    difference.name = name
    return difference


def _options(field: fields.Field[Any]) -> Mapping[str, Any]:
    return {"data_key": field.data_key, "remark": field.metadata.get("remark", "")}
