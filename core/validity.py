"""The rule that a period of validity, wherever it stands in a document, ends after it starts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeGuard

from core.errors import Fault
from core.period import Period

_NESTED = (dict, list)


def faults_of_periods(document: Any) -> list[Fault]:
    """Return a fault for every `validFor` in a document, at any depth, that can't be read or ends before it starts."""
    # Places are made out only where something is wrong: every document is looked through.
    if all(_reason_against(period) is None for period in _periods(document)):
        return []
    return list(_placed_faults(document, ""))


def _periods(document: Any) -> Iterator[dict[str, Any]]:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if "validFor" in value and _is_period(value["validFor"]):
                yield value["validFor"]
            value = value.values()
        waiting += [member for member in value if isinstance(member, _NESTED)]


def _placed_faults(value: Any, path: str) -> Iterator[Fault]:
    named = value.items() if isinstance(value, dict) else ((f"[{index}]", each) for index, each in enumerate(value))
    for name, member in named:
        if not isinstance(member, _NESTED):
            continue
        inner = f"{path}{name}" if isinstance(value, list) or not path else f"{path}.{name}"
        if name == "validFor" and _is_period(member) and (reason := _reason_against(member)):
            yield Fault(f"{inner}.endDateTime", "invalidPeriod", f"{reason}; it must not lie before startDateTime")
        yield from _placed_faults(member, inner)


def is_valid_at(document: dict[str, Any], at: datetime) -> bool:
    """Tell whether `at` lies in the document's `validFor`; without one it is always valid."""
    return Period.from_wire(document.get("validFor")).contains(at)


def _is_period(value: Any) -> TypeGuard[dict[str, Any]]:
    # Inside an extension the word may mean anything.
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("startDateTime", ""), str) and isinstance(value.get("endDateTime", ""), str)


def _reason_against(period: dict[str, Any]) -> str | None:
    try:
        Period.from_wire(period)
    except ValueError as error:
        return str(error)
    return None
