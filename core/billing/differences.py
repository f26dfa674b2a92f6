"""What a charge comes to now less what was billed for it: a line for each stretch of days charged or given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise

from core.billing.charges import DISCOUNT, Charge, Stretch
from core.billing.cycles import bounds
from core.billing.ledger import Billed
from core.billing.lines import Line, LineTax, Taxes, add_taxes, rounded, taxes_at
from core.period import Period


@dataclass(frozen=True, slots=True)
class Owed:
    """A charge as it has to stand on the bills in all: rounded, with its taxes."""

    charge: Charge
    amount: Decimal
    taxes: Taxes


def lines_for(owed: Owed, known: Billed, currency: str) -> list[Line]:
    """Return the lines that bring what was billed for a charge to what is owed for it: in amount, taxes and days.

    Together they are exactly the difference: each is what the charge comes to with it, rounded, less what it came to
    without it. A charge of nothing has a line the first time: the customer sees what is free.
    """
    stretches = _stretches(owed.charge, known)
    lines, amount, taxes = list[Line](), known.amount, known.taxes
    for number, (stretch, exact) in enumerate(zip(stretches, _totals(stretches, owed, known), strict=True), start=1):
        is_last = number == len(stretches)
        total = owed.amount if is_last else rounded(exact, currency)
        taxed = owed.taxes if is_last else taxes_at(owed.taxes, total, currency)
        line = Line(
            key=owed.charge.key,
            sequence=known.lines + len(lines),
            price=owed.charge.price,
            covered=stretch.days,
            quantity=stretch.quantity,
            currency=currency,
            # What the book holds has the digits of its column: the difference gets those of the currency.
            amount=rounded(Fraction(total) - Fraction(amount), currency),
            taxes=tuple(
                LineTax(tax, rounded(Fraction(more), currency)) for tax, more in add_taxes(taxed, taxes, -1).items()
            ),
            base=owed.charge.base,
        )
        lines.append(line)
        amount, taxes = total, taxed
    is_new = not known.lines and owed.charge.key.kind != DISCOUNT
    return lines if is_new or any(line.amount or any(tax.amount for tax in line.taxes) for line in lines) else []


def _stretches(charge: Charge, known: Billed) -> list[Stretch]:
    """Return the days that are charged more often, or less often, than was billed; else all, as often as before."""
    if changed := list(_changes(charge.stretches, known.stretches)):
        return changed
    if not known.lines:
        return [charge.stretches[0]]
    ends = [bounds(each.days) for each in charge.stretches or known.stretches]
    return [Stretch(Period(min(start for start, _ in ends), max(end for _, end in ends)), 0)]


def _changes(due: Iterable[Stretch], billed: Iterable[Stretch]) -> Iterator[Stretch]:
    steps = Counter[datetime]()
    for sign, stretches in ((1, due), (-1, billed)):
        for days, quantity in stretches:
            start, end = bounds(days)
            steps[start] += sign * quantity
            steps[end] -= sign * quantity
    turns = sorted(at for at, step in steps.items() if step)
    for (start, end), quantity in zip(pairwise(turns), accumulate(steps[at] for at in turns), strict=False):
        if quantity:
            yield Stretch(Period(start, end), quantity)


def _totals(stretches: Sequence[Stretch], owed: Owed, known: Billed) -> list[Fraction]:
    """Return, exactly, what the charge comes to with each stretch and those before it."""
    weight, amount = _weight(owed.charge.stretches), owed.charge.amount
    if not weight:
        weight, amount = _weight(known.stretches), Fraction(known.amount)
    unit = amount / weight if weight else Fraction(0)
    missing = sum(each.weight for each in stretches)
    return [owed.charge.amount - unit * (missing - so_far) for so_far in accumulate(each.weight for each in stretches)]


def _weight(stretches: Iterable[Stretch]) -> int:
    return sum(each.weight for each in stretches)
