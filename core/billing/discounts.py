"""Discounts: what is taken off the charges of a product, down to zero at most, each part at the tax of its charge."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise
from typing import TypeVar

from core.billing.charges import DISCOUNT, ONE_TIME, RECURRING, UNDATED, Charge, ChargeKey, Sold, Stretch, periods_of
from core.billing.cycles import bounds, midnight
from core.billing.lines import rounded
from core.period import Period

T = TypeVar("T")


@dataclass(slots=True)
class Part:
    """What a discount is to take off one charge: an exact amount above zero, for these days."""

    charge: Charge
    amount: Fraction = Fraction(0)
    stretches: list[Stretch] = field(default_factory=list)


def discounts_on(
    charges: Mapping[ChargeKey, Charge], prices: Sequence[Sold], cycle_day: int, currency: str
) -> Iterator[Charge]:
    """Yield what the discounts among `prices` take off charges, below zero and rounded, in the order they are taken.

    Shares are taken first, then amounts of each period, then amounts given once; the one sold first before others.
    None takes more than those before it have left. The parts of an amount add up to it.
    """
    left = {key: rounded(charge.amount, currency) for key, charge in charges.items()}
    of_product: dict[str, list[Charge]] = {}
    for charge in charges.values():
        of_product.setdefault(charge.key.product_id, []).append(charge)
    for sold in _in_order(prices):
        for parts in _groups(sold, of_product.get(sold[0].sold.product_id, []), left, cycle_day):
            for part, amount in _taken(parts, left, currency):
                left[part.charge.key] -= amount
                key = _key(sold[0], part.charge)
                yield Charge(key, sold[0].price, tuple(part.stretches), Fraction(-amount), part.charge.price)


def _in_order(prices: Iterable[Sold]) -> list[list[Sold]]:
    """Return the discounts in the order they are taken, each with the times it was sold; given once, only the first."""
    found: dict[tuple[str, str, int], list[Sold]] = {}
    for each in sorted(prices, key=lambda one: one.sold.valid_from):
        if each.price.kind == "discount":
            revision = each.sold.revision if each.price.recurrence else 0
            found.setdefault((each.sold.product_id, each.sold.price_id, revision), []).append(each)
    return sorted(
        (some if some[0].price.recurrence else some[:1] for some in found.values()),
        key=lambda some: (_is_amount(some[0]), not some[0].price.recurrence),
    )


def _groups(
    sold: Sequence[Sold], charges: Sequence[Charge], left: Mapping[ChargeKey, Decimal], cycle_day: int
) -> Iterator[list[Part]]:
    """Yield the parts of a discount, those together that are rounded together."""
    if sold[0].price.recurrence is None:
        later = [charge for charge in charges if _falls_due_with(charge, sold[0])]
        yield from _out_of_pool(sold[0], later, left) if _is_amount(sold[0]) else _once(sold[0], later)
        return
    parts = _by_days(sold, [charge for charge in charges if charge.key.kind == RECURRING], cycle_day)
    if _is_amount(sold[0]):
        yield from ([*some] for _, some in groupby(parts, key=_rounded_with(sold, parts, cycle_day)))
    else:
        yield from ([part] for part in parts)


def _once(discount: Sold, charges: Iterable[Charge]) -> Iterator[list[Part]]:
    for charge in charges:
        if charge.key.kind == ONE_TIME:
            yield [Part(charge, _share(discount) * charge.amount, list(charge.stretches))]


def _out_of_pool(discount: Sold, charges: Iterable[Charge], left: Mapping[ChargeKey, Decimal]) -> Iterator[list[Part]]:
    """Yield the parts of an amount given once: off one-time charges, then period by period until it is used up."""
    pool = discount.amount
    for _, some in groupby(sorted(charges, key=lambda each: each.key.period_start), lambda each: each.key.period_start):
        together = [*some]
        whole = Fraction(sum((left[charge.key] for charge in together), Decimal(0)))
        taken = min(pool, whole)
        pool -= taken
        shares = [Fraction(left[charge.key]) / whole if whole else Fraction(0) for charge in together]
        yield [Part(each, taken * share, list(each.stretches)) for each, share in zip(together, shares, strict=True)]


def _by_days(sold: Sequence[Sold], charges: Sequence[Charge], cycle_day: int) -> list[Part]:
    """Return the parts of a recurring discount by the period of their charge, each for the days both are in force.

    An amount is spread over the charges of a day in proportion to what they cost on it.
    """
    costs = [(charge, each, charge.unit * each.quantity) for charge in charges for each in charge.stretches]
    if not costs:
        return []
    horizon = max(bounds(each.days)[1] for _, each, _ in costs)
    terms = [term for each in sold for term in _terms(each, horizon, cycle_day)]
    slices = Slices([*(each.days for _, each, _ in costs), *(days for days, _ in terms)])
    costs_of, off_of = slices.sorted((each[1].days, each) for each in costs), slices.sorted(terms)
    parts: dict[ChargeKey, Part] = {}
    for place, days in enumerate(slices.periods):
        whole = sum((rate for *_, rate in costs_of[place]), Fraction(0))
        if not off_of[place] or not whole:
            continue
        share = off_of[place][0] / whole if _is_amount(sold[0]) else off_of[place][0]
        for charge, each, rate in costs_of[place]:
            part = parts.setdefault(charge.key, Part(charge))
            part.amount += share * rate * days.length.days
            part.stretches.append(Stretch(days, each.quantity))
    return sorted(parts.values(), key=_begin)


def _terms(discount: Sold, horizon: datetime, cycle_day: int) -> Iterator[tuple[Period, Fraction]]:
    """Yield what a recurring discount takes off a day, and on which days: an amount, or a share of what they cost."""
    if not _is_amount(discount):
        yield discount.days, _share(discount)
        return
    for period in periods_of(discount, horizon, cycle_day):
        if covered := discount.days.intersect(period):
            yield covered, discount.amount / period.length.days


class Slices:
    """Time, cut wherever one of some periods begins or ends."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self._moments = sorted({at for period in periods for at in (period.start, period.end) if at is not None})
        self.periods = [Period(start, end) for start, end in pairwise(self._moments)]

    def sorted(self, dated: Iterable[tuple[Period, T]]) -> list[list[T]]:
        """Return, for each slice, what is dated with one of the periods that it is a part of, in the order given."""
        found: list[list[T]] = [[] for _ in self.periods]
        for period, value in dated:
            first = 0 if period.start is None else bisect_left(self._moments, period.start)
            after = len(found) if period.end is None else bisect_left(self._moments, period.end)
            for place in range(first, after):
                found[place].append(value)
        return found


def _taken(parts: Sequence[Part], left: Mapping[ChargeKey, Decimal], currency: str) -> Iterator[tuple[Part, Decimal]]:
    """Yield each part with its rounded amount: together they are the whole, rounded, or all that there is left."""
    amounts, exact, given = [Decimal(0) for _ in parts], Fraction(0), Decimal(0)
    # What a charge hasn't left for its part goes to those after it, and in a second turn to those before.
    for number, part in [*enumerate(parts), *((number, Part(part.charge)) for number, part in enumerate(parts))]:
        exact += part.amount
        more = min(rounded(exact, currency) - given, left[part.charge.key] - amounts[number])
        amounts[number] += more
        given += more
    return zip(parts, amounts, strict=True)


def _key(discount: Sold, charge: Charge) -> ChargeKey:
    of, sold = charge.key, discount.sold
    return ChargeKey(of.product_id, sold.price_id, sold.revision, of.price_id, of.revision, DISCOUNT, of.period_start)


def _falls_due_with(charge: Charge, discount: Sold) -> bool:
    """Tell whether a charge was sold with a discount that is given once or after it, or goes on after that day."""
    day = midnight(discount.sold.valid_from)
    end = max(bounds(each.days)[1] for each in charge.stretches)
    return end > day or (charge.key.kind == ONE_TIME and end == day)


def _begin(part: Part) -> datetime:
    return part.charge.key.period_start


def _rounded_with(sold: Sequence[Sold], parts: Sequence[Part], cycle_day: int) -> Callable[[Part], datetime]:
    """Return what parts have in common that are rounded together: all charges that begin in a period of the discount.

    A cent and a half off each day is half as much again as a cent: an amount a month off what is paid by the day.
    """
    after = (_begin(parts[-1]) if parts else UNDATED) + timedelta(days=1)
    begins = sorted({period.start for each in sold for period in periods_of(each, after, cycle_day) if period.start})

    def begin(part: Part) -> datetime:
        place = bisect_right(begins, _begin(part))
        return begins[place - 1] if place else _begin(part)

    return begin


def _is_amount(discount: Sold) -> bool:
    return discount.price.amount is not None


def _share(discount: Sold) -> Fraction:
    return abs(Fraction(discount.price.percentage or 0)) / 100
