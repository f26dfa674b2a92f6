"""A product offering price, read: what is charged, when, for how much usage, under which conditions.

The attributes are TMF620's own; docs/pricing.md tells a product manager how they play together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from dateutil.relativedelta import relativedelta

from core.catalog.units import Measure, measure
from core.catalog.values import Alternative, alternatives, number_of
from core.entity import Document
from core.money import Money
from core.period import Period

Kind = Literal["recurring", "oneTime", "usage", "discount", "other"]
PeriodUnit = Literal["day", "week", "month", "year"]

ALLOWANCE = "allowance"
MINIMUM = "minimum"
_KINDS: dict[str, Kind] = {
    "recurring": "recurring",
    "onetime": "oneTime",
    "usage": "usage",
    "discount": "discount",
}
_PERIODS: dict[str, tuple[PeriodUnit, int]] = {
    **dict.fromkeys(("day", "days", "daily"), ("day", 1)),
    **dict.fromkeys(("week", "weeks", "weekly"), ("week", 1)),
    **dict.fromkeys(("month", "months", "monthly"), ("month", 1)),
    **dict.fromkeys(("quarter", "quarters", "quarterly"), ("month", 3)),
    **dict.fromkeys(("year", "years", "yearly", "annual", "annually"), ("year", 1)),
}


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often a price falls due: every `length` days, weeks, months or years."""

    unit: PeriodUnit
    length: int

    def after(self, start: datetime, times: int = 1) -> datetime:
        """Return the instant `times` periods after `start`; the end of a month stays the end of a month."""
        return start + relativedelta(**{f"{self.unit}s": self.length * times})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on a price, in per cent. `rate` is None where the catalog names the tax without its rate."""

    category: str | None
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A characteristic that must have one of several values for a price to apply, or (`absent`) not be there.

    An `optional` one may be missing, and has one of the values where it is there.
    """

    name: str
    alternatives: tuple[Alternative, ...]
    absent: bool = False
    optional: bool = False

    def is_met_by(self, values: Mapping[str, Any]) -> bool:
        """Tell whether `values` has the characteristic with one of the values; without alternatives any will do."""
        if self.absent or self.name not in values:
            return (self.absent or self.optional) and self.name not in values
        value = values[self.name]
        return not self.alternatives or any(alternative.admits(value) for alternative in self.alternatives)


@dataclass(frozen=True, slots=True)
class Price:
    """A price as charging needs it. Amounts are without tax; `revision` is 0 as long as it isn't frozen.

    `pulse` is what one unit price buys (price per started pulse); `allowance` is what may be used in a period
    before out-of-bundle prices apply; `minimum` is the least that is charged for. What the document doesn't say, or
    not so that it can be charged, is None.
    """

    id: str
    revision: int
    name: str
    kind: Kind
    amount: Money | None
    percentage: Decimal | None
    taxes: tuple[Tax, ...]
    recurrence: Recurrence | None
    pulse: Measure | None
    conditions: tuple[Condition, ...]
    allowance: Measure | None
    minimum: Measure | None
    valid: Period

    def applies_to(self, values: Mapping[str, Any]) -> bool:
        """Tell whether all conditions are met by these characteristics (name to value)."""
        return all(condition.is_met_by(values) for condition in self.conditions)


def read_price(document: Document, revision: int = 0) -> Price:
    """Return the price that a ProductOfferingPrice document describes. Raises ValueError for an invalid period."""
    uses = document.get("prodSpecCharValueUse") or []
    return Price(
        id=document.get("id", ""),
        revision=revision,
        name=document.get("name", ""),
        kind=kind_of(document),
        amount=_amount(document.get("price")),
        percentage=None if document.get("percentage") is None else Decimal(document["percentage"]),
        taxes=tuple(_tax(item) for item in document.get("tax") or []),
        recurrence=recurrence_of(document),
        pulse=_measure(document.get("unitOfMeasure")),
        conditions=tuple(_condition(use) for use in uses if use.get("name") not in (ALLOWANCE, MINIMUM)),
        allowance=next((allowance_of(use) for use in uses if use.get("name") == ALLOWANCE), None),
        minimum=next((allowance_of(use) for use in uses if use.get("name") == MINIMUM), None),
        valid=Period.from_wire(document.get("validFor")),
    )


def kind_of(document: Document) -> Kind:
    """Return what sort of price it is; spelling of `priceType` aside (`oneTime`, `one time`, `ONE_TIME`)."""
    spelled = (document.get("priceType") or "").lower()
    return _KINDS.get("".join(letter for letter in spelled if letter.isalpha()), "other")


def recurrence_of(document: Document) -> Recurrence | None:
    """Return how often the price falls due, None where the document doesn't say it in known words."""
    known = _PERIODS.get((document.get("recurringChargePeriodType") or "").strip().lower())
    length = document.get("recurringChargePeriodLength", 1)
    if known is None or length < 1:
        return None
    unit, factor = known
    return Recurrence(unit, factor * int(length))


def allowance_of(use: Document) -> Measure | None:
    """Return the amount that a `prodSpecCharValueUse` named allowance or minimum gives, None if it is malformed."""
    values = alternatives(use.get("productSpecCharacteristicValue"))
    if len(values) != 1:
        return None
    amount, unit = number_of(values[0].value), values[0].unit
    if amount is None or amount <= 0 or unit is None:
        return None
    try:
        return measure(amount, unit)
    except ValueError:
        return None


def _amount(money: Document | None) -> Money | None:
    if not money or money.get("value") is None or not money.get("unit"):
        return None
    return Money.from_wire(money)


def _tax(item: Document) -> Tax:
    rate = item.get("taxRate")
    return Tax(item.get("taxCategory"), None if rate is None else Decimal(rate))


def _measure(quantity: Document | None) -> Measure | None:
    if not quantity or not quantity.get("units"):
        return None
    try:
        return measure(quantity.get("amount", 1), quantity["units"])
    except ValueError:
        return None


def _condition(use: Document) -> Condition:
    values = alternatives(use.get("productSpecCharacteristicValue"))
    absent, optional = use.get("maxCardinality") == 0, use.get("minCardinality") == 0
    return Condition(use.get("name") or "", values, absent=absent, optional=optional)
