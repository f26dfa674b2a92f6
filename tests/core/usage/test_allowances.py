"""Allowances of a month are used up first, never below nothing, whoever draws on them at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.clock import FixedClock, parse_instant
from core.context import Context
from core.entity import Document
from core.service import Core
from core.usage.tables import allowance_use
from tests.builders.usage import (
    a_call,
    a_data_allowance,
    a_data_price,
    a_session,
    a_subscriber,
    a_voice_allowance,
    a_voice_price,
    charged,
    reasons,
    tags,
)

MB = 1_000_000


def send(core: Core, context: Context, *usages: Document) -> list[Document]:
    """Send usages in one set and return the reply."""
    return core.run(context, lambda work: work.create_many("Usage", list(usages)))


def used(core: Core) -> list[int]:
    """Return how much of each allowance is used, in base units."""
    with core.database.reading() as connection:
        return list(connection.execute(select(allowance_use.c.used).order_by(allowance_use.c.period_start)).scalars())


@pytest.fixture
def data_plan(core: Core, context: Context) -> Document:
    """A plan with 100 MB, then 2 EUR per started MB."""
    return core.run(context, lambda work: a_subscriber(work, a_data_price("2"), a_data_allowance(100)))


@pytest.mark.usefixtures("data_plan")
def test_a_session_that_straddles_is_charged_for_what_is_beyond(core: Core, context: Context) -> None:
    first, second, third = send(core, context, a_session(70 * MB), a_session(50 * MB), a_session(1 * MB))
    assert (tags(first), charged(first)) == (["included usage"], 0)
    assert (tags(second), charged(second)) == (["included usage", "non included usage"], 40)
    assert (tags(third), charged(third)) == (["non included usage"], 2)
    included = second["ratedProductUsage"][0]
    assert included["bucketValueConvertedInAmount"] == {"@type": "Money", "unit": "EUR", "value": Decimal(60)}
    assert used(core) == [100 * MB]


@pytest.mark.usefixtures("data_plan")
def test_each_month_has_its_allowance(core: Core, context: Context, clock: FixedClock) -> None:
    january, february = parse_instant("2026-01-31T23:59:59.999Z"), parse_instant("2026-02-01T00:00:00Z")
    clock.advance(february - clock.now())
    usages = send(core, context, a_session(100 * MB, at=january), a_session(100 * MB, at=february))
    assert [charged(usage) for usage in usages] == [0, 0]
    assert used(core) == [100 * MB, 100 * MB]


@pytest.mark.usefixtures("data_plan")
def test_the_earlier_use_draws_first_within_a_set(core: Core, context: Context) -> None:
    early, late = parse_instant("2026-01-02T00:00:00Z"), parse_instant("2026-01-03T00:00:00Z")
    second, first = send(core, context, a_session(60 * MB, at=late), a_session(60 * MB, at=early))
    assert (charged(first), charged(second)) == (0, 40)


def test_an_allowance_counts_by_its_own_pulse(core: Core, context: Context) -> None:
    allowance = a_voice_allowance(3) | {"unitOfMeasure": {"amount": 60, "units": "s"}}
    core.run(context, lambda work: a_subscriber(work, a_voice_price("1", per=1), allowance))
    calls = send(core, context, a_call(61), a_call(59), a_call(5))
    assert [charged(call) for call in calls] == [0, 0, 5]
    assert used(core) == [180]


def test_the_closer_allowance_is_used_first(core: Core, context: Context) -> None:
    prices = (a_voice_price("1"), a_voice_allowance(1), a_voice_allowance(1, destination=["+33"]))
    core.run(context, lambda work: a_subscriber(work, *prices))
    abroad, home = send(core, context, a_call(60, to="+33142345678"), a_call(60))
    assert (charged(abroad), charged(home)) == (0, 0)
    (again,) = send(core, context, a_call(60, to="+33142345678"))
    assert charged(again) == 1


def test_a_product_sold_twice_has_the_allowance_twice(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_allowance(1), quantity=2))
    assert [charged(call) for call in send(core, context, a_call(120))] == [0]


def test_without_a_price_beyond_it_a_used_up_allowance_rejects_and_stays_as_it_was(
    core: Core, context: Context
) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_allowance(1)))
    (refused,) = send(core, context, a_call(90))
    assert reasons(refused) == [("usageCharacteristic", "noPrice")]
    assert used(core) == [0]
    (accepted,) = send(core, context, a_call(60))
    assert accepted["status"] == "rated"


@pytest.mark.usefixtures("data_plan")
def test_an_allowance_drawn_on_from_all_sides_is_used_up_exactly(core: Core, context: Context) -> None:
    with ThreadPoolExecutor(8) as pool:
        usages = list(pool.map(lambda _: send(core, context, a_session(7 * MB))[0], range(24)))
    assert used(core) == [100 * MB]
    assert sum((charged(usage) for usage in usages), Decimal(0)) == 2 * (24 * 7 - 100)
