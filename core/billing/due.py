"""What products owe in all by now: their charges, the discounts off them, and the tax that each is charged with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from core.billing.charges import Charge, ChargeKey, Sold, charges_of
from core.billing.cycles import bounds
from core.billing.differences import Owed
from core.billing.discounts import discounts_on
from core.billing.ledger import Billed
from core.billing.lines import Taxes, add_taxes, rounded, taxes_at
from core.settings import Settings
from core.usage import taxes_of


def charges_due(
    prices: Sequence[Sold], until: datetime, advance: datetime, cycle_day: int, currency: str
) -> list[Charge]:
    """Return everything that prices sold before `until` have come to, each charge before the discounts off it.

    Recurring charges are due for every period that begins before `advance`, one-time ones at once. What was charged
    before is not taken off here.
    """
    begun = [each for each in prices if each.sold.valid_from < until]
    charges = charges_of(begun, advance, cycle_day)
    # An amount is spread over all that is charged for a day, also where some of it is due only later.
    horizon = max((bounds(each.days)[1] for charge in charges.values() for each in charge.stretches), default=advance)
    known = charges if horizon <= advance else charges_of(begun, horizon, cycle_day)
    discounts = discounts_on(known, begun, cycle_day, currency)
    return [*charges.values(), *(each for each in discounts if each.key.reduced in charges)]


def with_taxes(
    due: Iterable[Charge], before: Mapping[ChargeKey, Billed], currency: str, settings: Settings
) -> Iterator[Owed]:
    """Yield charges rounded, with their taxes: at the rates they were first billed with, else those of the price.

    The tax of a discount is by how much that of its charge becomes less, so that what comes to nothing has no tax.
    """
    standing: dict[ChargeKey, tuple[Decimal, Taxes]] = {}
    for charge in due:
        key, amount = charge.key.reduced, rounded(charge.amount, currency)
        rates = before[key].taxes if key in before else taxes_of(charge.base or charge.price, settings)
        so_far, taxes = standing.get(key, (Decimal(0), {}))
        after = taxes_at(rates, so_far + amount, currency)
        standing[key] = so_far + amount, after
        yield Owed(charge, amount, add_taxes(after, taxes, -1))
