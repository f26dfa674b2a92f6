"""Bill runs that are killed, repeated or run side by side end with the same bills and numbers without gaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from core.billing import making, run_bills
from core.billing.numbers import next_number
from core.context import Context
from core.entity import Document
from core.service import Core, Work
from tests.builders.billing import an_account, assert_adds_up, bills
from tests.builders.catalog import a_monthly_price
from tests.builders.inventory import a_product
from tests.builders.usage import a_call, a_subscriber, a_voice_price

FEBRUARY = date(2026, 2, 1)
ACCOUNTS = 6


class Killed(BaseException):
    """Stands for the process that ends here."""


@pytest.fixture
def subscribers(core: Core, context: Context) -> list[str]:
    """Six accounts, each with a subscriber who pays a monthly fee and made two calls."""

    def create(work: Work) -> list[str]:
        fee, calls, usages = a_monthly_price(Decimal("9.99")), a_voice_price("0.09"), list[Document]()
        for number in range(ACCOUNTS):
            account = {"@type": "BillingAccountRef", "id": f"account-{number}"}
            an_account(work, account["id"])
            msisdn = f"+491511234500{number}"
            a_subscriber(work, fee, calls, msisdn=msisdn, **a_product(billingAccount=account))
            usages += [a_call(msisdn=msisdn), a_call(120, msisdn=msisdn)]
        work.create_many("Usage", usages)
        return [f"account-{number}" for number in range(ACCOUNTS)]

    return core.run(context, create)


def billed(core: Core, context: Context) -> list[tuple[str, str, Decimal]]:
    """Return number, account and amount of every bill, by number."""
    return sorted(
        (bill["billNo"], bill["billingAccount"]["id"], bill["taxIncludedAmount"]["value"])
        for bill in bills(core, context)
    )


@pytest.mark.parametrize("place", ["claim", "number", "documents"])
@pytest.mark.parametrize("account", [0, 3])
@pytest.mark.usefixtures("subscribers")
def test_a_run_killed_anywhere_and_started_again_ends_with_the_same_bills(
    core: Core, context: Context, monkeypatch: pytest.MonkeyPatch, place: str, account: int
) -> None:
    name = {"claim": "settle_usage", "number": "bill_number", "documents": "book"}[place]
    original, calls = getattr(making, name), list[int]()

    def die(*arguments: object) -> object:
        result = original(*arguments)
        calls.append(1)
        if len(calls) > account:
            raise Killed
        return result

    with monkeypatch.context() as patch:
        patch.setattr(making, name, die)
        with pytest.raises(Killed):
            run_bills(core, context, FEBRUARY)
    assert len(bills(core, context)) == account
    run_bills(core, context, FEBRUARY)
    amount = Decimal("24.10")
    assert billed(core, context) == [(f"00000{n + 1}", f"account-{n}", amount) for n in range(ACCOUNTS)]
    for bill in bills(core, context):
        assert_adds_up(core, context, bill)
    with core.reading(context) as reading:
        assert {usage["status"] for usage in reading.find_by("Usage")} == {"billed"}


def test_runs_side_by_side_make_each_bill_once(core: Core, context: Context, subscribers: list[str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: run_bills(core, context, FEBRUARY), range(4)))
    assert sum(len(run.bills) for run in runs) == ACCOUNTS
    assert [number for number, *_ in billed(core, context)] == [f"00000{n + 1}" for n in range(ACCOUNTS)]
    assert sorted(account for _, account, _ in billed(core, context)) == subscribers


def test_numbers_taken_side_by_side_have_no_gaps(core: Core, context: Context) -> None:
    def take(number: int) -> int | None:
        try:
            return core.run(context, lambda work: _take(work, number))
        except ZeroDivisionError:
            return None

    with ThreadPoolExecutor(8) as pool:
        taken = [number for number in pool.map(take, range(40)) if number is not None]
    assert sorted(taken) == list(range(1, len(taken) + 1))
    assert len(taken) == 30


def _take(work: Work, number: int) -> int:
    taken = next_number(work, "test")
    # Every fourth transaction is undone: its number must be given to the next.
    return taken if number % 4 else 1 // 0


def test_brands_have_numbers_of_their_own(core: Core, context: Context) -> None:
    other = Context(tenant="other")
    assert core.run(context, lambda work: next_number(work, "bill")) == 1
    assert core.run(other, lambda work: next_number(work, "bill")) == 1
    assert core.run(context, lambda work: next_number(work, "bill")) == 2
