"""What a product owes by its recurring, one-time and discount prices: exact amounts per period, prorated by days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from core.billing.cycles import bounds, cycle_of, midnight
from core.catalog import Price, PriceKey
from core.clock import LATEST
from core.inventory import SoldPrice
from core.period import Period

RECURRING, ONE_TIME, DISCOUNT = "recurringCharge", "oneTimeCharge", "discount"
# A one-time price is charged once for a product, so its key has no date of its own.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


class ChargeKey(NamedTuple):
    """What is charged once: a version of a product's price, for the period that begins at `period_start`.

    A discount has the price version that it takes a part of as its base, else `base_price_id` is empty.
    """

    product_id: str
    price_id: str
    revision: int
    base_price_id: str
    base_revision: int
    kind: str
    period_start: datetime

    @property
    def reduced(self) -> ChargeKey:
        """Return the key of the charge that a discount is taken off; any other charge stands for itself."""
        if self.kind != DISCOUNT:
            return self
        kind = ONE_TIME if self.period_start == UNDATED else RECURRING
        return ChargeKey(self.product_id, self.base_price_id, self.base_revision, "", 0, kind, self.period_start)

    @property
    def price(self) -> PriceKey:
        """Return the version of the price."""
        return PriceKey(self.price_id, self.revision)

    @property
    def base(self) -> PriceKey | None:
        """Return the version of the price that a discount is taken of."""
        return PriceKey(self.base_price_id, self.base_revision) if self.base_price_id else None


class Stretch(NamedTuple):
    """Days on end on which a price is charged `quantity` times; below zero, it is given back so many times."""

    days: Period
    quantity: int

    @property
    def weight(self) -> int:
        """Return the number of days, times the quantity."""
        return self.days.length.days * self.quantity


@dataclass(frozen=True, slots=True)
class Sold:
    """A price version as it was sold with a product."""

    sold: SoldPrice
    price: Price

    @property
    def days(self) -> Period:
        """Return the whole days the price is in force: the first day counts, the day on which it ends doesn't."""
        end = self.sold.valid_to
        return Period(midnight(self.sold.valid_from), None if end is None else midnight(end))

    @property
    def amount(self) -> Fraction:
        """Return what a whole period costs, before tax; a discount is above zero however it is written."""
        if self.price.amount is None:
            return Fraction(0)
        return abs(Fraction(self.price.amount.amount) * self.sold.quantity)


@dataclass(frozen=True, slots=True)
class Charge:
    """What is due in all for a key: the exact amount, and the days it is for. `base` is what a discount is taken of."""

    key: ChargeKey
    price: Price
    stretches: tuple[Stretch, ...]
    amount: Fraction
    base: Price | None = None

    @property
    def unit(self) -> Fraction:
        """Return what one of a price costs on one of the days that the charge is for."""
        return self.amount / sum(each.weight for each in self.stretches)


def charges_of(prices: Sequence[Sold], advance: datetime, cycle_day: int) -> dict[ChargeKey, Charge]:
    """Return what one-time prices have come to, and recurring ones for every period that begins before `advance`.

    A part of a period is charged by its days. Each key stands once, however often the product was changed within the
    period. Discounts aren't taken off yet.
    """
    found: dict[ChargeKey, Charge] = {}
    for charge in (*_one_time(prices), *_recurring(prices, advance, cycle_day)):
        known = found.get(charge.key)
        found[charge.key] = charge if known is None else _together(known, charge)
    return found


def _one_time(prices: Sequence[Sold]) -> Iterator[Charge]:
    """Yield each price that falls due once; sold again with the same product, it isn't charged again."""
    first: dict[tuple[str, str], Sold] = {}
    for each in sorted(prices, key=lambda one: one.sold.valid_from):
        first.setdefault((each.sold.product_id, each.sold.price_id), each)
    for each in first.values():
        if each.price.kind == "oneTime":
            day = midnight(each.sold.valid_from)
            stretch = Stretch(Period(day, day), each.sold.quantity)
            yield Charge(_key(each, ONE_TIME, UNDATED), each.price, (stretch,), each.amount)


def _recurring(prices: Sequence[Sold], advance: datetime, cycle_day: int) -> Iterator[Charge]:
    for each in prices:
        if each.price.kind == "recurring":
            for period in periods_of(each, advance, cycle_day):
                covered = each.days.intersect(period)
                if covered is not None:
                    stretch, amount = Stretch(covered, each.sold.quantity), each.amount * covered.share_of(period)
                    yield Charge(_key(each, RECURRING, bounds(period)[0]), each.price, (stretch,), amount)


def _key(each: Sold, kind: str, start: datetime) -> ChargeKey:
    return ChargeKey(each.sold.product_id, each.sold.price_id, each.sold.revision, "", 0, kind, start)


def periods_of(each: Sold, advance: datetime, cycle_day: int) -> Iterator[Period]:
    """Yield the charge periods of a price that begin before `advance`.

    A monthly price follows the account's bill cycle; any other begins on the day it was sold.
    """
    recurrence = each.price.recurrence
    assert recurrence is not None, "a recurring price has a period"
    days = each.days
    assert days.start is not None, "a sold price has a start"
    if (recurrence.unit, recurrence.length) == ("month", 1):
        starts = (recurrence.after(cycle_of(days.start, cycle_day).start or days.start, n) for n in count())
    else:
        starts = (recurrence.after(days.start, number) for number in count())
    start = next(starts)
    while start < min(advance, days.end or LATEST):
        following = next(starts)
        yield Period(start, following)
        start = following


def _together(one: Charge, other: Charge) -> Charge:
    return replace(one, stretches=one.stretches + other.stretches, amount=one.amount + other.amount)
