"""Translates objects and paths by a wording: its differences, in the form in which translating costs least.

marshmallow's own `load` and `dump` look at every attribute, check it and gather errors, and take longer than the rest
of a request. Documents are valid when they get here; of an object only that is touched which differences are about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Any

from marshmallow import Schema, fields

from apis.tmf630.differences import Difference, Document, Inside, Owed, Step
from apis.tmf630.keeping import ASIDE, bring_back
from apis.tmf630.type_names import TypeOf
from core.entity import copied
from core.query import Condition, Path

# As RFC 6901 has it; no array has a thousand million members.
_PLACE = re.compile(r"0|[1-9][0-9]{0,8}")
# What to do to objects that have the attribute, or one of the others; without an attribute, to all objects.
Turn = tuple[str | None, tuple[str, ...], Callable[[Document], None]]


class Translation:
    """How the objects of one wording are translated, both ways."""

    def __init__(self, wording: type[Schema]) -> None:
        declared = [_difference(name, field) for name, field in wording().fields.items()]
        self.differences = tuple(sorted(declared, key=_turn_of))
        # Read in the opposite order, so that each finds an object as it has left it when writing.
        backwards = self.differences[::-1]
        self._reads = [_turn(_heard(d), d.read, always=d.always_read) for d in backwards]
        others = [d for d in self.differences if not _is_alone(d)]
        self._writes = [_turn(d.names, d.write, always=d.always_written) for d in others]
        self._owed = [(d.owed, d.value, d.when) for d in self.differences if isinstance(d, Owed)]
        self._by_word = {word: d for d in backwards for word in d.words if not isinstance(d, Owed)}
        self._by_name = {name: d for d in backwards for name in d.names}
        # Canonical names that the version has elsewhere: what it calls so is a caller's own, and set aside.
        free = self._by_name.keys() - self._by_word.keys()
        self._aside = {name for name in free if self._by_name[name].step_back((name,)).done != (name,)}

    @cached_property
    def _alone(self) -> list[tuple[str, str, Callable[[Any], Any]]]:
        """Return what concerns one attribute alone: it goes without a call for each object that has it not.

        Found late, since a wording may have itself inside.
        """
        alone = [difference for difference in self.differences if _is_alone(difference)]
        return [(name, d.word_for(name), d.write_value) for d in alone for name in d.names]

    def read(self, document: Document) -> Document:
        """Return an object in canonical wording."""
        canonical = dict(document)
        for first, others, change in self._reads:
            if first is None or first in canonical or (others and _has_one(canonical, others)):
                change(canonical)
        return canonical

    def write(self, document: Document) -> Document:
        """Return an object in the version's wording."""
        worded = dict(document)
        for name, word, translate in self._alone:
            if name in worded:
                value = translate(worded[name])
                if word != name:
                    del worded[name]
                if value is not None:
                    worded[word] = value
        for first, others, change in self._writes:
            if first is None or first in worded or (others and _has_one(worded, others)):
                change(worded)
        for name, value, when in self._owed:
            if name not in worded and (when is None or when(worded)):
                worded[name] = value if type(value) is str else copied(value)
        if ASIDE in worded:
            bring_back(worded)
        return worded

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
    # What an object is must be told before its attributes change; what it lacks shows at the end.
    return 0 if isinstance(difference, TypeOf) else 2 if isinstance(difference, Owed) else 1


def _is_alone(difference: Difference) -> bool:
    return type(difference).write is Difference.write


def _past(step: Step, done: list[str]) -> tuple[Path, Translation | None]:
    done.extend(step.done)
    rest = step.rest
    while rest and is_place(rest[0]):
        done.append(rest[0])
        rest = rest[1:]
    return rest, step.inside


def _has_one(document: Document, names: tuple[str, ...]) -> bool:
    for name in names:  # noqa: SIM110 - `any` takes three times as long
        if name in document:
            return True
    return False


def _turn(names: Iterable[str], change: Callable[[Document], None], *, always: bool) -> Turn:
    if always:
        return None, (), change
    first, *others = names
    return first, tuple(others), change


def _heard(difference: Difference) -> tuple[str, ...]:
    """Return what makes reading necessary: the version's names, and canonical ones that stand for something else."""
    return tuple(dict.fromkeys((*difference.words, *difference.names)))


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
