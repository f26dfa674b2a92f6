"""Discounts take an amount or a share off what a product costs, as long as they were agreed, with the tax of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.billing import run_bills
from core.clock import FixedClock, parse_instant
from core.context import Context
from core.entity import Document
from core.inventory import terminate
from core.service import Core
from tests.builders.billing import a_paying_subscriber, assert_adds_up, bills, lines, summary
from tests.builders.catalog import a_monthly_price, a_price

VAT_7 = [{"@type": "TaxItem", "taxCategory": "VAT", "taxRate": 7}]
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


def test_a_discount_alone_pays_nothing_out(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_discount("5"), a_discount("5", **MONTHLY))
    assert run_bills(core, context, date(2026, 3, 1)).bills == []


@pytest.mark.parametrize(
    "discounts",
    [
        [a_discount("50", **MONTHLY)],
        [a_discount(percentage=Decimal("33.33"), **MONTHLY), a_discount(percentage=Decimal(100), **MONTHLY)],
        [a_discount(percentage=Decimal(50), **MONTHLY), a_discount("1.98", **MONTHLY), a_discount("50")],
    ],
)
def test_discounts_together_take_a_charge_down_to_zero_at_most(
    core: Core, context: Context, discounts: list[Document]
) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal("2.01")), *discounts)
    run_bills(core, context, date(2026, 3, 1))
    for bill in bills(core, context):
        assert_adds_up(core, context, bill)
        assert (bill["taxExcludedAmount"]["value"], bill["taxIncludedAmount"]["value"]) == (0, 0)


def test_an_amount_has_the_tax_of_the_charge_it_is_taken_off(core: Core, context: Context) -> None:
    untaxed = a_discount("10", **MONTHLY)
    untaxed.pop("tax")
    a_paying_subscriber(core, context, a_monthly_price(Decimal(20), tax=VAT_7), untaxed)
    run_bills(core, context, date(2026, 2, 1))
    (bill,) = bills(core, context)
    assert (bill["taxExcludedAmount"]["value"], bill["taxIncludedAmount"]["value"]) == (Decimal(20), Decimal("21.40"))
    assert [tax["taxRate"] for tax in bill["taxItem"]] == [7]


def test_an_amount_is_spread_over_charges_of_several_rates_to_the_cent(core: Core, context: Context) -> None:
    prices = [a_monthly_price(Decimal(4), name=name, tax=tax) for name, tax in (("A", VAT_7), ("B", VAT_7))]
    a_paying_subscriber(core, context, *prices, a_monthly_price(Decimal(4), name="C"), a_discount("5", **MONTHLY))
    run_bills(core, context, date(2026, 2, 1))
    (bill,) = bills(core, context)
    taken = [
        (line["description"], line["taxExcludedAmount"]["value"], line["appliedTax"][0]["taxRate"])
        for line in lines(core, context, bill)
        if line["name"] == "Discount" and line["periodCoverage"]["startDateTime"] < "2026-02"
    ]
    assert sum((amount for _, amount, _ in taken), Decimal(0)) == Decimal(-5)
    assert sorted(amount for _, amount, _ in taken) == [Decimal("-1.67"), Decimal("-1.67"), Decimal("-1.66")]
    assert {(said, rate) for said, _, rate in taken} == {
        ("Discount on A", 7),
        ("Discount on B", 7),
        ("Discount on C", 19),
    }
    assert_adds_up(core, context, bill)


def test_an_amount_given_once_is_used_up_by_what_falls_due(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(10)), a_price(Decimal(4)), a_discount("30"))
    run_bills(core, context, date(2026, 3, 1))
    assert [bill["taxExcludedAmount"]["value"] for bill in bills(core, context)] == [Decimal(0), Decimal(4)]


def test_a_monthly_amount_is_spread_over_a_year_paid_at_once_and_a_month(core: Core, context: Context) -> None:
    yearly = a_monthly_price(Decimal(120), recurringChargePeriodType="year")
    a_paying_subscriber(core, context, yearly, a_monthly_price(Decimal(10)), a_discount("2", **MONTHLY))
    run_bills(core, context, date(2026, 5, 1))
    first, *others = (summary(core, context, bill) for bill in bills(core, context))
    assert [(line[1], line[3]) for line in first if line[0] == "appliedBillingCredit"] == [
        ("2026-01-01", Decimal("-12.00")),
        ("2026-01-01", Decimal("-0.99")),
        ("2026-02-01", Decimal("-1.04")),
    ]
    # Of a day in April, the month costs 10/30 EUR and the year 120/365 EUR: so of 2 EUR, the month has 1.01 EUR.
    assert [[line[3] for line in bill] for bill in others] == [
        [Decimal(10), Decimal("-0.99")],
        [Decimal(10), Decimal("-1.01")],
        [Decimal(10), Decimal("-0.99")],
    ]


@pytest.mark.parametrize("amount", ["1.00", "0.45", "0.14"])
def test_an_amount_a_month_off_what_is_paid_by_the_day_is_that_amount_to_the_cent(
    core: Core, context: Context, amount: str
) -> None:
    daily = a_monthly_price(Decimal("0.50"), recurringChargePeriodType="day")
    a_paying_subscriber(core, context, daily, a_discount(amount, **MONTHLY))
    for month in (2, 3, 4):
        run_bills(core, context, date(2026, month, 1))
    days: dict[str, Decimal] = {}
    for bill in bills(core, context):
        assert_adds_up(core, context, bill)
        for kind, start, _, value in summary(core, context, bill):
            if kind == "appliedBillingCredit":
                days[start[:7]] = days.get(start[:7], Decimal(0)) + value
    assert [days[month] for month in ("2026-01", "2026-02")] == [-Decimal(amount)] * 2
