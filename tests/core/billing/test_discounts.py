"""Discounts take an amount or a share off what a product costs, as long as they were agreed, with the tax of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.billing import run_bills
from core.clock import FixedClock, parse_instant
from core.context import Context
from core.entity import Document
from core.inventory import terminate
from core.service import Core
from tests.builders.billing import a_paying_subscriber, assert_adds_up, bills, lines, summary
from tests.builders.catalog import a_monthly_price, a_price

MONTHLY = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}


def a_discount(amount: str | None = None, **attributes: Any) -> Document:
    """A price of type discount, an amount or with `percentage` a share."""
    return a_price(Decimal(amount) if amount else None, **{"priceType": "discount", "name": "Discount", **attributes})


def test_a_share_is_taken_off_every_recurring_charge_and_its_tax(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(20)), a_discount(percentage=Decimal(10), **MONTHLY))
    run_bills(core, context, date(2026, 2, 1))
    (bill,) = bills(core, context)
    assert summary(core, context, bill) == [
        ("recurringCharge", "2026-01-01", "2026-02-01", Decimal(20)),
        ("recurringCharge", "2026-02-01", "2026-03-01", Decimal(20)),
        ("appliedBillingCredit", "2026-01-01", "2026-02-01", Decimal(-2)),
        ("appliedBillingCredit", "2026-02-01", "2026-03-01", Decimal(-2)),
    ]
    assert bill["taxIncludedAmount"]["value"] == Decimal("42.84")
    assert_adds_up(core, context, bill)
    assert lines(core, context, bill)[-1]["description"] == "Discount on Monthly fee"


def test_an_amount_is_taken_off_each_month(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(20)), a_discount("5", **MONTHLY))
    run_bills(core, context, date(2026, 2, 1))
    assert bills(core, context)[0]["taxExcludedAmount"]["value"] == Decimal(30)


def test_a_discount_without_a_period_is_given_once(core: Core, context: Context) -> None:
    prices = [a_monthly_price(Decimal(10)), a_price(Decimal(40)), a_discount("-3"), a_discount(percentage=Decimal(50))]
    a_paying_subscriber(core, context, *prices)
    run_bills(core, context, date(2026, 3, 1))
    first, second = bills(core, context)
    assert first["taxExcludedAmount"]["value"] == Decimal(20 + 40 - 3 - 20)
    assert second["taxExcludedAmount"]["value"] == Decimal(10)


def test_a_discount_is_given_back_with_the_charge_it_was_taken_of(
    core: Core, context: Context, clock: FixedClock
) -> None:
    share = a_discount(percentage=Decimal(25), **MONTHLY)
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal(28)), share)
    run_bills(core, context, date(2026, 2, 1))
    clock.advance(parse_instant("2026-02-15T00:00:00Z") - clock.now())
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 3, 1))
    assert bills(core, context)[-1]["taxExcludedAmount"]["value"] == Decimal("-10.50")


def test_a_discount_of_one_product_leaves_another_alone(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(20)))
    a_paying_subscriber(core, context, a_discount(percentage=Decimal(10), **MONTHLY), msisdn=None)
    run_bills(core, context, date(2026, 2, 1))
    assert bills(core, context)[0]["taxExcludedAmount"]["value"] == Decimal(40)
