"""A bill on demand bills what is open now, or says why it can't; the next run on cycle leaves out what it billed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.billing import run_bills
from core.billing.on_demand import ERRORS, LIFECYCLE
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.inventory import terminate
from core.service import Core
from tests.builders.billing import a_paying_subscriber, an_account, assert_adds_up, bills, lines, summary
from tests.builders.catalog import a_monthly_price, a_price
from tests.builders.usage import a_call, a_voice_price


def ask(core: Core, context: Context, account: str = "b1", **attributes: Any) -> Document:
    """Ask for a bill on demand and return the reply."""
    request = {"@type": "CustomerBillOnDemand", "billingAccount": {"@type": "BillingAccountRef", "id": account}}
    return core.run(context, lambda work: work.create("CustomerBillOnDemand", request | attributes))


def codes(request: Document) -> list[tuple[str, str]]:
    """Return path and code of every reason why a request was rejected."""
    return [(error["message"], error["code"]) for error in request["customerBillOnDemandErrorMessage"]]


def test_what_is_open_is_billed_at_once(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(31)), a_price(Decimal(5)), a_voice_price("1"))
    core.run(context, lambda work: work.create("Usage", a_call()))
    request = ask(core, context)
    (bill,) = bills(core, context)
    assert request["state"] == "done"
    assert request["customerBill"]["id"] == bill["id"]
    assert bill["runType"] == "offCycle"
    assert bill["billDate"] == "2026-01-15T12:00:00.000Z"
    assert bill["paymentDueDate"] == "2026-01-29T00:00:00.000Z"
    assert "nextBillDate" not in bill
    assert [line[0] for line in summary(core, context, bill)] == ["recurringCharge", "oneTimeCharge", "usageCharge"]
    assert lines(core, context, bill)[-1]["description"] == "1 usage, usage"
    assert bill["taxExcludedAmount"]["value"] == Decimal(37)
    assert_adds_up(core, context, bill)


def test_the_run_on_cycle_leaves_out_what_was_billed_on_demand(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(31)), a_voice_price("1"))
    core.run(context, lambda work: work.create("Usage", a_call()))
    ask(core, context)
    run_bills(core, context, date(2026, 2, 1))
    assert summary(core, context, bills(core, context)[-1]) == [
        ("recurringCharge", "2026-02-01", "2026-03-01", Decimal(31))
    ]


def test_a_run_that_is_behind_gives_nothing_back_that_was_billed_on_demand(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price(Decimal(10)), startDate="2025-10-01T00:00:00Z")
    a_paying_subscriber(core, context, a_monthly_price(Decimal(1)), a_price(Decimal(7)), msisdn=None)
    ask(core, context)
    assert run_bills(core, context, date(2026, 1, 1)).bills == []
    run_bills(core, context, date(2026, 2, 1))
    assert sum(bill["taxExcludedAmount"]["value"] for bill in bills(core, context)) == Decimal(5 * 10 + 2 * 1 + 7)


def test_an_unknown_account_is_captured_as_rejected(core: Core, context: Context) -> None:
    request = ask(core, context, "nobody")
    assert request["state"] == "rejected"
    assert codes(request) == [("billingAccount.id", "unknownBillingAccount")]
    assert request["description"] == "there is no billing account 'nobody'"
    assert ask(core, context, "nobody", description="mine")["description"] == "mine"


@pytest.mark.parametrize("attributes", [{}, {"billingAccount": {"@type": "BillingAccountRef", "name": "mine"}}])
def test_a_request_without_an_account_is_captured_as_rejected(
    core: Core, context: Context, attributes: Document
) -> None:
    created = core.run(context, lambda work: work.create("CustomerBillOnDemand", attributes))
    assert created["state"] == "rejected"
    assert codes(created) == [("billingAccount", "missing")]


def test_nothing_open_is_captured_as_rejected(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price())
    assert ask(core, context)["state"] == "done"
    assert codes(ask(core, context)) == [("billingAccount.id", "nothingToBill")]


@pytest.mark.parametrize("state", sorted(LIFECYCLE.states))
def test_a_copy_of_a_request_is_a_new_one_whatever_became_of_the_other(
    core: Core, context: Context, state: str
) -> None:
    a_paying_subscriber(core, context, a_monthly_price())
    came = {"state": state, "customerBill": {"@type": "CustomerBillRef", "id": "old"}, ERRORS: [{"code": "old"}]}
    made = ask(core, context, **came)
    assert (made["state"], ERRORS in made) == ("done", False)
    assert [made["customerBill"]["id"]] == [bill["id"] for bill in bills(core, context)]
    again = ask(core, context, **came)
    assert (codes(again), "customerBill" in again) == ([("billingAccount.id", "nothingToBill")], False)


def test_a_copy_of_a_rejected_request_says_nothing_of_why_the_other_was(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_monthly_price())
    rejected = core.run(context, lambda work: work.create("CustomerBillOnDemand", {"description": "mine"}))
    assert rejected["description"] == "mine"
    rejected = core.run(context, lambda work: work.create("CustomerBillOnDemand", {}))
    copy = {name: rejected[name] for name in ("description", ERRORS)}
    assert rejected["description"] == rejected[ERRORS][0]["reason"]
    assert "description" not in ask(core, context, **copy)


def test_a_foreign_currency_is_captured_as_rejected(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_price(Decimal(1)) | {"price": {"unit": "USD", "value": Decimal(1)}})
    assert codes(ask(core, context)) == [("billingAccount.id", "foreignCurrency")]


def test_a_request_that_cannot_be_met_is_refused_when_judged_before(core: Core, context: Context) -> None:
    settings = core.settings.model_copy(update={"judge": "before"})
    strict = Core(settings, core.database, core.entities.values(), core.clock)
    with pytest.raises(Conflict, match="no billing account"):
        ask(strict, context, "nobody")
    with core.reading(context) as reading:
        assert reading.find_by("CustomerBillOnDemand") == []


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3)])
def test_what_is_given_back_has_the_digits_of_its_currency(
    core: Core, context: Context, currency: str, digits: int
) -> None:
    price = a_monthly_price() | {"price": {"unit": currency, "value": Decimal(10)}}
    core.run(context, lambda work: an_account(work, currency=currency))
    product = a_paying_subscriber(core, context, price)
    ask(core, context)
    core.run(context, lambda work: terminate(work, product["id"]))
    ask(core, context)
    bill = bills(core, context)[-1]
    (line,) = lines(core, context, bill)
    assert line["taxExcludedAmount"]["value"] < 0
    for amount in (*_amounts(bill), *_amounts(line)):
        assert -amount.as_tuple().exponent == digits


def _amounts(value: Any) -> list[Decimal]:
    """Return every amount of money in a document."""
    if isinstance(value, list):
        return [amount for each in value for amount in _amounts(each)]
    if not isinstance(value, dict):
        return []
    if "unit" in value and "value" in value:
        return [Decimal(value["value"])]
    return [amount for each in value.values() for amount in _amounts(each)]


def test_what_is_more_than_can_be_stored_is_not_billed(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_price(Decimal(999_999_999)), a_price(Decimal(5)))
    assert codes(ask(core, context)) == [("billingAccount.id", "amountOutOfRange")]
    assert bills(core, context) == []


def test_a_bill_that_is_refused_leaves_the_usage_open(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_voice_price("1000000", per=1))
    calls = [core.run(context, lambda work: work.create("Usage", a_call(100))) for _ in range(10)]
    assert codes(ask(core, context)) == [("billingAccount.id", "amountOutOfRange")]
    for call in calls[1:]:
        core.run(context, lambda work, gone=call["id"]: work.delete("Usage", gone))  # type: ignore[misc]
    assert ask(core, context)["state"] == "done"
    (bill,) = bills(core, context)
    assert bill["taxExcludedAmount"]["value"] == Decimal(100_000_000)


def test_usage_that_can_not_be_summed_up_keeps_no_other_account_from_its_bill(core: Core, context: Context) -> None:
    a_paying_subscriber(core, context, a_voice_price("1000000", per=1))
    core.run(context, lambda work: an_account(work, "b2"))
    other = {"@type": "BillingAccountRef", "id": "b2"}
    a_paying_subscriber(core, context, a_price(Decimal(5)), msisdn=None, billingAccount=other)
    for _ in range(95):
        core.run(context, lambda work: work.create("Usage", a_call(100)))
    assert codes(ask(core, context)) == [("billingAccount.id", "amountOutOfRange")]
    run = run_bills(core, context, date(2026, 2, 1))
    assert list(run.failed) == ["b1"]
    (bill,) = bills(core, context)
    assert bill["billingAccount"]["id"] == "b2"
