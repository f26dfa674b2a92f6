"""What a characteristic may be: one value, a range or a pattern (TMF620 CharacteristicValueSpecification)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import jsonschema_rs

from core.entity import Document
from core.period import Period

ANYTHING = object()


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the things a value may be. What is None doesn't restrict."""

    value: Any
    low: Decimal | None
    high: Decimal | None
    interval: str
    pattern: str | None
    unit: str | None
    is_default: bool
    valid: Period = field(default_factory=Period)

    @classmethod
    def from_wire(cls, document: Document) -> Alternative:
        """Read a CharacteristicValueSpecification of any type."""
        low, high = document.get("valueFrom"), document.get("valueTo")
        return cls(
            value=document.get("value", ANYTHING),
            low=None if low is None else Decimal(low),
            high=None if high is None else Decimal(high),
            interval=document.get("rangeInterval") or "closed",
            pattern=document.get("regex"),
            unit=document.get("unitOfMeasure"),
            is_default=document.get("isDefault") is True,
            valid=Period.from_wire(document.get("validFor")),
        )

    def admits(self, value: Any) -> bool:
        """Tell whether `value` is this alternative. Numbers equal by amount, everything else by its spelling."""
        if self.value is not ANYTHING and spelling(self.value) != spelling(value):
            return False
        if self.pattern is not None and not matches(self.pattern, spelling(value)):
            return False
        return self._admits_amount(value)

    def _admits_amount(self, value: Any) -> bool:
        if self.low is None and self.high is None:
            return True
        number = number_of(value)
        if number is None:
            return False
        includes_low = self.interval in ("closed", "closedBottom")
        includes_high = self.interval in ("closed", "closedTop")
        above = self.low is None or number > self.low or (includes_low and number == self.low)
        below = self.high is None or number < self.high or (includes_high and number == self.high)
        return above and below

    def __str__(self) -> str:
        if self.value is not ANYTHING:
            return f"'{spelling(self.value)}'"
        if self.low is not None or self.high is not None:
            low = "" if self.low is None else self.low
            high = "" if self.high is None else self.high
            return f"{low} to {high} ({self.interval})"
        return "any value" if self.pattern is None else f"what matches {self.pattern}"


def alternatives(documents: list[Document] | None) -> tuple[Alternative, ...]:
    """Read a list of CharacteristicValueSpecification."""
    return tuple(Alternative.from_wire(document) for document in documents or ())


def spelling(value: Any) -> str:
    """Return a JSON value as comparable text: 5, 5.0 and "5" are alike, and so are true and "true"."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    number = number_of(value)
    if number is not None:
        return format(number.normalize(), "f") if number else "0"
    return json.dumps(value, sort_keys=True, default=str)


def number_of(value: Any) -> Decimal | None:
    """Return the number that a value is or spells, else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 300 else None


def matches(pattern: str, text: str) -> bool:
    """Tell whether the whole of `text` matches a regular expression; ValueError if that can't be read.

    The engine runs in linear time, so that a pattern from outside can't stop the server (no look-around, no
    back-references).
    """
    return _matcher(pattern).is_valid(text)


@lru_cache(maxsize=4096)
def _matcher(pattern: str) -> jsonschema_rs.Validator:
    schema = {"type": "string", "pattern": f"^(?:{pattern})$"}
    try:
        return jsonschema_rs.validator_for(schema, pattern_options=jsonschema_rs.RegexOptions())
    except jsonschema_rs.ValidationError as error:
        raise ValueError(f"'{pattern}' is not a regular expression that can be used here") from error


def values_of(characteristic: Document) -> Iterator[Any]:
    """Yield the values that a characteristic carries: the members of an array, else the one value."""
    value = characteristic.get("value")
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value
