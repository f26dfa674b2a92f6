"""Whether a usage meets the conditions of a price, and how closely; prepared once a price, as it is asked often."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from core.catalog import ANYTHING, Alternative, Condition, Price, spelling
from core.usage.characteristics import DESTINATION

SEPARATORS = re.compile(r"[\s\-./()]")
REMEMBERED = 20_000


class Closeness(NamedTuple):
    """How many conditions were met, and how long a prefix of the number called; more and longer is closer."""

    conditions: int
    prefix: int


class Conditions:
    """The conditions of a price, ready to be held against the characteristics of usages."""

    def __init__(self, price: Price) -> None:
        self._conditions = [
            _Called(each) if each.name == DESTINATION and not each.absent else _Plain(each) for each in price.conditions
        ]

    def closeness(self, values: Mapping[str, Any]) -> Closeness | None:
        """Return how closely a usage (characteristics by name) meets the conditions, None where it doesn't."""
        prefix = 0
        for condition in self._conditions:
            length = condition.met(values)
            if length is None:
                return None
            prefix += length
        return Closeness(len(self._conditions), prefix)


def conditions_of(price: Price) -> Conditions:
    """Return the prepared conditions of a price."""
    known = _prepared.get(id(price))
    if known is None:
        if len(_prepared) >= REMEMBERED:
            _prepared.clear()
        # The price is kept along, so that its identity stays its own.
        known = _prepared[id(price)] = (price, Conditions(price))
    return known[1]


_prepared: dict[int, tuple[Price, Conditions]] = {}


class _Plain:
    """A characteristic with certain values; those that are just a value are looked up by their spelling."""

    def __init__(self, condition: Condition) -> None:
        self._condition = condition
        self._spelled = {spelling(each.value) for each in condition.alternatives if _is_just_a_value(each)}
        self._is_simple = bool(condition.alternatives) and all(map(_is_just_a_value, condition.alternatives))

    def met(self, values: Mapping[str, Any]) -> int | None:
        """Return 0 where the condition is met, else None."""
        if self._is_simple and not self._condition.absent and self._condition.name in values:
            return 0 if spelling(values[self._condition.name]) in self._spelled else None
        return 0 if self._condition.is_met_by(values) else None


class _Called:
    """The number called: a value is the beginning of a number in international form, and the longest one counts."""

    def __init__(self, condition: Condition) -> None:
        values = [each for each in condition.alternatives if each.value is not ANYTHING]
        self._prefixes = sorted({dialled(spelling(each.value)) for each in values}, key=len, reverse=True)
        self._others = [each for each in condition.alternatives if each.value is ANYTHING]
        self._optional = condition.optional

    def met(self, values: Mapping[str, Any]) -> int | None:
        """Return the length of the prefix where the number called begins with one, else None."""
        called = values.get(DESTINATION)
        if called is None:
            return 0 if self._optional else None
        number = dialled(spelling(called))
        for prefix in self._prefixes:
            if number.startswith(prefix):
                return len(prefix)
        is_any = not self._prefixes and not self._others
        return 0 if is_any or any(each.admits(number) for each in self._others) else None


def dialled(number: str) -> str:
    """Return a number without what separates its digits, `+` for a leading `00`: `+4930123456`, `11833`."""
    digits = SEPARATORS.sub("", number)
    return "+" + digits[2:] if digits.startswith("00") else digits


def _is_just_a_value(each: Alternative) -> bool:
    return each.value is not ANYTHING and each.pattern is None and each.low is None and each.high is None
