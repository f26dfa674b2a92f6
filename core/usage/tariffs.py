"""Which of a product's usage prices apply to a usage, and which of them comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from core.catalog import ANYTHING, Condition, Measure, Price, load_prices, spelling
from core.inventory import SoldPrice, prices_of
from core.period import Period
from core.reading import Reading
from core.storage.types import SCALE
from core.usage.characteristics import DESTINATION, EACH, LARGEST

SEPARATORS = re.compile(r"[\s\-./()]")
DEAREST = Decimal(10) ** 6


@dataclass(frozen=True, slots=True)
class Tariff:
    """A usage price as a product has it: which version, from when to when, how many times."""

    product_id: str
    price: Price
    quantity: int
    sold: Period

    @property
    def unit(self) -> str:
        """Return the base unit the price counts in; a price without `unitOfMeasure` counts uses."""
        measured = self.price.allowance or self.price.pulse
        return measured.unit if measured else EACH

    @property
    def pulse(self) -> int:
        """Return how many base units one unit price buys."""
        pulse = self.price.pulse
        return int(pulse.amount) if pulse and pulse.unit == self.unit else 1

    @property
    def minimum(self) -> int:
        """Return the least that is charged for, in base units."""
        minimum = self.price.minimum
        return int(minimum.amount) if minimum and minimum.unit == self.unit else 0

    @property
    def granted(self) -> int:
        """Return how much a period's allowance is, in base units."""
        return int(self.price.allowance.amount) * self.quantity if self.price.allowance else 0

    @property
    def unit_price(self) -> Decimal:
        """Return what a pulse costs, without tax."""
        return self.price.amount.amount if self.price.amount else Decimal(0)

    @property
    def currency(self) -> str:
        """Return the ISO 4217 code of the price, empty for an allowance that names none."""
        return self.price.amount.unit if self.price.amount else ""

    @property
    def flaw(self) -> str | None:
        """Return why usage can't be rated at this price, None where it can."""
        if self.price.amount is None and self.price.allowance is None:
            return f"price '{self.price.id}' has no amount"
        if not all(map(_is_whole, (self.price.pulse, self.price.minimum, self.price.allowance))):
            return f"price '{self.price.id}' must count in whole units ({self.unit}), from 1 to {LARGEST}"
        if self.unit_price != round(self.unit_price, SCALE) or not 0 <= self.unit_price <= DEAREST:
            return f"price '{self.price.id}' is not an amount from 0 to {DEAREST} with at most {SCALE} decimals"
        return None


class Fit(NamedTuple):
    """A tariff that applies, and how closely: how many conditions it met, how long a prefix of the number called."""

    conditions: int
    prefix: int
    tariff: Tariff


def load_tariffs(reading: Reading, product_ids: Iterable[str], period: Period) -> dict[str, list[Tariff]]:
    """Return the usage prices that products had at any time of `period`, by product; read in sets."""
    sold = prices_of(reading, list(product_ids), period)
    prices = load_prices(reading, {(each.price_id, each.revision) for each in sold})
    tariffs: dict[str, list[Tariff]] = {}
    for each in sold:
        price = prices[each.price_id, each.revision]  # type: ignore[index]
        if price.kind == "usage":
            tariffs.setdefault(each.product_id, []).append(_tariff(each, price))
    return tariffs


def fitting(tariffs: Iterable[Tariff], values: Mapping[str, Any], at: datetime) -> list[Fit]:
    """Return the tariffs in force at `at` whose conditions `values` meet, closest first.

    More conditions met come before fewer, a longer prefix of the number called before a shorter one; what still is
    equal is put in order by product and price, so that the same usage always gets the same price.
    """
    fits = [fit for tariff in tariffs if tariff.sold.contains(at) and (fit := _fit(tariff, values))]
    return sorted(fits, key=_closest_first)


def out_of_bundle(fits: Sequence[Fit], product_id: str) -> Tariff | None:
    """Return the price that applies beyond allowances: the closest; the product's own before its family's; newest."""
    priced = [fit for fit in fits if fit.tariff.price.allowance is None]
    if not priced:
        return None
    best = max(priced, key=lambda f: (f.conditions, f.prefix, f.tariff.product_id == product_id, f.tariff.sold.start))
    return best.tariff


def _closest_first(fit: Fit) -> tuple[Any, ...]:
    return -fit.conditions, -fit.prefix, fit.tariff.sold.start, fit.tariff.product_id, fit.tariff.price.id


def _fit(tariff: Tariff, values: Mapping[str, Any]) -> Fit | None:
    prefix = 0
    for condition in tariff.price.conditions:
        if condition.name == DESTINATION and not condition.absent:
            length = _prefix(condition, values.get(DESTINATION))
            if length is None:
                return None
            prefix = length
        elif not condition.is_met_by(values):
            return None
    return Fit(len(tariff.price.conditions), prefix, tariff)


def _prefix(condition: Condition, called: Any) -> int | None:
    """Return the length of the longest of the condition's prefixes that the number called begins with."""
    if called is None:
        return 0 if condition.optional else None
    number = _dialled(spelling(called))
    prefixes = [_dialled(spelling(each.value)) for each in condition.alternatives if each.value is not ANYTHING]
    lengths = [len(prefix) for prefix in prefixes if number.startswith(prefix)]
    others = (each for each in condition.alternatives if each.value is ANYTHING)
    if not lengths and (not condition.alternatives or any(each.admits(number) for each in others)):
        return 0
    return max(lengths, default=None)


def _dialled(number: str) -> str:
    digits = SEPARATORS.sub("", number)
    return "+" + digits[2:] if digits.startswith("00") else digits


def _tariff(sold: SoldPrice, price: Price) -> Tariff:
    return Tariff(sold.product_id, price, sold.quantity, Period(sold.valid_from, sold.valid_to))


def _is_whole(measure: Measure | None) -> bool:
    if measure is None:
        return True
    return 1 <= measure.amount <= LARGEST and measure.amount == measure.amount.to_integral_value()
