"""The lines of a bill, each rounded once, half up to the currency's minor unit, with its tax; and their totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from core.billing.charges import DISCOUNT, ChargeKey
from core.catalog import Price
from core.money import minor_unit
from core.period import Period
from core.settings import Settings
from core.usage import AppliedTax, UsageKey, taxes_of

USAGE, CREDIT = "usageCharge", "appliedBillingCredit"
# Amounts of tax, rounded, by category and rate.
Taxes = Mapping[AppliedTax, Decimal]


class LineTax(NamedTuple):
    """A tax on a line, rounded."""

    tax: AppliedTax
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Measured:
    """What a usage line is for: so many usages and base units of one key (price version, allowance or not, unit)."""

    key: UsageKey
    quantity: int
    usages: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill; `id` is that of its applied customer billing rate. `amount` is before tax, rounded.

    It is for `quantity` times the price on the days it covers; below zero, they are given back.
    """

    key: ChargeKey
    sequence: int
    price: Price
    covered: Period
    quantity: int
    currency: str
    amount: Decimal
    taxes: tuple[LineTax, ...]
    base: Price | None = None
    measured: Measured | None = None
    id: str = ""

    @property
    def tax_amount(self) -> Decimal:
        """Return the taxes on the line together."""
        return sum((each.amount for each in self.taxes), Decimal(0))

    @property
    def rate_type(self) -> str:
        """Return the kind of charge as TMF678 `appliedBillingRateType` has it; what is given back is a credit.

        A discount that is taken back is one too, above zero: so the credits add up to what was given.
        """
        return CREDIT if self.amount < 0 or self.key.kind == DISCOUNT else self.key.kind


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a bill's lines: they are not computed anew from anything else."""

    excluded: Decimal
    taxes: tuple[LineTax, ...]

    @property
    def included(self) -> Decimal:
        """Return the amount with all taxes."""
        return self.excluded + sum((each.amount for each in self.taxes), Decimal(0))


def rounded(amount: Fraction, currency: str) -> Decimal:
    """Return an exact amount in the minor unit, half up; away from zero, so that a credit mirrors its charge."""
    unit = minor_unit(currency)
    units = abs(amount) / Fraction(unit)
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return (whole if amount >= 0 else -whole) * unit


def tax_on(amount: Decimal, currency: str, price: Price, settings: Settings) -> tuple[LineTax, ...]:
    """Return the taxes on a rounded amount by the taxes of a price, each rounded once."""
    return tuple(LineTax(*each) for each in taxes_at(taxes_of(price, settings), amount, currency).items())


def taxes_at(rates: Iterable[AppliedTax], amount: Decimal, currency: str) -> Taxes:
    """Return the taxes on a rounded amount at these rates, each rounded once."""
    return {tax: rounded(Fraction(amount) * Fraction(tax.rate) / 100, currency) for tax in rates}


def add_taxes(one: Taxes, other: Taxes, sign: int = 1) -> Taxes:
    """Return two sets of taxes together, or with `sign` -1 by how much the first is more than the other."""
    return {tax: one.get(tax, Decimal(0)) + sign * other.get(tax, Decimal(0)) for tax in {**one, **other}}


def totals(lines: Sequence[Line]) -> Totals:
    """Return the sums of a bill's lines, taxes by category and rate."""
    excluded = sum((each.amount for each in lines), Decimal(0))
    return Totals(excluded, tuple(_by_rate(tax for each in lines for tax in each.taxes)))


def _by_rate(taxes: Iterable[LineTax]) -> list[LineTax]:
    sums: dict[AppliedTax, Decimal] = {}
    for each in taxes:
        sums[each.tax] = sums.get(each.tax, Decimal(0)) + each.amount
    return [LineTax(tax, amount) for tax, amount in sorted(sums.items())]
