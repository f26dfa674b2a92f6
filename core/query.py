"""What to look for, in the domain's words: conditions on attribute paths, a page, an order. No SQL, no URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """An attribute path and the values it may have (any of them); arrays on the way match by any member."""

    path: Path
    values: tuple[str, ...]
    operator: str = "eq"


@dataclass(frozen=True, slots=True)
class Query:
    """All conditions must hold. `limit` None means all; `sort` holds (path, descending) pairs."""

    conditions: tuple[Condition, ...] = ()
    offset: int = 0
    limit: int | None = None
    sort: tuple[tuple[Path, bool], ...] = ()

    @classmethod
    def matching(cls, values: Mapping[str, str], **page: Any) -> Query:
        """Build equality conditions from dotted paths: `Query.matching({"billingAccount.id": "b1"})`."""
        conditions = tuple(Condition(tuple(path.split(".")), (value,)) for path, value in values.items())
        return cls(conditions, **page)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the documents found, and how many there are in all."""

    items: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0
