"""A bill run bills every account for every period that has ended, once, with everything that is due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.billing import run_bills
from core.clock import FixedClock, parse_instant, wire_instant
from core.context import Context
from core.errors import Conflict
from core.inventory import terminate
from core.service import Core
from tests.builders.billing import a_paying_subscriber, an_account, assert_adds_up, at, bills, lines, summary
from tests.builders.catalog import a_monthly_price, a_price
from tests.builders.inventory import part_of
from tests.builders.usage import a_call, a_subscriber, a_voice_allowance, a_voice_price

FEBRUARY = date(2026, 2, 1)


def test_a_full_month_is_billed_in_arrears_and_the_next_one_in_advance(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal("9.99")))
    run = run_bills(core, context, FEBRUARY)
    (bill,) = bills(core, context)
    assert run.bills == [bill["id"]]
    assert summary(core, context, bill) == [
        ("recurringCharge", "2026-01-01", "2026-02-01", Decimal("9.99")),
        ("recurringCharge", "2026-02-01", "2026-03-01", Decimal("9.99")),
    ]
    assert_adds_up(core, context, bill)
    assert bill["billNo"] == "000001"
    assert bill["state"] == "new"
    assert bill["runType"] == "onCycle"
    assert bill["billDate"] == "2026-02-01T00:00:00.000Z"
    assert bill["paymentDueDate"] == "2026-02-15T00:00:00.000Z"
    assert bill["nextBillDate"] == "2026-03-01T00:00:00.000Z"
    assert bill["billCycle"]["id"] == "monthly-2026-01"
    assert bill["taxIncludedAmount"] == {"unit": "EUR", "value": Decimal("23.78")}
    with core.reading(context) as reading:
        assert reading.require("BillCycle", "monthly-2026-01")["billingPeriod"] == "January 2026"


def test_a_part_of_a_month_is_charged_by_its_days(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(31)), startDate="2026-01-15T13:37:00.000Z")
    run_bills(core, context, FEBRUARY)
    (bill,) = bills(core, context)
    assert summary(core, context, bill) == [
        ("recurringCharge", "2026-01-15", "2026-02-01", Decimal(17)),
        ("recurringCharge", "2026-02-01", "2026-03-01", Decimal(31)),
    ]


def test_one_time_charges_are_billed_once(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_price(Decimal("19.90")))
    run_bills(core, context, date(2026, 4, 1))
    (bill,) = bills(core, context)
    assert summary(core, context, bill) == [("oneTimeCharge", "2026-01-01", "2026-01-01", Decimal("19.90"))]


def test_a_one_time_charge_stays_when_its_product_ends_at_once(core: Core, context: Context, clock: FixedClock) -> None:
    product = a_paying_subscriber(
        core, context, a_price(Decimal(5)), a_monthly_price(), startDate=wire_instant(clock.now())
    )
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, FEBRUARY)
    assert summary(core, context, bills(core, context)[0]) == [
        ("oneTimeCharge", "2026-01-15", "2026-01-15", Decimal(5))
    ]


def test_running_twice_yields_one_bill(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price())
    assert len(run_bills(core, context, FEBRUARY).bills) == 1
    assert run_bills(core, context, FEBRUARY).bills == []
    assert len(bills(core, context)) == 1


def test_a_run_that_is_late_makes_the_bills_it_missed(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(10)))
    run_bills(core, context, date(2026, 4, 1))
    made = bills(core, context)
    assert [bill["billNo"] for bill in made] == ["000001", "000002", "000003"]
    assert [bill["taxExcludedAmount"]["value"] for bill in made] == [Decimal(20), Decimal(10), Decimal(10)]


def test_usage_is_totalled_per_price_and_marked_as_billed(core: Core, context: Context) -> None:
    product = a_paying_subscriber(core, context, a_voice_price("0.085"), a_voice_allowance(2))
    usages = core.run(context, lambda work: work.create_many("Usage", [a_call(60) for _ in range(5)]))
    run_bills(core, context, FEBRUARY)
    (bill,) = bills(core, context)
    included, beyond = sorted(lines(core, context, bill), key=lambda line: line["taxExcludedAmount"]["value"])
    assert included["taxExcludedAmount"]["value"] == 0
    # Three minutes at 0.085 are 0.255: rounded once, half up, on the line.
    assert beyond["taxExcludedAmount"]["value"] == Decimal("0.26")
    assert beyond["appliedBillingRateType"] == "usageCharge"
    assert beyond["product"]["id"] == product["id"]
    said = {each["name"]: each["value"] for each in beyond["characteristic"]}
    assert said["usageCount"] == 3
    assert (said["quantity"], said["quantityUnit"]) == (180, "s")
    assert_adds_up(core, context, bill)
    with core.reading(context) as reading:
        stored = reading.get_many("Usage", [usage["id"] for usage in usages])
    parts = [part for usage in stored.values() for part in usage["ratedProductUsage"]]
    assert {usage["status"] for usage in stored.values()} == {"billed"}
    assert {part["isBilled"] for part in parts} == {True}
    assert sorted(part["appliedCustomerBillingRate"]["id"] for part in parts) == sorted(
        [included["id"]] * 2 + [beyond["id"]] * 3
    )


def test_a_billed_usage_can_neither_change_in_what_was_billed_nor_be_deleted(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_voice_price())
    usage = core.run(context, lambda work: work.create("Usage", a_call()))
    run_bills(core, context, FEBRUARY)
    with pytest.raises(Conflict, match="billed"):
        core.run(context, lambda w: w.change("Usage", usage["id"], lambda d: d | {"usageType": "x"}, caller=True))
    with pytest.raises(Conflict, match="billed"):
        core.run(context, lambda work: work.delete("Usage", usage["id"]))


def test_late_usage_goes_on_the_next_bill(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_voice_price("1"))
    core.run(context, lambda work: work.create("Usage", a_call()))
    run_bills(core, context, FEBRUARY)
    core.run(context, lambda work: work.create("Usage", a_call()))
    assert run_bills(core, context, FEBRUARY).bills == []
    run_bills(core, context, date(2026, 3, 1))
    assert [bill["taxExcludedAmount"]["value"] for bill in bills(core, context)] == [Decimal(1), Decimal(1)]


def test_an_account_with_nothing_on_it_gets_no_bill(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context)
    assert run_bills(core, context, date(2026, 4, 1)).bills == []


def test_a_period_that_has_not_ended_is_not_billed(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price())
    assert run_bills(core, context, parse_instant("2026-01-31T23:59:59Z")).bills == []


def test_a_foreign_currency_keeps_only_its_own_account_from_its_bill(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price() | {"price": {"unit": "USD", "value": Decimal(1)}})
    run = run_bills(core, context, FEBRUARY)
    assert run.bills == []
    assert "is in USD" in run.failed["b1"]


def test_the_date_of_the_run_shows_only_in_the_day_the_bill_is_due(
    core: Core, context: Context, clock: FixedClock
) -> None:
    a_paying_subscriber(core, context, a_monthly_price())
    at(clock, "2026-02-20T10:00:00Z")
    run_bills(core, context, date(2026, 2, 20))
    (bill,) = bills(core, context)
    assert bill["billDate"] == "2026-02-01T00:00:00.000Z"
    assert bill["paymentDueDate"] == "2026-03-06T00:00:00.000Z"


def test_a_bill_with_nothing_to_pay_is_never_due(core: Core, context: Context, clock: FixedClock) -> None:
    product = a_paying_subscriber(core, context, a_monthly_price())
    run_bills(core, context, FEBRUARY)
    at(clock, "2026-02-10T10:00:00Z")
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 3, 1))
    first, credit = bills(core, context)
    assert "paymentDueDate" in first
    assert credit["amountDue"]["value"] < 0
    assert "paymentDueDate" not in credit


def test_an_account_may_be_billed_from_another_day_of_the_month(core: Core, context: Context) -> None:
    structure = {"cycleSpecification": {"billingDateShift": 14}}
    core.run(context, lambda work: an_account(work, billStructure=structure))
    a_paying_subscriber(core, context, a_monthly_price(Decimal(31)))
    assert len(run_bills(core, context, parse_instant("2026-01-15T00:00:00Z")).bills) == 1
    (bill,) = bills(core, context)
    assert bill["billCycle"]["id"] == "monthly-2025-12-15"
    assert summary(core, context, bill) == [
        ("recurringCharge", "2026-01-01", "2026-01-15", Decimal(14)),
        ("recurringCharge", "2026-01-15", "2026-02-15", Decimal(31)),
    ]


def test_a_brand_bills_its_own_accounts_only(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price())
    assert run_bills(core, Context(tenant="other"), FEBRUARY).bills == []


def test_only_the_accounts_that_are_named_are_billed(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price())
    assert run_bills(core, context, FEBRUARY, accounts=["another"]).bills == []
    heard: list[tuple[int, int]] = []
    run_bills(core, context, FEBRUARY, lambda done, total: heard.append((done, total)), accounts=["b1"])
    assert heard == [(1, 1)]


def test_what_is_ordered_stands_before_its_additions(core: Core, context: Context) -> None:
    line = a_paying_subscriber(core, context, a_monthly_price(Decimal(9)), id="z-line")
    addition = part_of(line["id"], "reliesOn")
    a_paying_subscriber(
        core, context, a_monthly_price(Decimal(1)), id="a-option", msisdn=None, productRelationship=addition
    )
    run_bills(core, context, FEBRUARY)
    products = [each["product"]["id"] for each in lines(core, context, bills(core, context)[0])]
    assert products == ["z-line", "z-line", "a-option", "a-option"]


def test_an_account_that_cannot_be_billed_keeps_no_other_from_it(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_price(Decimal(999_999_999)), a_price(Decimal(5)))
    with core.work(context) as work:
        an_account(work, "b2")
        a_subscriber(
            work, a_price(Decimal(5)), msisdn="4915599000002", billingAccount={"@type": "BillingAccountRef", "id": "b2"}
        )
    for _ in range(2):
        run = run_bills(core, context, FEBRUARY)
        assert list(run.failed) == ["b1"]
        assert "less than 1,000,000,000" in run.failed["b1"]
        (bill,) = bills(core, context)
        assert bill["billingAccount"]["id"] == "b2"


def test_a_mistake_in_what_one_account_owes_keeps_no_other_from_its_bill(core: Core, context: Context) -> None:
    beyond_time = {"recurringChargePeriodType": "year", "recurringChargePeriodLength": 8000}
    a_paying_subscriber(core, context, a_monthly_price(), a_price(Decimal(-2), priceType="discount", **beyond_time))
    with core.work(context) as work:
        an_account(work, "b2")
        account = {"@type": "BillingAccountRef", "id": "b2"}
        a_subscriber(work, a_price(Decimal(5)), msisdn="4915599000002", billingAccount=account)
    run = run_bills(core, context, FEBRUARY)
    assert list(run.failed) == ["b1"]
    assert [bill["billingAccount"]["id"] for bill in bills(core, context)] == ["b2"]
