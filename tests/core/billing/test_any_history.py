"""Whatever is sold, changed, repriced and ended, and whenever it is billed: all bills come to what one bill would."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.billing import run_bills
from core.clock import FixedClock, wire_instant
from core.context import Context
from core.entity import Document, new_id
from core.inventory import install, terminate
from core.service import Core, Work
from tests.builders.billing import an_account, assert_adds_up, lines, sell, versions_of
from tests.builders.catalog import a_monthly_price, a_price
from tests.builders.inventory import a_product

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MONTHLY = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}
AMOUNTS = st.decimals(min_value=0, max_value=60, places=2)


class Step(NamedTuple):
    """What happens next, after so many hours: to which product, sold how often, at which prices, taxed how."""

    hours: int
    action: str
    product: int
    quantity: int
    amount: Decimal
    rate: int
    prices: frozenset[str]


steps = st.builds(
    Step,
    hours=st.integers(min_value=0, max_value=24 * 25),
    action=st.sampled_from(["add", "modify", "modify", "delete", "run", "on demand"]),
    product=st.integers(min_value=0, max_value=1),
    quantity=st.integers(min_value=1, max_value=3),
    amount=AMOUNTS,
    rate=st.sampled_from([0, 7, 19]),
    prices=st.frozensets(
        st.sampled_from(["plan", "option", "week", "fee", "share", "monthly off", "once off"]), min_size=1
    ),
)


def prices_for(step: Step, suffix: str) -> list[Document]:
    """Return the prices of a step: identifiers stay, so that another amount or rate is another version."""
    tax = [{"@type": "TaxItem", "taxCategory": "VAT", "taxRate": step.rate}]
    known: dict[str, Document] = {
        "plan": a_monthly_price(step.amount, tax=tax),
        "option": a_monthly_price(Decimal("3.33")),
        "week": a_monthly_price(Decimal("2.01"), recurringChargePeriodType="week", tax=tax),
        "fee": a_price(Decimal("19.90"), tax=tax),
        "share": a_price(None, priceType="discount", percentage=Decimal("33.33"), **MONTHLY),
        "monthly off": a_price(step.amount / 2, priceType="discount", **MONTHLY),
        "once off": a_price(step.amount, priceType="discount"),
    }
    return [known[name] | {"id": f"{name} {suffix}"} for name in sorted(step.prices)]


class History:
    """An account that things happen to."""

    def __init__(self, core: Core, context: Context) -> None:
        self.core, self.context, self.account = core, context, new_id()
        self.products: dict[int, str] = {}
        core.run(context, lambda work: an_account(work, self.account))

    def take(self, step: Step) -> None:
        """Do what a step says, where there is a product to do it to."""
        prices, product = prices_for(step, self.account), self.products.get(step.product)
        if step.action == "add" and product is None:
            self.products[step.product] = self.core.run(self.context, lambda work: self._add(work, step, prices))
        elif step.action == "modify" and product:
            sell(self.core, self.context, {"id": product}, *prices, quantity=step.quantity)
        elif step.action == "delete" and product:
            self.core.run(self.context, lambda work: terminate(work, self.products.pop(step.product)))

    def _add(self, work: Work, step: Step, prices: list[Document]) -> str:
        product = a_product(
            billingAccount={"@type": "BillingAccountRef", "id": self.account}, startDate=wire_instant(work.now)
        )
        identifier: str = install(work, product, versions_of(work, prices), quantity=step.quantity)["id"]
        return identifier

    def bill(self) -> None:
        """Ask for a bill on demand."""
        request = {"billingAccount": {"@type": "BillingAccountRef", "id": self.account}}
        self.core.run(self.context, lambda work: work.create("CustomerBillOnDemand", request))

    def billed(self) -> dict[Any, Decimal]:
        """Return what all bills come to: before tax, with tax, and the tax of each rate."""
        sums = Counter[Any]()
        with self.core.reading(self.context) as reading:
            made = reading.find_by("CustomerBill", billing_account_id=self.account)
        for bill in made:
            assert_adds_up(self.core, self.context, bill)
            for line in lines(self.core, self.context, bill):
                sums["net"] += line["taxExcludedAmount"]["value"]
                sums["gross"] += line["taxIncludedAmount"]["value"]
                for tax in line["appliedTax"]:
                    sums[tax["taxRate"]] += tax["taxAmount"]["value"]
        return {name: amount for name, amount in sums.items() if amount}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=st.lists(steps, min_size=1, max_size=10))
def test_bills_at_any_dates_come_to_what_one_bill_at_the_end_does(
    core: Core, context: Context, clock: FixedClock, history: list[Step]
) -> None:
    clock.advance(BEGIN - clock.now())
    often, once = History(core, context), History(core, context)
    for step in history:
        clock.advance(timedelta(hours=step.hours))
        often.take(step)
        once.take(step)
        if step.action == "run":
            run_bills(core, context, clock.now(), accounts=[often.account])
        if step.action == "on demand":
            often.bill()
    clock.advance(timedelta(minutes=1))
    often.bill()
    once.bill()
    assert often.billed() == once.billed()
    assert all(amount >= 0 for amount in often.billed().values())
    for history_of in (often, once):
        for product in history_of.products.copy().values():
            core.run(context, lambda work, ending=product: terminate(work, ending))  # type: ignore[misc]
        history_of.bill()
    assert often.billed() == once.billed()
