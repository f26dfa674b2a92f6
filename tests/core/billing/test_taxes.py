"""A line has the tax of what it is for: a credit that of its charge, whatever the rate has become since."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.billing import run_bills
from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.inventory import terminate
from core.service import Core
from tests.builders.billing import a_paying_subscriber, assert_adds_up, at, bills, lines, sell
from tests.builders.catalog import a_monthly_price

VAT_7 = [{"@type": "TaxItem", "taxCategory": "VAT", "taxRate": 7}]


def taxed(core: Core, context: Context, bill: Document) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Return first day, amount before tax, amount with tax, and rate of every line of a bill."""
    assert_adds_up(core, context, bill)
    return [
        (
            line["periodCoverage"]["startDateTime"][:10],
            line["taxExcludedAmount"]["value"],
            line["taxIncludedAmount"]["value"],
            line["appliedTax"][0]["taxRate"],
        )
        for line in lines(core, context, bill)
    ]


def test_a_credit_gives_back_the_tax_that_its_charge_was_billed_with(
    core: Core, context: Context, clock: FixedClock
) -> None:
    monthly = a_monthly_price(Decimal("60.03"))
    monthly.pop("tax")
    product = a_paying_subscriber(core, context, monthly)
    run_bills(core, context, date(2026, 2, 1))
    settings = core.settings.model_copy(update={"tax_rate": Decimal(16)})
    later = Core(settings, core.database, core.entities.values(), core.clock)
    at(clock, "2026-02-01T09:00:00Z")
    later.run(context, lambda work: terminate(work, product["id"]))
    run_bills(later, context, date(2026, 3, 1))
    charged, credited = bills(core, context)
    assert taxed(core, context, charged)[-1:] == [("2026-02-01", Decimal("60.03"), Decimal("71.44"), Decimal(19))]
    assert taxed(core, context, credited) == [("2026-02-01", Decimal("-60.03"), Decimal("-71.44"), Decimal(19))]


def test_a_price_at_two_rates_in_a_month_is_billed_at_each_for_its_days(
    core: Core, context: Context, clock: FixedClock
) -> None:
    plan = a_monthly_price(Decimal(30), id="a")
    product = a_paying_subscriber(core, context, plan, startDate="2026-03-31T00:00:00Z")
    at(clock, "2026-04-16T09:00:00Z")
    sell(core, context, product, a_monthly_price(Decimal(40), id="a", tax=VAT_7))
    run_bills(core, context, date(2026, 5, 1))
    assert taxed(core, context, bills(core, context)[-1])[:2] == [
        ("2026-04-16", Decimal(20), Decimal("21.40"), Decimal(7)),
        ("2026-05-01", Decimal(40), Decimal("42.80"), Decimal(7)),
    ]
    assert sum((bill["taxIncludedAmount"]["value"] for bill in bills(core, context)), Decimal(0)) == sum(
        map(Decimal, ("1.15", "17.85", "21.40", "42.80"))
    )


def test_a_price_that_comes_back_at_another_rate_is_credited_at_the_old_and_charged_at_the_new(
    core: Core, context: Context, clock: FixedClock
) -> None:
    plan = a_monthly_price(Decimal(30), id="a")
    product = a_paying_subscriber(core, context, plan, startDate="2026-03-31T00:00:00Z")
    at(clock, "2026-04-01T00:00:00Z")
    run_bills(core, context, date(2026, 4, 1))
    at(clock, "2026-04-16T09:00:00Z")
    sell(core, context, product, a_monthly_price(Decimal(60), id="b", name="Another"))
    at(clock, "2026-04-21T09:00:00Z")
    sell(core, context, product, plan | {"tax": VAT_7})
    run_bills(core, context, date(2026, 5, 1))
    april = [line for line in taxed(core, context, bills(core, context)[-1]) if line[0] < "2026-05"]
    assert april == [
        ("2026-04-16", Decimal(10), Decimal("11.90"), Decimal(19)),
        ("2026-04-16", Decimal(-15), Decimal("-17.85"), Decimal(19)),
        ("2026-04-21", Decimal(10), Decimal("10.70"), Decimal(7)),
    ]
