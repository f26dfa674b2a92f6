"""Puts the lines of a bill together: charges due and not billed yet, usage, credits for what ended early."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import starmap

from core.billing.charges import DISCOUNT, ONE_TIME, RECURRING, UNDATED, Charge, ChargeKey, Sold, charges_due
from core.billing.cycles import bounds
from core.billing.ledger import Billed, billed_before
from core.billing.lines import USAGE, Line, LineTax, Measured, add_taxes, rounded, tax_on, taxes_at
from core.billing.places import places
from core.catalog import Price, PriceKey, load_prices
from core.customer import Account
from core.entity import Document, new_id
from core.errors import Conflict, Fault
from core.inventory import prices_of, products_of_account
from core.period import Period
from core.reading import Reading
from core.service import Work
from core.usage import UsageTotal, claim_usage, taxes_of

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
    due = charges_due(sold, span.until, span.advance, account.cycle_day)
    for charge in (*due, *_lapsed(work, sold, before, {charge.key for charge in due})):
        _refuse_foreign_currency(account, charge.base or charge.price)
        known = before.get(charge.key)
        owed = Fraction(rounded(charge.amount, account.currency))
        # What the book holds has the digits of its column: the difference gets those of the currency.
        amount = rounded(owed - Fraction(known.amount if known else 0), account.currency)
        rates = known.taxes if known else taxes_of(charge.base or charge.price, work.settings)
        taxes = taxes_at(rates, rounded(owed, account.currency), account.currency)
        if amount:
            yield Line(
                key=charge.key,
                sequence=known.lines if known else 0,
                price=charge.price,
                covered=_difference(charge, known),
                charged=charge.covered,
                currency=account.currency,
                amount=amount,
                taxes=tuple(starmap(LineTax, add_taxes(taxes, known.taxes if known else {}, -1).items())),
                base=charge.base,
            )


def _lapsed(
    work: Work, sold: Sequence[Sold], before: Mapping[ChargeKey, Billed], due: Collection[ChargeKey]
) -> Iterator[Charge]:
    """Yield, at zero, what was billed in advance for a period that the product then didn't reach."""
    gone = {key: billed for key, billed in before.items() if key not in due and _is_gone(key, billed, sold)}
    prices = load_prices(work, {price for billed in gone.values() for price in (billed.price, billed.base) if price})
    for key, billed in gone.items():
        start, _ = bounds(billed.covered)
        base = prices[billed.base] if billed.base else None
        yield Charge(key, prices[billed.price], start, Period(start, start), Fraction(0), base)


def _is_gone(key: ChargeKey, billed: Billed, sold: Sequence[Sold]) -> bool:
    """Tell whether a price that was billed in advance isn't in force in any of the days it was billed for."""
    if key.kind == USAGE or key.period_start == UNDATED or not billed.amount:
        return False
    wanted = {key.price_id} | ({key.base_price_id} if key.base_price_id else set())
    in_force = {
        each.sold.price_id
        for each in sold
        if each.sold.product_id == key.product_id and each.days.overlaps(billed.covered)
    }
    return not wanted <= in_force


def _difference(charge: Charge, known: Billed | None) -> Period:
    """Return the days that a line is for: all of its charge, or those by which it has become longer or shorter."""
    if known is None:
        return charge.covered
    (start, end), (_, before) = bounds(charge.covered), bounds(known.covered)
    return Period(*sorted((end, before))) if end != before else Period(start, end)


def _usage(work: Work, account: Account, span: Span, bill_id: str) -> Iterator[Line]:
    totals = claim_usage(work, account.id, span.until, bill_id)
    prices = load_prices(work, {(total.key.price_id, total.key.revision) for total in totals})
    before = billed_before(work, {total.key.product_id for total in totals})
    lines = Counter({key: billed.lines for key, billed in before.items()})
    start, _ = bounds(span.period)
    for total in totals:
        price = prices[PriceKey(total.key.price_id, total.key.revision)]
        _refuse_foreign_currency(account, price)
        key = ChargeKey(total.key.product_id, total.key.price_id, "", USAGE, start)
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
        charged=covered,
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
