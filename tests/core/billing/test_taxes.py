"""A line has the tax of what it is for: a credit that of its charge, whatever the rate has become since."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.billing import run_bills
from core.clock import FixedClock, parse_instant
from core.context import Context
from core.entity import Document
from core.inventory import terminate
from core.service import Core
from tests.builders.billing import a_paying_subscriber, assert_adds_up, bills, lines
from tests.builders.catalog import a_monthly_price


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
    clock.advance(parse_instant("2026-02-01T09:00:00Z") - clock.now())
    later.run(context, lambda work: terminate(work, product["id"]))
    run_bills(later, context, date(2026, 3, 1))
    charged, credited = bills(core, context)
    assert taxed(core, context, charged)[-1:] == [("2026-02-01", Decimal("60.03"), Decimal("71.44"), Decimal(19))]
    assert taxed(core, context, credited) == [("2026-02-01", Decimal("-60.03"), Decimal("-71.44"), Decimal(19))]
