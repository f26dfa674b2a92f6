"""Differences in what schemas are called, where `@type` and `@baseType` name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apis.tmf630.differences import Difference, Document, Step, exchanged, said
from core.query import Condition, Path

Kind = Callable[[Mapping[str, Any]], str]


class TypeName(Difference):
    """A schema that is called differently, where `@type` or `@baseType` names it."""

    def __init__(self, word: str, canonical: str, **options: Any) -> None:
        super().__init__(**options)
        self._types = {canonical: word}
        self._canonical_types = {word: canonical}

    @property
    def words(self) -> tuple[str, ...]:
        """Return the attributes that name schemas."""
        return ("@type", "@baseType")

    names = about = words

    @property
    def shown(self) -> Mapping[str, str]:
        """Return the version's name of each schema."""
        return self._types

    def word_for(self, name: str) -> str:
        """Return the name: the attributes are called the same."""
        return name

    def told(self) -> str:
        """Say what is called what."""
        return "; ".join(f"{said(word)} in v4 is {said(name)} in v5" for name, word in self._types.items())

    def read(self, document: Document) -> None:
        """Name the canonical schema."""
        for name in self.words:
            if name in document:
                document[name] = exchanged(document[name], self._canonical_types)

    def write_value(self, value: Any) -> Any:
        """Return the version's name of a schema."""
        return exchanged(value, self._types)

    def condition(self, path: Path, values: tuple[str, ...]) -> Condition:
        """Ask for all that is shown under these names, which no canonical one is that has another in this version."""
        shown = (value for value in values if value not in self._types)
        return Condition(path, (*shown, *(name for name, word in self._types.items() if word in values)))

    def is_as_stored(self, _path: Path, _wanted: Condition) -> bool:
        """Tell that the names can be asked for."""
        return True

    def step(self, path: Path) -> Step:
        """Leave the path as it is."""
        return Step(path[:1], path[1:])

    step_back = step


class TypeOf(Difference):
    """What `@type` says where the version has one schema, `word`, and the canonical wording several.

    `kind` tells from an object in canonical wording of which it is.
    """

    always_read = True

    def __init__(self, word: str, kind: Kind, **options: Any) -> None:
        super().__init__(**options)
        self.type, self.kind = word, kind

    @property
    def words(self) -> tuple[str, ...]:
        """Return the attributes that name the schema."""
        return ("@type", "@baseType")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the attribute that the documents differ in."""
        return ("@type",)

    about = names

    def read(self, document: Document) -> None:
        """Name the canonical schema."""
        if "@baseType" in document and document["@baseType"] == self.type:
            document["@baseType"] = self.kind(document)
        # An empty name says nothing.
        if (document.get("@type") or self.type) == self.type:
            document["@type"] = self.kind(document)

    def write(self, document: Document) -> None:
        """Name the version's schema, where reading leads back to the canonical one."""
        kind = self.kind(document)
        if document["@type"] == kind:
            document["@type"] = self.type
        if "@baseType" in document and document["@baseType"] == kind:
            document["@baseType"] = self.type

    def step(self, path: Path) -> Step:
        """Leave the path as it is."""
        return Step(path[:1], path[1:])

    step_back = step
