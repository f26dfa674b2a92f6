"""Whatever happens to a product and whenever bills are run, all bills together are what its days cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.billing import run_bills
from core.billing.charges import ChargeKey
from core.billing.lines import Line, LineTax, rounded, tax_on, totals
from core.catalog import freeze_all, read_price
from core.clock import FixedClock, wire_instant
from core.context import Context
from core.entity import Document, new_id
from core.inventory import PriceVersion, install, terminate
from core.period import Period, month_of
from core.service import Core, Work
from core.settings import Settings
from tests.builders.billing import an_account, assert_adds_up
from tests.builders.catalog import a_monthly_price
from tests.builders.inventory import a_product

YEAR = datetime(2025, 11, 1, tzinfo=UTC)
AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=200, places=2)
RUNS = st.sets(st.integers(min_value=1, max_value=6), max_size=4)
fast = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def sell(work: Work, account: str, amount: Decimal, start: datetime) -> Document:
    """Install a product with a monthly price on an account of its own."""
    an_account(work, account)
    price = a_monthly_price(amount)
    (key,) = freeze_all(work, [price])
    reference = {"@type": "BillingAccountRef", "id": account}
    product = a_product(billingAccount=reference, startDate=wire_instant(start))
    return install(work, product, [PriceVersion(*key, price)])


def cost(amount: Decimal, start: datetime, end: datetime, until: datetime) -> Decimal:
    """Return what the days from `start` to `end` cost, month by month, in months that begin before `until`."""
    total, month = Decimal(0), month_of(start)
    days = Period(start.replace(hour=0), max(start.replace(hour=0), end.replace(hour=0)))
    while month.start is not None and month.start < until:
        total += rounded(Fraction(amount) * days.share_of(month), "EUR")
        month = month_of(month.start + relativedelta(months=1))
    return total


@fast
@given(
    amount=AMOUNTS,
    begin=st.integers(min_value=0, max_value=24 * 60),
    length=st.integers(min_value=0, max_value=24 * 100),
    runs=RUNS,
)
def test_all_bills_together_are_what_the_days_cost(
    core: Core, context: Context, clock: FixedClock, amount: Decimal, begin: int, length: int, runs: set[int]
) -> None:
    account, start = new_id(), YEAR + timedelta(hours=begin)
    end = start + timedelta(hours=length)
    clock.advance(start - clock.now())
    product = core.run(context, lambda work: sell(work, account, amount, start))
    for month in sorted(runs):
        at = YEAR + relativedelta(months=month)
        if clock.now() < end <= at:
            clock.advance(end - clock.now())
            core.run(context, lambda work: terminate(work, product["id"]))
        clock.advance(max(at, clock.now()) - clock.now())
        run_bills(core, context, at, accounts=[account])
    clock.advance(max(end, clock.now()) - clock.now())
    ended = clock.now()
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 8, 1), accounts=[account])
    with core.reading(context) as reading:
        made = reading.find_by("CustomerBill", billing_account_id=account)
        stored = reading.require("Product", product["id"])
    last = min(ended, datetime.fromisoformat(stored["terminationDate"]))
    expected = cost(amount, start, last, datetime(2026, 9, 1, tzinfo=UTC))
    assert sum((bill["taxExcludedAmount"]["value"] for bill in made), Decimal(0)) == expected
    for bill in made:
        assert_adds_up(core, context, bill)


@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=20), rate=st.sampled_from([0, 7, 19, 25]))
def test_the_totals_of_a_bill_are_the_sums_of_its_lines(amounts: list[Decimal], rate: int) -> None:
    price = read_price(a_monthly_price(tax=[{"taxCategory": "VAT", "taxRate": rate}]), 1)
    month = month_of(YEAR)
    key = ChargeKey("product", price.id, 1, "", 0, "recurringCharge", YEAR)
    lines = [
        Line(key, number, price, month, 1, "EUR", amount, tax_on(amount, "EUR", price, Settings()))
        for number, amount in enumerate(amounts)
    ]
    found = totals(lines)
    assert found.excluded == sum(amounts)
    assert found.included == sum(line.amount + line.tax_amount for line in lines)
    assert found.taxes == (LineTax(lines[0].taxes[0].tax, sum((line.tax_amount for line in lines), Decimal(0))),)
