"""Loading the demo: everything it tells of is carried out, rated and billed to the cent; `bss demo` adds to it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from cli import exits
from cli.demo.desk import Desk
from cli.demo.loader import Loader
from cli.demo.story import Story
from cli.demo.summary import identifiers_to_try, is_begun, is_loaded, is_new, next_customer
from core.clock import FixedClock
from core.context import Context
from core.errors import InvalidInput
from core.inventory import parent_of, products_of
from core.query import Query
from core.service import Core
from tests.cli.conftest import Bss


@pytest.mark.slow
def test_a_small_demo_is_ordered_rated_and_billed(core: Core, context: Context, clock: FixedClock) -> None:
    now, story = clock.now(), Story.until(clock.now(), 6, 5, 1)
    assert is_new(core, context)
    loaded: Counter[str] = Counter()
    loader = Loader(Desk(core, context), clock, story)
    loader.load(lambda kind, count: loaded.update({kind: count}))
    assert clock.now() == now
    assert loaded == loader.totals()
    assert is_loaded(core, context)
    assert not is_new(core, context)
    assert (loaded["customers"], loaded["orders"], loaded["usage records"]) == (6, 6, 1000)
    with core.reading(context) as reading:
        assert {order["state"] for order in reading.find("ProductOrder", Query()).items} == {"completed"}
        assert {usage["status"] for usage in reading.find("Usage", Query()).items} == {"billed"}
        bills = reading.find("CustomerBill", Query()).items
        lines = reading.find("AppliedCustomerBillingRate", Query()).items
        options = reading.find_by("Product", specification_id="data-option")
        holders = products_of(reading, {parent_of(option) or "" for option in options})
    assert options
    assert {parent_of(option) for option in options} == set(holders), "each option is one of a line, or of its bundle"
    assert len(bills) == loaded["bills"] == 6
    for bill in bills:
        own = [line["taxIncludedAmount"]["value"] for line in lines if line["bill"]["id"] == bill["id"]]
        assert sum(own) == bill["taxIncludedAmount"]["value"] > Decimal(10)
    assert next_customer(core, context) == 7
    assert [what for what, _ in identifiers_to_try(core, context)] == [
        "offering",
        "customer",
        "order",
        "account",
        "product",
        "bill",
    ]


@pytest.mark.slow
def test_a_demo_that_was_broken_off_anywhere_is_loaded_to_its_end_and_nothing_twice(
    core: Core, context: Context, clock: FixedClock
) -> None:
    now, story = clock.now(), Story.until(clock.now(), 4, 3, 1)
    left = iter(range(0))

    def break_off(*_loaded: object) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    for steps in (1, 3, 8, 11):
        left = iter(range(steps))
        with pytest.raises(KeyboardInterrupt):
            Loader(Desk(core, context), clock, story).load(break_off)
        clock.advance(now - clock.now())
        assert (is_begun(core, context), is_loaded(core, context)) == (True, False)
    loaded: Counter[str] = Counter()
    loader = Loader(Desk(core, context), clock, story)
    loader.load(lambda kind, count: loaded.update({kind: count}))
    assert loaded["bills"] == loader.totals()["bills"] == 4
    assert (is_begun(core, context), is_loaded(core, context)) == (False, True)
    with core.reading(context) as reading:
        found = {kind: reading.find(kind, Query()).items for kind in ("ProductOrder", "Usage", "CustomerBill")}
    assert {kind: len(items) for kind, items in found.items()} == {"ProductOrder": 4, "Usage": 400, "CustomerBill": 4}
    assert {order["state"] for order in found["ProductOrder"]} == {"completed"}
    assert {usage["status"] for usage in found["Usage"]} == {"billed"}


def test_a_body_that_breaks_the_specification_is_refused_as_over_http(core: Core, context: Context) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Desk(core, context).create("Customer", {"@type": "Customer", "name": 7})
    assert {fault.path for fault in refusal.value.faults} == {"name", "engagedParty"}


@pytest.mark.slow
def test_the_command_loads_once_and_adds_only_when_told_to(bss: Bss) -> None:
    size = ("--subscribers", "2", "--days", "1")
    assert bss("demo", *size).exit_code == exits.NOT_READY
    bss("migrate")
    first = bss("demo", *size)
    assert (first.exit_code, "customer-0001" in first.output) == (exits.OK, True)
    assert [line.strip() for line in first.stderr.splitlines()] == [
        "2 of 2 customers",
        "2 of 2 orders",
        "66 of 66 usage records",
        "2 of 2 bills",
    ]
    again = bss("demo", *size)
    assert (again.exit_code, "--add" in again.output) == (exits.FAILED, True)
    more = bss("demo", *size, "--add")
    assert (more.exit_code, "customer-0003" in more.output) == (exits.OK, True)


def test_a_demo_without_subscribers_is_wrong_usage(bss: Bss) -> None:
    assert bss("demo", "--subscribers", "0").exit_code == exits.WRONG_USAGE
