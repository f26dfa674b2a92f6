"""A line says for which days it is, and whether they are charged or given back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.billing import run_bills
from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.inventory import terminate
from core.service import Core
from tests.builders.billing import a_paying_subscriber, at, bills, lines, sell
from tests.builders.catalog import a_monthly_price, a_price

SMALL, LARGE = (a_monthly_price(Decimal(30), id=name, name=name) for name in ("Small", "Large"))


@pytest.fixture
def product(core: Core, context: Context) -> Document:
    """A product at 30 EUR a month, from the last of March."""
    return a_paying_subscriber(core, context, SMALL, startDate="2026-03-31T00:00:00Z")


def april(core: Core, context: Context, number: int = -1) -> list[tuple[str, str, str, str, Decimal]]:
    """Return name, first day, day after the last, description and amount of every line for April on a bill."""
    return [
        (line["name"], start[5:10], end[5:10], line["description"], line["taxExcludedAmount"]["value"])
        for line in lines(core, context, bills(core, context)[number])
        for start, end in [(line["periodCoverage"]["startDateTime"], line["periodCoverage"]["endDateTime"])]
        if start.startswith("2026-04")
    ]


def test_more_of_the_same_within_a_month_is_charged_for_its_days(
    core: Core, context: Context, clock: FixedClock, product: Document
) -> None:
    run_bills(core, context, date(2026, 4, 1))
    at(clock, "2026-04-25T10:00:00Z")
    sell(core, context, product, SMALL, quantity=3)
    run_bills(core, context, date(2026, 5, 1))
    assert april(core, context) == [("Small", "04-25", "05-01", "6 days from 2026-04-25", Decimal(12))]


def test_less_of_the_same_within_a_month_is_given_back(
    core: Core, context: Context, clock: FixedClock, product: Document
) -> None:
    sell(core, context, product, SMALL, quantity=3)
    run_bills(core, context, date(2026, 4, 1))
    at(clock, "2026-04-30T10:00:00Z")
    sell(core, context, product, SMALL)
    run_bills(core, context, date(2026, 5, 1))
    assert april(core, context) == [("Small", "04-30", "05-01", "1 day from 2026-04-30, given back", Decimal(-2))]


def test_a_plan_that_comes_back_within_a_month_has_a_line_for_each_time(
    core: Core, context: Context, clock: FixedClock, product: Document
) -> None:
    for day, plan in (("11", LARGE), ("21", SMALL)):
        at(clock, f"2026-04-{day}T10:00:00Z")
        sell(core, context, product, plan)
    run_bills(core, context, date(2026, 5, 1))
    first, second = (april(core, context, number) for number in (0, 1))
    assert first == [("Small", "04-01", "04-11", "10 days from 2026-04-01", Decimal(10))]
    assert second == [
        ("Large", "04-11", "04-21", "10 days from 2026-04-11", Decimal(10)),
        ("Small", "04-21", "05-01", "10 days from 2026-04-21", Decimal(10)),
    ]


def test_a_plan_that_comes_back_after_its_first_days_were_billed_is_charged_for_the_new_ones(
    core: Core, context: Context, clock: FixedClock, product: Document
) -> None:
    run_bills(core, context, date(2026, 4, 1))
    for day, plan in (("11", LARGE), ("21", SMALL), ("26", LARGE)):
        at(clock, f"2026-04-{day}T10:00:00Z")
        sell(core, context, product, plan)
    run_bills(core, context, date(2026, 5, 1))
    assert april(core, context) == [
        ("Large", "04-11", "04-21", "10 days from 2026-04-11", Decimal(10)),
        ("Large", "04-26", "05-01", "5 days from 2026-04-26", Decimal(5)),
        ("Small", "04-11", "04-21", "10 days from 2026-04-11, given back", Decimal(-10)),
        ("Small", "04-26", "05-01", "5 days from 2026-04-26, given back", Decimal(-5)),
    ]


def test_a_discount_that_is_taken_back_lessens_the_credits(
    core: Core, context: Context, clock: FixedClock, product: Document
) -> None:
    share = a_price(None, priceType="discount", percentage=10, recurringChargePeriodType="month", name="Ten off")
    sell(core, context, product, SMALL, share)
    run_bills(core, context, date(2026, 4, 1))
    at(clock, "2026-04-16T10:00:00Z")
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 5, 1))
    assert april(core, context) == [
        ("Small", "04-16", "05-01", "15 days from 2026-04-16, given back", Decimal(-15)),
        ("Ten off", "04-16", "05-01", "Discount on Small, taken back", Decimal("1.50")),
    ]
    kinds = [line["appliedBillingRateType"] for line in lines(core, context, bills(core, context)[-1])]
    assert kinds == ["appliedBillingCredit", "appliedBillingCredit"]


def test_what_is_free_has_a_line_of_nothing_once(core: Core, context: Context, clock: FixedClock) -> None:
    free = a_paying_subscriber(core, context, a_monthly_price(0), a_price(0, name="Activation"))
    run_bills(core, context, date(2026, 2, 1))
    (bill,) = bills(core, context)
    assert [(name, amount) for _, name, amount in _kinds(core, context, bill)] == [
        ("Monthly fee", 0),
        ("Monthly fee", 0),
        ("Activation", 0),
    ]
    assert run_bills(core, context, date(2026, 2, 1)).bills == []
    at(clock, "2026-02-10T10:00:00Z")
    core.run(context, lambda work: terminate(work, free["id"]))
    assert run_bills(core, context, date(2026, 4, 1)).bills == []


def _kinds(core: Core, context: Context, bill: Document) -> list[tuple[str, str, Decimal]]:
    return [
        (line["appliedBillingRateType"], line["name"], line["taxExcludedAmount"]["value"])
        for line in lines(core, context, bill)
    ]
