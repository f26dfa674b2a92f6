"""Parts of a period are charged by their days, what ends early is given back, and the parts add up to the whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.billing import run_bills
from core.billing.charges import Sold, charges_of
from core.billing.lines import rounded
from core.catalog import freeze_all, read_price
from core.clock import FixedClock, parse_instant
from core.context import Context
from core.inventory import PriceVersion, SoldPrice, reshape, terminate
from core.service import Core, Work
from tests.builders.billing import a_paying_subscriber, assert_adds_up, bills, summary
from tests.builders.catalog import a_monthly_price, a_price

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(clock: FixedClock, text: str) -> None:
    """Move the clock to an instant."""
    clock.advance(parse_instant(text) - clock.now())


def test_a_plan_that_ends_early_gives_back_what_was_paid_in_advance(
    core: Core, context: Context, clock: FixedClock
) -> None:
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal(28)))
    run_bills(core, context, date(2026, 2, 1))
    at(clock, "2026-02-11T15:00:00Z")
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 3, 1))
    _, final = bills(core, context)
    assert summary(core, context, final) == [("appliedBillingCredit", "2026-02-11", "2026-03-01", Decimal(-18))]
    assert final["amountDue"]["value"] == Decimal("-21.42")
    assert_adds_up(core, context, final)
    assert run_bills(core, context, date(2026, 6, 1)).bills == []


def test_a_plan_that_ends_before_its_first_bill_is_charged_only_while_it_ran(
    core: Core, context: Context, clock: FixedClock
) -> None:
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal(31)))
    at(clock, "2026-01-11T00:00:00Z")
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 2, 1))
    assert summary(core, context, bills(core, context)[0]) == [
        ("recurringCharge", "2026-01-01", "2026-01-11", Decimal(10))
    ]


def test_a_month_paid_in_advance_that_never_began_is_given_back_whole(
    core: Core, context: Context, clock: FixedClock
) -> None:
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal(10)))
    run_bills(core, context, date(2026, 2, 1))
    at(clock, "2026-02-01T09:00:00Z")
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 3, 1))
    assert summary(core, context, bills(core, context)[-1]) == [
        ("appliedBillingCredit", "2026-02-01", "2026-03-01", Decimal(-10))
    ]


def test_a_change_of_plan_charges_each_plan_for_its_days(core: Core, context: Context, clock: FixedClock) -> None:
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal(31), name="Small"))
    run_bills(core, context, date(2026, 1, 1))
    at(clock, "2026-01-21T10:00:00Z")

    def change(work: Work) -> None:
        larger = a_monthly_price(Decimal(62), name="Large")
        (key,) = freeze_all(work, [larger])
        reshape(work, product["id"], lambda document: document, [PriceVersion(*key, larger)])

    core.run(context, change)
    run_bills(core, context, date(2026, 2, 1))
    assert sorted(summary(core, context, bills(core, context)[-1])) == [
        ("recurringCharge", "2026-01-01", "2026-01-21", Decimal(20)),
        ("recurringCharge", "2026-01-21", "2026-02-01", Decimal(22)),
        ("recurringCharge", "2026-02-01", "2026-03-01", Decimal(62)),
    ]


def test_a_price_that_stays_through_a_change_is_charged_once(core: Core, context: Context, clock: FixedClock) -> None:
    monthly, fee = a_monthly_price(Decimal("9.99")), a_price(Decimal(5))
    product = a_paying_subscriber(core, context, monthly, fee)
    at(clock, "2026-01-21T10:00:00Z")
    same = [PriceVersion(price["id"], 1, price) for price in (monthly, fee)]
    core.run(context, lambda work: reshape(work, product["id"], lambda document: document, same))
    run_bills(core, context, date(2026, 2, 1))
    (bill,) = bills(core, context)
    assert bill["taxExcludedAmount"]["value"] == Decimal("24.98")
    assert len(summary(core, context, bill)) == 3


def test_a_yearly_price_runs_from_the_day_it_was_sold(core: Core, context: Context, clock: FixedClock) -> None:
    yearly = a_monthly_price(Decimal(365), recurringChargePeriodType="year")
    product = a_paying_subscriber(core, context, yearly, startDate="2026-01-15T00:00:00.000Z")
    run_bills(core, context, date(2026, 4, 1))
    assert [summary(core, context, bill) for bill in bills(core, context)] == [
        [("recurringCharge", "2026-01-15", "2027-01-15", Decimal(365))]
    ]
    at(clock, "2026-04-15T00:00:00Z")
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 5, 1))
    assert summary(core, context, bills(core, context)[-1]) == [
        ("appliedBillingCredit", "2026-04-15", "2027-01-15", Decimal(-275))
    ]


def test_a_quantity_multiplies_the_price(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal("1.50")), quantity=3)
    run_bills(core, context, date(2026, 2, 1))
    assert {amount for *_, amount in summary(core, context, bills(core, context)[0])} == {Decimal("4.50")}


@given(
    amount=st.decimals(min_value=0, max_value=999, places=2),
    cuts=st.lists(st.integers(min_value=0, max_value=31 * 24), max_size=6),
)
def test_the_parts_of_a_month_add_up_to_the_whole(amount: Decimal, cuts: list[int]) -> None:
    """However often a product changes within a month at one price, the month costs its price."""
    moments = [START, *(START + timedelta(hours=cut) for cut in sorted(set(cuts)) if cut), None]
    price = read_price(a_monthly_price(amount, id="p"), 1)
    sold = [
        Sold(SoldPrice("product", "p", 1, 1, begin, end), price)
        for begin, end in pairwise(moments)
        if begin is not None and begin < datetime(2026, 2, 1, tzinfo=UTC)
    ]
    february = datetime(2026, 2, 1, tzinfo=UTC)
    (charge,) = charges_of(sold, february, 1).values()
    assert charge.amount == Fraction(amount)


@pytest.mark.parametrize("day", [1, 2, 11, 28])
def test_charge_and_credit_together_are_what_the_days_cost(
    core: Core, context: Context, clock: FixedClock, day: int
) -> None:
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal("9.99")), startDate="2026-02-01T00:00:00Z")
    run_bills(core, context, date(2026, 3, 1))
    at(clock, f"2026-03-{day:02d}T12:00:00Z")
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 5, 1))
    made = bills(core, context)
    march = rounded(Fraction("9.99") * (day - 1) / 31, "EUR")
    assert sum(bill["taxExcludedAmount"]["value"] for bill in made) == Decimal("9.99") + march
    for bill in made:
        assert_adds_up(core, context, bill)


def test_a_half_cent_is_rounded_up_and_its_credit_down() -> None:
    assert rounded(Fraction(5, 1000), "EUR") == Decimal("0.01")
    assert rounded(Fraction(-5, 1000), "EUR") == Decimal("-0.01")
    assert rounded(Fraction(1, 2), "JPY") == Decimal(1)
