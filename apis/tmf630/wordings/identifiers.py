"""Identifiers: where v5 points to a thing, or to several, v4 says no more than what it is called."""

from __future__ import annotations

from typing import Any

from apis.tmf630.differences import Difference, Step
from core.query import Path


class Identifier(Difference):
    """The identifier of a thing that v5 points to; `kind` is the type of the pointer."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def read_value(self, value: Any) -> Any:
        """Return a pointer to the thing."""
        return {"@type": self.kind, "id": value}

    def write_value(self, value: Any) -> Any:
        """Return the identifier of the thing."""
        return value.get("id") if isinstance(value, dict) else None

    def step(self, path: Path) -> Step:
        """Lead to the identifier in the pointer."""
        return Step((self.canonical, "id"), path[1:])


class FirstIdentifier(Identifier):
    """One identifier, of several that v5 can say."""

    shows_first = True

    def read_value(self, value: Any) -> Any:
        """Return the identifier as the only one."""
        return [super().read_value(value)]

    def write_value(self, value: Any) -> Any:
        """Return the first identifier."""
        return next((each["id"] for each in value if "id" in each), None)
