"""Which of a product's usage prices apply to a usage, and which of them comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from core.catalog import DEAREST, LARGEST, Measure, Price, PriceKey, load_prices
from core.inventory import SoldPrice, prices_of
from core.period import Period
from core.reading import Reading
from core.storage.types import SCALE
from core.usage.characteristics import EACH
from core.usage.matching import Closeness, conditions_of


@dataclass(frozen=True)
class Tariff:
    """A usage price as a product has it: which version, from when to when, how many times."""

    product_id: str
    price: Price
    quantity: int
    sold: Period

    @cached_property
    def unit(self) -> str:
        """Return the base unit the price counts in; a price without `unitOfMeasure` counts uses."""
        measured = self.price.allowance or self.price.pulse
        return measured.unit if measured else EACH

    @cached_property
    def pulse(self) -> int:
        """Return how many base units one unit price buys."""
        pulse = self.price.pulse
        return int(pulse.amount) if pulse and pulse.unit == self.unit else 1

    @cached_property
    def minimum(self) -> int:
        """Return the least that is charged for, in base units."""
        minimum = self.price.minimum
        return int(minimum.amount) if minimum and minimum.unit == self.unit else 0

    @cached_property
    def granted(self) -> int:
        """Return how much a period's allowance is, in base units."""
        return int(self.price.allowance.amount) * self.quantity if self.price.allowance else 0

    @cached_property
    def unit_price(self) -> Decimal:
        """Return what a pulse costs, without tax."""
        return self.price.amount.amount if self.price.amount else Decimal(0)

    @cached_property
    def currency(self) -> str:
        """Return the ISO 4217 code of the price, empty for an allowance that names none."""
        return self.price.amount.unit if self.price.amount else ""

    @cached_property
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
    """A tariff that applies, and how closely."""

    closeness: Closeness
    tariff: Tariff


def load_tariffs(reading: Reading, product_ids: Iterable[str], period: Period) -> dict[str, list[Tariff]]:
    """Return the usage prices that products had at any time of `period`, by product; read in sets."""
    sold = prices_of(reading, list(product_ids), period)
    prices = load_prices(reading, {(each.price_id, each.revision) for each in sold})
    tariffs: dict[str, list[Tariff]] = {}
    for each in sold:
        price = prices[PriceKey(each.price_id, each.revision)]
        if price.kind == "usage":
            tariffs.setdefault(each.product_id, []).append(_tariff(each, price))
    return tariffs


def fitting(tariffs: Iterable[Tariff], values: Mapping[str, Any]) -> list[Fit]:
    """Return the tariffs whose conditions `values` meet, closest first; when they are in force is another question.

    More conditions met come before fewer, a longer prefix of the number called before a shorter one; what still is
    equal is put in order by product and price, so that the same usage always gets the same price.
    """
    fits = [
        Fit(closeness, tariff) for tariff in tariffs if (closeness := conditions_of(tariff.price).closeness(values))
    ]
    return sorted(fits, key=_closest_first)


def out_of_bundle(fits: Sequence[Fit], product_id: str) -> Tariff | None:
    """Return the price that applies beyond allowances: the closest; the product's own before its family's; newest."""
    priced = [fit for fit in fits if fit.tariff.price.allowance is None]
    if not priced:
        return None
    best = max(priced, key=lambda fit: (fit.closeness, fit.tariff.product_id == product_id, fit.tariff.sold.start))
    return best.tariff


def _closest_first(fit: Fit) -> tuple[Any, ...]:
    return (
        -fit.closeness.conditions,
        -fit.closeness.prefix,
        fit.tariff.sold.start,
        fit.tariff.product_id,
        fit.tariff.price.id,
    )


def _tariff(sold: SoldPrice, price: Price) -> Tariff:
    return Tariff(sold.product_id, price, sold.quantity, Period(sold.valid_from, sold.valid_to))


def _is_whole(measure: Measure | None) -> bool:
    return measure is None or measure.is_countable
