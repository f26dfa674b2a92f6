"""Billing accounts come into being with the first order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.context import Context
from core.customer import (
    accounts_of_customer,
    billing_account_for,
    faults_of_account,
    load_accounts,
    open_account,
)
from core.entity import Document
from core.errors import Conflict, NotFound
from core.service import Core
from tests.builders.customer import a_customer, an_account_reference


@pytest.fixture
def customer(core: Core, context: Context) -> Document:
    with core.work(context) as work:
        return work.create("Customer", a_customer(id="ada"))


def test_the_first_order_opens_an_account_that_the_customer_refers_to(
    core: Core, context: Context, customer: Document
) -> None:
    with core.work(context) as work:
        account_id = billing_account_for(work, "ada", {})
        account = load_accounts(work, [account_id])[account_id]
        references = work.require("Customer", "ada")["account"]
    assert (account.customer_id, account.currency, account.cycle_day) == ("ada", "EUR", 1)
    assert (account.due_days, account.state, account.name) == (14, "Active", "Ada Example")
    assert [(one["id"], one["@type"], one["@referredType"]) for one in references] == [
        (account_id, "AccountRef", "BillingAccount")
    ]


def test_later_orders_use_it_until_it_is_closed(core: Core, context: Context, customer: Document) -> None:
    with core.work(context) as work:
        first = billing_account_for(work, "ada", {})
        assert billing_account_for(work, "ada", {"billingAccount": {}}) == first
        work.change("BillingAccount", first, lambda account: account | {"state": "Closed"})
        assert billing_account_for(work, "ada", {}) != first


def test_an_order_may_name_one_of_several_accounts(core: Core, context: Context, customer: Document) -> None:
    with core.work(context) as work:
        open_account(work, customer)
        second = open_account(work, customer)["id"]
        assert billing_account_for(work, "ada", {"billingAccount": an_account_reference(second)}) == second


def test_an_account_from_elsewhere_is_kept_under_its_identifier(
    core: Core, context: Context, customer: Document
) -> None:
    order = {"billingAccount": an_account_reference("from-elsewhere") | {"name": "Family"}}
    with core.work(context) as work:
        assert faults_of_account(work, "ada", order, "billingAccount") == []
        assert billing_account_for(work, "ada", order) == "from-elsewhere"
        assert billing_account_for(work, "ada", order) == "from-elsewhere"
        assert [(one.id, one.name) for one in accounts_of_customer(work, "ada")] == [("from-elsewhere", "Family")]


@pytest.mark.parametrize(
    ("owner", "state", "code"), [("bob", "Active", "accountOfAnotherCustomer"), ("ada", "Closed", "accountClosed")]
)
def test_somebody_elses_or_a_closed_account_is_refused(
    core: Core, context: Context, customer: Document, owner: str, state: str, code: str
) -> None:
    with core.work(context) as work:
        work.create("Customer", a_customer(id="bob"))
        open_account(work, work.require("Customer", owner), id="named", state=state)
    order = {"billingAccount": an_account_reference("named")}
    with core.work(context) as work:
        faults = faults_of_account(work, "ada", order, "billingAccount")
        with pytest.raises(Conflict):
            billing_account_for(work, "ada", order)
    assert [(fault.path, fault.code) for fault in faults] == [("billingAccount.id", code)]


def test_an_unknown_customer_gets_no_account(core: Core, context: Context) -> None:
    with core.work(context) as work, pytest.raises(NotFound):
        billing_account_for(work, "nobody", {})


def test_two_first_orders_at_once_open_one_account(core: Core, context: Context, customer: Document) -> None:
    def order(_: int) -> str:
        return core.run(context, lambda work: billing_account_for(work, "ada", {}))

    with ThreadPoolExecutor(8) as pool:
        accounts = set(pool.map(order, range(16)))
    with core.reading(context) as reading:
        assert [account.id for account in accounts_of_customer(reading, "ada")] == list(accounts)


@pytest.mark.parametrize("shift", [-1, 28])
def test_a_bill_period_begins_on_a_day_that_every_month_has(
    core: Core, context: Context, customer: Document, shift: int
) -> None:
    with core.work(context) as work, pytest.raises(Conflict):
        open_account(work, customer, billStructure={"cycleSpecification": {"billingDateShift": shift}})
