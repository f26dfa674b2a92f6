"""A product keeps to its life, and its numbers and prices keep to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import FixedClock
from core.context import Context
from core.errors import Conflict
from core.inventory import PRODUCT, Sighting, guide, install, prices_of, reshape, terminate
from core.inventory.lifecycle import LIVE
from core.period import Period
from core.service import Core
from tests.builders.inventory import a_price_version, a_product, characteristics, part_of
from tests.conftest import NOON

NUMBER = "+4915112345678"
STATES = {
    "created",
    "pendingActive",
    "cancelled",
    "active",
    "pendingTerminate",
    "terminated",
    "suspended",
    "aborted ",  # with its blank, as published
}


def test_the_states_are_those_of_the_standard() -> None:
    assert PRODUCT.states == STATES
    assert set(LIVE) == STATES - {"cancelled", "terminated", "aborted "}


@given(st.lists(st.sampled_from(sorted(STATES))))
def test_no_sequence_of_moves_leaves_the_table_or_a_final_state(wishes: list[str]) -> None:
    state = PRODUCT.initial
    for wish in wishes:
        if PRODUCT.allows(state, wish):
            assert not PRODUCT.is_final(state) or wish == state
            state = wish
    assert state in STATES


def owner(core: Core, context: Context, at: datetime, number: str = NUMBER) -> str | None:
    """Return which product a number leads to at an instant."""
    with core.reading(context) as reading:
        return next(iter(guide(reading, [Sighting("msisdn", number, at)]).values()), None)


def test_a_number_leads_to_its_product_while_that_lives(core: Core, context: Context, clock: FixedClock) -> None:
    with core.work(context) as work:
        product = install(work, a_product(productCharacteristic=characteristics(msisdn=NUMBER)))
    clock.advance(timedelta(days=2))
    with core.work(context) as work:
        terminate(work, product["id"])
    assert owner(core, context, NOON - timedelta(seconds=1)) is None
    assert owner(core, context, NOON) == product["id"]
    assert owner(core, context, NOON + timedelta(days=1), "0049 151 12345678") == product["id"]
    assert owner(core, context, NOON + timedelta(days=2)) is None


def test_a_number_can_move_on_to_another_product_and_history_stays(
    core: Core, context: Context, clock: FixedClock
) -> None:
    with core.work(context) as work:
        first = install(work, a_product(productCharacteristic=characteristics(msisdn=NUMBER)))
    clock.advance(timedelta(days=1))
    with core.work(context) as work:
        terminate(work, first["id"])
        second = install(work, a_product(productCharacteristic=characteristics(msisdn=NUMBER)))
    assert owner(core, context, NOON) == first["id"]
    assert owner(core, context, NOON + timedelta(days=1)) == second["id"]


def test_a_number_of_a_live_product_is_refused_with_its_path(core: Core, context: Context) -> None:
    with core.work(context) as work:
        install(work, a_product(productCharacteristic=characteristics(msisdn=NUMBER)))
    with pytest.raises(Conflict) as refusal, core.work(context) as work:
        install(work, a_product(productCharacteristic=characteristics(color="red", msisdn="4915112345678")))
    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [
        ("productCharacteristic[1].value", "numberInUse")
    ]


def test_another_brand_may_have_the_same_number(core: Core, context: Context) -> None:
    for tenant in ("default", "other"):
        with core.work(Context(tenant)) as work:
            install(work, a_product(productCharacteristic=characteristics(msisdn=NUMBER)))
    assert owner(core, context, NOON) != owner(core, Context("other"), NOON)


def test_a_wrong_number_is_refused_with_its_path(core: Core, context: Context) -> None:
    with pytest.raises(Conflict) as refusal, core.work(context) as work:
        install(work, a_product(productCharacteristic=characteristics(msisdn="0151")))
    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [
        ("productCharacteristic[0].value", "numberInvalid")
    ]


def test_a_changed_number_leads_on_from_that_instant(core: Core, context: Context, clock: FixedClock) -> None:
    with core.work(context) as work:
        product = install(work, a_product(productCharacteristic=characteristics(msisdn=NUMBER)))
    clock.advance(timedelta(days=1))
    other = "+4915112345679"
    with core.work(context) as work:
        new = characteristics(msisdn=other)
        reshape(work, product["id"], lambda document: document | {"productCharacteristic": new})
    later = NOON + timedelta(days=1)
    assert (owner(core, context, NOON), owner(core, context, NOON, other)) == (product["id"], None)
    assert (owner(core, context, later), owner(core, context, later, other)) == (None, product["id"])


def test_prices_change_at_one_instant_without_gap_or_overlap(core: Core, context: Context, clock: FixedClock) -> None:
    clock.advance(timedelta(microseconds=123_456))  # finer than documents can say
    with core.work(context) as work:
        product = install(work, a_product(), [a_price_version("old"), a_price_version("data")], quantity=2)
    begun = NOON  # with the second
    clock.advance(timedelta(days=10))
    with core.work(context) as work:
        reshape(work, product["id"], dict, [a_price_version("new", 3), a_price_version("data", 2)])
    changed = begun + timedelta(days=10, milliseconds=123)
    clock.advance(timedelta(days=10))
    with core.work(context) as work:
        terminate(work, product["id"])
    ended = changed + timedelta(days=10)
    with core.reading(context) as reading:
        sold = prices_of(reading, [product["id"], "nothing"], Period())
        first_days = prices_of(reading, [product["id"]], Period(None, changed))
        after_end = prices_of(reading, [product["id"]], Period(ended))
    assert [(p.price_id, p.revision, p.quantity, p.valid_from, p.valid_to) for p in sold] == [
        ("data", 1, 2, begun, changed),
        ("old", 1, 2, begun, changed),
        ("data", 2, 1, changed, ended),
        ("new", 3, 1, changed, ended),
    ]
    assert [price.price_id for price in first_days] == ["data", "old"]
    assert after_end == []


def test_a_price_that_was_never_in_force_leaves_no_trace(core: Core, context: Context) -> None:
    with core.work(context) as work:
        product = install(work, a_product(), [a_price_version("a")])
        reshape(work, product["id"], dict, [a_price_version("b")])
        reshape(work, product["id"], dict, [a_price_version("a")])
    with core.reading(context) as reading:
        assert [p.price_id for p in prices_of(reading, [product["id"]], Period())] == ["a"]


def test_a_product_shows_the_prices_it_was_sold_at(core: Core, context: Context) -> None:
    with core.work(context) as work:
        product = install(work, a_product(), [a_price_version("p1", amount="9.99")])
    (price,) = product["productPrice"]
    assert price["productOfferingPrice"] == {
        "@type": "ProductOfferingPriceRef",
        "id": "p1",
        "name": "Price p1",
        "version": "1.0",
    }
    assert (price["priceType"], price["recurringChargePeriod"]) == ("recurring", "month")
    assert str(price["price"]["dutyFreeAmount"]["value"]) == "9.99"
    assert price["price"]["taxRate"] == 19


def test_what_is_part_of_a_product_ends_with_it(core: Core, context: Context) -> None:
    with core.work(context) as work:
        bundle = install(work, a_product(isBundle=True))
        plan = install(work, a_product(productRelationship=part_of(bundle["id"])))
        option = install(work, a_product(productRelationship=part_of(plan["id"], "reliesOn")))
        terminate(work, bundle["id"])
    with core.reading(context) as reading:
        states = {d["status"] for d in reading.get_many("Product", [bundle["id"], plan["id"], option["id"]]).values()}
    assert states == {"terminated"}


def test_a_sold_product_cant_be_deleted_but_a_mere_record_can(core: Core, context: Context) -> None:
    with core.work(context) as work:
        sold = install(work, a_product(), [a_price_version()])
        record = install(work, a_product(productCharacteristic=characteristics(msisdn=NUMBER)))
    with pytest.raises(Conflict, match="stays on record"), core.work(context) as work:
        work.delete("Product", sold["id"])
    with core.work(context) as work:
        work.delete("Product", record["id"])
    assert owner(core, context, NOON) is None


def test_a_product_starts_when_it_says_so(core: Core, context: Context) -> None:
    start = datetime(2025, 12, 1, tzinfo=UTC)
    numbered = a_product(startDate="2025-12-01T00:00:00Z", productCharacteristic=characteristics(msisdn=NUMBER))
    with core.work(context) as work:
        product = install(work, numbered, [a_price_version()])
    with core.reading(context) as reading:
        (price,) = prices_of(reading, [product["id"]], Period())
    assert price.valid_from == start
    assert owner(core, context, start) == product["id"]
