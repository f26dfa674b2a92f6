"""The rule that a period of validity, wherever it stands in a document, ends after it starts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.errors import Fault
from core.period import Period

_NESTED = (dict, list)


def faults_of_periods(value: Any, path: str = "") -> Iterator[Fault]:
    """Yield a fault for every `validFor` in a document, at any depth, that can't be read or ends before it starts."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            if isinstance(member, _NESTED):
                yield from faults_of_periods(member, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, member in value.items():
            if not isinstance(member, _NESTED):
                continue
            inner = f"{path}.{key}" if path else key
            if key == "validFor" and isinstance(member, dict) and _is_period(member):
                yield from _faults_of_period(member, inner)
            else:
                yield from faults_of_periods(member, inner)


def is_valid_at(document: dict[str, Any], at: datetime) -> bool:
    """Tell whether `at` lies in the document's `validFor`; without one it is always valid."""
    return Period.from_wire(document.get("validFor")).contains(at)


def _is_period(value: dict[str, Any]) -> bool:
    # Inside an extension the word may mean anything.
    return all(isinstance(value.get(side, ""), str) for side in ("startDateTime", "endDateTime"))


def _faults_of_period(period: dict[str, Any], path: str) -> Iterator[Fault]:
    try:
        Period.from_wire(period)
    except ValueError as error:
        yield Fault(f"{path}.endDateTime", "invalidPeriod", f"{error}; it must not lie before startDateTime")
