"""Differences in what schemas are called, where `@type` and `@baseType` name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from apis.tmf630.differences import Difference, Step, said
from apis.tmf630.statements import Names, block, joined
from core.query import Condition, Path

Kind = Callable[[Mapping[str, Any]], str]
_NAMING = ("@type", "@baseType")


class TypeName(Difference):
    """A schema that is called differently, where `@type` or `@baseType` names it."""

    def __init__(self, word: str, canonical: str, **options: Any) -> None:
        super().__init__(**options)
        self._types = {canonical: word}
        self._canonical_types = {word: canonical}

    words = names = about = _NAMING

    @property
    def shown(self) -> Mapping[str, str]:
        """Return the version's name of each schema."""
        return self._types

    def told(self) -> str:
        """Say what is called what."""
        return "; ".join(f"{said(word)} in v4 is {said(name)} in v5" for name, word in self._types.items())

    def reading(self, names: Names) -> str:
        """Return what names the canonical schema."""
        return self._renaming(self._canonical_types, names)

    def writing(self, names: Names) -> str:
        """Return what names the version's schema."""
        return self._renaming(self._types, names)

    def _renaming(self, types: Mapping[str, str], names: Names) -> str:
        return joined(
            *(
                f"if {names(name)} in each and each[{names(name)}] == {names(old)}: each[{names(name)}] = {names(new)}"
                for name in _NAMING
                for old, new in types.items()
            )
        )

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

    def __init__(self, word: str, kind: Kind, **options: Any) -> None:
        super().__init__(**options)
        self.type, self.kind = word, kind

    words: tuple[str, ...] = _NAMING
    names: tuple[str, ...] = ("@type",)
    about = names

    def reading(self, names: Names) -> str:
        """Return what names the canonical schema; an empty name says nothing."""
        word, kind = names(self.type), names(self.kind)
        return block(f"""
            if '@baseType' in each and each['@baseType'] == {word}: each['@baseType'] = {kind}(each)
            if (each.get('@type') or {word}) == {word}: each['@type'] = {kind}(each)
        """)

    def writing(self, names: Names) -> str:
        """Return what names the version's schema, where reading leads back to the canonical one."""
        word, kind = names(self.type), names(self.kind)
        return block(f"""
            if '@type' in each:
                kind = {kind}(each)
                if each['@type'] == kind: each['@type'] = {word}
                if '@baseType' in each and each['@baseType'] == kind: each['@baseType'] = {word}
        """)

    def step(self, path: Path) -> Step:
        """Leave the path as it is."""
        return Step(path[:1], path[1:])

    step_back = step
