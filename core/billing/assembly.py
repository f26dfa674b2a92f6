"""Puts the lines of a bill together: charges due and not billed yet, usage, credits for what ended early."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from core.billing.charges import DISCOUNT, ONE_TIME, RECURRING, UNDATED, Charge, ChargeKey, Sold
from core.billing.cycles import bounds
from core.billing.differences import Owed, lines_for
from core.billing.due import charges_due, with_taxes
from core.billing.ledger import Billed, billed_before
from core.billing.lines import USAGE, Line, Measured, rounded, tax_on
from core.billing.places import places
from core.catalog import Price, PriceKey, load_prices
from core.clock import LATEST
from core.customer import Account
from core.entity import Document, new_id
from core.errors import Conflict, Fault
from core.inventory import prices_of, products_of_account
from core.period import Period
from core.reading import Reading
from core.service import Work
from core.usage import UsageTotal, claim_usage

ORDER = (RECURRING, DISCOUNT, ONE_TIME, USAGE)


@dataclass(frozen=True, slots=True)
class Span:
    """What a bill is for: `period` in arrears, and recurring charges of periods that begin before `advance`."""

    period: Period
    advance: datetime

    @property
    def until(self) -> datetime:
        """Return the instant from which on nothing is on this bill."""
        return bounds(self.period)[1]


def assemble(work: Work, account: Account, products: Sequence[Document], span: Span, bill_id: str) -> list[Line]:
    """Return the lines of a bill, charges first, and claim the usage that is on it.

    Raises Conflict when a price isn't in the account's currency: its charges can't be added up.
    """
    lines = [*_charges(work, account, products, span), *_usage(work, account, span, bill_id)]
    order = places(products)
    lines.sort(key=lambda line: _place(line, order))
    # Identifiers rise with the order on the bill: that is how lines are listed.
    return [replace(each, id=new_id()) for each in lines]


def _place(line: Line, order: Mapping[str, int]) -> tuple[int, int, str, str, ChargeKey, int]:
    """Return the place of a line on the bill: by kind, product, what was included first, price and period."""
    tag = line.measured.key.tag if line.measured else ""
    product = order.get(line.key.product_id, len(order))
    return ORDER.index(line.key.kind), product, tag, line.price.name, line.key, line.sequence


def sold_prices(reading: Reading, products: Sequence[Document]) -> list[Sold]:
    """Return all price versions that products were ever sold at."""
    sold = prices_of(reading, [product["id"] for product in products], Period())
    keys = {each: PriceKey(each.price_id, each.revision) for each in sold}
    prices = load_prices(reading, keys.values())
    return [Sold(each, prices[key]) for each, key in keys.items()]


def faults_of_currency(reading: Reading, account: Account) -> Iterator[Fault]:
    """Yield a fault for every price of an account's products that isn't in the currency the account is billed in."""
    products = products_of_account(reading, [account.id])
    prices = {each.price.id: each.price for each in sold_prices(reading, products)}
    for price in prices.values():
        if reason := _foreign(account, price):
            yield Fault("billingAccount.id", "foreignCurrency", reason)


def _charges(work: Work, account: Account, products: Sequence[Document], span: Span) -> Iterator[Line]:
    sold = sold_prices(work, products)
    before = billed_before(work, [product["id"] for product in products])
    due = charges_due(sold, span.until, span.advance, account.cycle_day, account.currency)
    for charge in due:
        for price in filter(None, (charge.price, charge.base)):
            _refuse_foreign_currency(account, price)
    for owed in with_taxes(due, before, account.currency, work.settings):
        yield from lines_for(owed, before.get(owed.charge.key, Billed()), account.currency)
    for charge in _lapsed(work, account, sold, before, {charge.key for charge in due}):
        known = before[charge.key]
        nothing = Owed(charge, Decimal(0), dict.fromkeys(known.taxes, Decimal(0)))
        yield from lines_for(nothing, known, account.currency)


def _lapsed(
    work: Work, account: Account, sold: Sequence[Sold], before: Mapping[ChargeKey, Billed], due: Collection[ChargeKey]
) -> Iterator[Charge]:
    """Yield, at zero, what was billed in advance and now isn't owed at all, on this bill or a later one."""
    missing = {key for key, billed in before.items() if key not in due and _may_lapse(key, billed)}
    if not missing:
        return
    horizon = max(key.period_start for key in missing) + timedelta(days=1)
    owed_later = {charge.key for charge in charges_due(sold, LATEST, horizon, account.cycle_day, account.currency)}
    gone = missing - owed_later
    prices = load_prices(work, {price for key in gone for price in (key.price, key.base) if price})
    for key in sorted(gone):
        yield Charge(key, prices[key.price], (), Fraction(0), prices[key.base] if key.base else None)


def _may_lapse(key: ChargeKey, billed: Billed) -> bool:
    """Tell whether something was billed for a period: what is charged once stays, whatever happens later."""
    return key.kind != USAGE and key.period_start != UNDATED and bool(billed.amount or any(billed.taxes.values()))


def _usage(work: Work, account: Account, span: Span, bill_id: str) -> Iterator[Line]:
    totals = claim_usage(work, account.id, span.until, bill_id)
    prices = load_prices(work, {(total.key.price_id, total.key.revision) for total in totals})
    before = billed_before(work, {total.key.product_id for total in totals})
    lines = Counter({key: billed.lines for key, billed in before.items()})
    start, _ = bounds(span.period)
    for total in totals:
        price = prices[PriceKey(total.key.price_id, total.key.revision)]
        _refuse_foreign_currency(account, price)
        key = ChargeKey(total.key.product_id, total.key.price_id, total.key.revision, "", 0, USAGE, start)
        yield _usage_line(work, account, key, lines[key], price, total)
        lines[key] += 1


def _usage_line(work: Work, account: Account, key: ChargeKey, sequence: int, price: Price, total: UsageTotal) -> Line:
    amount = rounded(Fraction(total.amount), account.currency)
    covered = Period(total.first, total.last)
    return Line(
        key=key,
        sequence=sequence,
        price=price,
        covered=covered,
        quantity=1,
        currency=account.currency,
        amount=amount,
        taxes=tax_on(amount, account.currency, price, work.settings),
        measured=Measured(total.key, total.quantity, total.usages),
    )


def _refuse_foreign_currency(account: Account, price: Price) -> None:
    if reason := _foreign(account, price):
        raise Conflict(reason, path="billingAccount.id", code="foreignCurrency")


def _foreign(account: Account, price: Price) -> str | None:
    if price.amount is None or price.amount.unit == account.currency:
        return None
    unit = price.amount.unit
    return f"price '{price.id}' is in {unit}, but billing account '{account.id}' is billed in {account.currency}"
