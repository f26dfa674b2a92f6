"""Prices that were sold are kept as they were."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from core.catalog import PriceKey, freeze, freeze_all, load_prices
from core.clock import FixedClock
from core.context import Context
from core.errors import Conflict, NotFound
from core.service import Core
from tests.builders.catalog import a_monthly_price, a_price


def change_amount(core: Core, context: Context, price_id: str, amount: str) -> None:
    with core.work(context) as work:
        money = {"unit": "EUR", "value": Decimal(amount)}
        work.change("ProductOfferingPrice", price_id, lambda price: price | {"price": money})


def test_a_sold_price_stays_as_it_was_sold(core: Core, context: Context, clock: FixedClock) -> None:
    price = a_monthly_price(Decimal("9.99"))
    with core.work(context) as work:
        work.create("ProductOfferingPrice", price)
        first = freeze(work, price["id"])
    change_amount(core, context, price["id"], "12.99")
    clock.advance(timedelta(days=1))
    with core.work(context) as work:
        second = freeze(work, price["id"])
        prices = load_prices(work, [(price["id"], first), (price["id"], second)])
    assert (first, second) == (1, 2)
    amounts = {key.revision: read.amount.amount for key, read in prices.items() if read.amount}
    assert amounts == {1: Decimal("9.99"), 2: Decimal("12.99")}


def test_an_unchanged_price_keeps_its_revision_whatever_its_state(core: Core, context: Context) -> None:
    price = a_price(lifecycleStatus="Active")
    with core.work(context) as work:
        work.create("ProductOfferingPrice", price)
        assert freeze(work, price["id"]) == 1
    with core.work(context) as work:
        work.change("ProductOfferingPrice", price["id"], lambda one: one | {"lifecycleStatus": "Launched"})
        assert freeze(work, price["id"]) == 1


def test_many_prices_are_frozen_at_once_those_by_value_too(core: Core, context: Context) -> None:
    prices = [a_price(amount) for amount in range(5)]
    with core.work(context) as work:
        keys = freeze_all(work, [*prices, prices[0]])
        assert keys == [PriceKey(price["id"], 1) for price in [*prices, prices[0]]]
        assert load_prices(work, keys).keys() == set(keys)


def test_what_was_never_sold_cannot_be_loaded(core: Core, context: Context) -> None:
    with core.work(context) as work:
        assert load_prices(work, [("nothing", 1)]) == {}
        with pytest.raises(NotFound):
            freeze(work, "nothing")


def test_a_version_that_was_undone_leaves_no_trace_in_the_cache(core: Core, context: Context) -> None:
    price = a_price(1)
    try:
        with core.work(context) as work:
            key = freeze_all(work, [price])[0]
            assert load_prices(work, [key])[key].amount
            raise RuntimeError("undone")
    except RuntimeError:
        pass
    with core.work(context) as work:
        freeze_all(work, [price | {"price": {"unit": "EUR", "value": 2}}])
        amount = load_prices(work, [key])[key].amount
    assert amount
    assert amount.amount == 2


def test_a_loaded_version_is_read_once(core: Core, context: Context, clock: FixedClock) -> None:
    price = a_price()
    with core.work(context) as work:
        key = freeze_all(work, [price])[0]
    clock.advance(timedelta(seconds=1))
    with core.reading(context) as reading:
        assert load_prices(reading, [key])[key] is load_prices(reading, [key])[key]


def test_brands_do_not_see_each_others_versions(core: Core, context: Context, clock: FixedClock) -> None:
    with core.work(context) as work:
        key = freeze_all(work, [a_price()])[0]
    clock.advance(timedelta(seconds=1))
    with core.reading(context) as reading:
        load_prices(reading, [key])
    with core.reading(Context(tenant="other")) as reading:
        assert load_prices(reading, [key]) == {}


def test_two_sales_at_once_agree_on_the_revision(core: Core, context: Context) -> None:
    price = a_price()

    def sell(_: int) -> PriceKey:
        return core.run(context, lambda work: freeze_all(work, [price])[0])

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(sell, range(40))) == {PriceKey(price["id"], 1)}


def test_a_price_that_was_sold_is_retired_not_deleted(core: Core, context: Context) -> None:
    price = a_price()
    with core.work(context) as work:
        work.create("ProductOfferingPrice", price)
        freeze(work, price["id"])
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.delete("ProductOfferingPrice", price["id"])
    assert "Retired" in refusal.value.reason
