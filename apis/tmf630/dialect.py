"""How one API version words a resource, declared as a marshmallow schema that names only the differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, fields, post_dump

Path = tuple[str, ...]


class Wording(Schema):
    """Base of all wordings: an attribute that is not declared passes through, in both directions.

    A field is named after the canonical attribute; `data_key` is what the version calls it.
    """

    class Meta:
        """Let undeclared attributes through when reading."""

        unknown = INCLUDE

    @post_dump(pass_original=True)
    def keep_the_rest(self, worded: dict[str, Any], document: Mapping[str, Any], **_options: Any) -> dict[str, Any]:
        """Add what the wording doesn't declare, which marshmallow leaves out when writing."""
        rest = {name: value for name, value in document.items() if name not in self.fields}
        return {**rest, **worded}


class Dialect:
    """Translates documents and attribute paths between a version's wording and the canonical one."""

    def __init__(self, wording: type[Wording] | None = None) -> None:
        self._wording = wording() if wording else None

    def load(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a version's document in canonical wording. Raises marshmallow.ValidationError."""
        return document if self._wording is None else dict(self._wording.load(document))

    def dump(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a canonical document in the version's wording."""
        return document if self._wording is None else dict(self._wording.dump(document))

    def load_value(self, path: Path, value: Any) -> Any:
        """Return what stands at a path of the version's wording in canonical wording."""
        return value if self._wording is None or not path else _loaded(self._wording, path, value)

    def canonical_path(self, path: Path) -> Path:
        """Return the canonical path of an attribute that a filter or patch names in the version's words.

        Steps that are places in an array (`0`, `-`) stay.
        """
        return path if self._wording is None else _translated(self._wording, path)


def _loaded(wording: Schema, path: Path, value: Any) -> Any:
    head, *rest = path
    if not rest:
        return next(iter(wording.load({head: value}).values()))
    _, below = _declared(wording, head)
    rest = rest[1:] if is_place(rest[0]) else rest
    if below is None:
        return value
    return _loaded(below, tuple(rest), value) if rest else below.load(value)


def _translated(wording: Schema, path: Path) -> Path:
    if not path:
        return path
    name, below = _declared(wording, path[0])
    places = path[1:2] if path[1:] and is_place(path[1]) else ()
    rest = path[1 + len(places) :]
    return (name, *places, *(_translated(below, rest) if below else rest))


def _declared(wording: Schema, key: str) -> tuple[str, Schema | None]:
    """Return the canonical name of an attribute, and the wording of what is inside it where one is declared."""
    for name, declared in wording.fields.items():
        if (declared.data_key or name) == key:
            inner = declared.inner if isinstance(declared, fields.List) else declared
            return name, inner.schema if isinstance(inner, fields.Nested) else None
    return key, None


def is_place(step: str) -> bool:
    """Tell whether a step of a path is a place in an array."""
    return step == "-" or step.isdigit()


CANONICAL = Dialect()
