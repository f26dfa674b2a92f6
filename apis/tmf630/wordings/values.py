"""Attributes some of whose values the generations, or callers, have other words for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apis.tmf630.differences import Difference, said
from core.query import Condition, Path


class Nearest(Difference):
    """An attribute whose canonical values include some that the version has not; it says the nearest one instead."""

    def __init__(self, nearest: Mapping[str, str], **options: Any) -> None:
        super().__init__(**options)
        self.nearest = nearest

    @property
    def shown(self) -> Mapping[str, str]:
        """Return what is shown as what."""
        return self.nearest

    def told(self) -> str:
        """Say what is shown as what."""
        return "; ".join(f"v5 {said(value)} is {said(shown)} in v4" for value, shown in self.nearest.items())

    def write_value(self, value: Any) -> Any:
        """Return the nearest value that the version has."""
        return exchanged(value, self.nearest)

    def condition(self, path: Path, values: tuple[str, ...]) -> Condition:
        """Ask for the values and for those that are shown as them; those that are shown as others, nothing shows."""
        said = (value for value in values if value not in self.nearest)
        return Condition(path, (*said, *(value for value, shown in self.nearest.items() if shown in values)))


class Respelled(Difference):
    """An attribute some values of which are taken in other spellings too, and sent as they are published."""

    def __init__(self, published: Mapping[str, str], **options: Any) -> None:
        super().__init__(**options)
        self.published = published

    def told(self) -> str:
        """Say what is taken for what."""
        pairs = self.published.items()
        return "; ".join(f"{said(value)} is taken for {said(published)}" for value, published in pairs)

    def read_value(self, value: Any) -> Any:
        """Return the value as it is published."""
        return exchanged(value, self.published)

    def condition(self, path: Path, values: tuple[str, ...]) -> Condition:
        """Ask for the values as they are published."""
        return Condition(path, tuple(map(self.read_value, values)))


def exchanged(value: Any, names: Mapping[str, str]) -> Any:
    """Return what a word stands for, and anything else as it is."""
    return names.get(value, value) if isinstance(value, str) else value
