"""What a product owes by its recurring, one-time and discount prices: exact amounts per period, prorated by days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
        """Return what a whole period costs, before tax; a discount is below zero however it is written."""
        if self.price.amount is None:
            return Fraction(0)
        amount = Fraction(self.price.amount.amount) * self.sold.quantity
        return -abs(amount) if self.price.kind == "discount" else amount


@dataclass(frozen=True, slots=True)
class Charge:
    """What is due in all for a key: the exact amount, and the days it is for. `base` is what a discount is taken of."""

    key: ChargeKey
    price: Price
    stretches: tuple[Stretch, ...]
    amount: Fraction
    base: Price | None = None


def charges_due(prices: Sequence[Sold], until: datetime, advance: datetime, cycle_day: int) -> list[Charge]:
    """Return everything that prices sold before `until` have come to: one-time charges, and recurring ones in advance.

    Recurring charges are due for every period that begins before `advance`; a part of a period is charged by its
    days. Each key stands once, however often the product was changed within the period. What was charged before is
    not taken off here.
    """
    begun = [each for each in prices if each.sold.valid_from < until]
    found: dict[ChargeKey, Charge] = {}
    for charge in (*_one_time(begun), *_recurring(begun, advance, cycle_day)):
        known = found.get(charge.key)
        found[charge.key] = charge if known is None else _together(known, charge)
    return list(found.values())


def _one_time(prices: Sequence[Sold]) -> Iterator[Charge]:
    """Yield each price that falls due once; sold again with the same product, it isn't charged again."""
    first: dict[tuple[str, str], Sold] = {}
    for each in sorted(prices, key=lambda one: one.sold.valid_from):
        first.setdefault((each.sold.product_id, each.sold.price_id), each)
    for each in first.values():
        if _falls_due_once(each.price) and each.price.amount is not None:
            yield _once(each, each.amount)
        elif _is_share(each.price) and each.price.recurrence is None:
            for base in first.values():
                if base.price.kind == "oneTime" and base.sold.product_id == each.sold.product_id:
                    yield _once(each, _share(each) * base.amount, base.price)


def _once(each: Sold, amount: Fraction, base: Price | None = None) -> Charge:
    day = midnight(each.sold.valid_from)
    kind = DISCOUNT if each.price.kind == "discount" else ONE_TIME
    stretch = Stretch(Period(day, day), each.sold.quantity)
    return Charge(_key(each, base, kind, UNDATED), each.price, (stretch,), amount, base)


def _recurring(prices: Sequence[Sold], advance: datetime, cycle_day: int) -> Iterator[Charge]:
    bases = [each for each in prices if each.price.kind == "recurring"]
    fixed = [each for each in prices if each.price.kind == "discount" and not _is_share(each.price)]
    for each in (*bases, *(one for one in fixed if one.price.recurrence)):
        for period in _periods(each, advance, cycle_day):
            yield from _for_period(each, each.days, period, each.amount)
    for each in prices:
        if _is_share(each.price) and each.price.recurrence:
            yield from _shares(each, bases, advance, cycle_day)


def _shares(discount: Sold, bases: Iterable[Sold], advance: datetime, cycle_day: int) -> Iterator[Charge]:
    for base in bases:
        both = discount.days.intersect(base.days)
        if base.sold.product_id == discount.sold.product_id and both is not None:
            for period in _periods(base, advance, cycle_day):
                yield from _for_period(discount, both, period, _share(discount) * base.amount, base.price)


def _for_period(
    each: Sold, days: Period, period: Period, amount: Fraction, base: Price | None = None
) -> Iterator[Charge]:
    covered = days.intersect(period)
    if covered is None:
        return
    start, _ = bounds(period)
    kind = DISCOUNT if each.price.kind == "discount" else RECURRING
    stretch = Stretch(covered, each.sold.quantity)
    yield Charge(_key(each, base, kind, start), each.price, (stretch,), amount * covered.share_of(period), base)


def _key(each: Sold, base: Price | None, kind: str, start: datetime) -> ChargeKey:
    taken_of = (base.id, base.revision) if base else ("", 0)
    return ChargeKey(each.sold.product_id, each.sold.price_id, each.sold.revision, *taken_of, kind, start)


def _periods(each: Sold, advance: datetime, cycle_day: int) -> Iterator[Period]:
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


def _falls_due_once(price: Price) -> bool:
    return price.kind == "oneTime" or (price.kind == "discount" and price.recurrence is None)


def _is_share(price: Price) -> bool:
    return price.kind == "discount" and price.amount is None and price.percentage is not None


def _share(discount: Sold) -> Fraction:
    assert discount.price.percentage is not None, "only a percentage is a share"
    return -abs(Fraction(discount.price.percentage)) / 100
