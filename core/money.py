"""Exact amounts in one currency: Decimal from end to end, rounded once, half up, to the currency's minor unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from iso4217 import Currency

from core.errors import InvalidInput

HUNDRED = Decimal(100)


class MixedUnits(ValueError):
    """Two amounts of different currencies were put together."""


@lru_cache(maxsize=256)
def minor_unit(unit: str) -> Decimal:
    """Return the smallest amount of a currency (ISO 4217): `0.01` for EUR, `1` for JPY.

    InvalidInput if unknown, or one of the codes that stand for no money (gold, testing, none at all) and so have no
    minor unit.
    """
    try:
        exponent = Currency(unit).exponent
    except ValueError:
        exponent = None
    if exponent is None:
        reason = f"'{unit}' is not a currency that can be paid in; an ISO 4217 code such as 'EUR' is expected"
        raise InvalidInput(reason, path="unit")
    return Decimal(1).scaleb(-exponent)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount and its ISO 4217 unit. Arithmetic stays exact; only `rounded` rounds."""

    amount: Decimal
    unit: str

    @classmethod
    def zero(cls, unit: str) -> Money:
        """Return nothing, in `unit`."""
        return cls(Decimal(0), unit)

    @classmethod
    def from_wire(cls, value: Mapping[str, Any]) -> Money:
        """Read TMF Money `{"unit": "EUR", "value": 9.99}`; the number must have been parsed as Decimal or int."""
        amount = value["value"]
        if isinstance(amount, float):
            raise TypeError("money must never have been a float")
        return cls(Decimal(amount), value["unit"])

    def to_wire(self) -> dict[str, Any]:
        """Return TMF Money, the number with the digits it has."""
        return {"unit": self.unit, "value": self.amount}

    def rounded(self) -> Money:
        """Round half up to the currency's minor unit: done once, where an amount leaves a calculation."""
        return Money(self.amount.quantize(minor_unit(self.unit), rounding=ROUND_HALF_UP), self.unit)

    def percent(self, rate: Decimal) -> Money:
        """Return `rate` per cent of this amount, not rounded."""
        return Money(self.amount * rate / HUNDRED, self.unit)

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.unit)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.unit)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.unit)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.unit)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def _same(self, other: Money) -> Decimal:
        if self.unit != other.unit:
            raise MixedUnits(f"{self.unit} and {other.unit} can't be put together")
        return other.amount


def total(amounts: Iterable[Money], unit: str) -> Money:
    """Add up amounts that are all in `unit`; an empty sum is zero. Raises MixedUnits otherwise."""
    return sum(amounts, Money.zero(unit))
