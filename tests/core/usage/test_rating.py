"""The arithmetic of rating holds for any usage: nothing is lost, charged twice or drawn below nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import read_price
from core.period import Period
from core.usage.rating import INCLUDED, NotRatable, Part, rate
from core.usage.tariffs import Tariff
from tests.builders.usage import a_data_allowance, a_data_price, a_voice_allowance, a_voice_price

SOLD = Period(datetime(2026, 1, 1, tzinfo=UTC))
AMOUNTS = st.integers(min_value=0, max_value=10**12)


def a_tariff(price: dict[str, object]) -> Tariff:
    """A price as the product 'p' has it."""
    return Tariff("p", read_price(price, 1), 1, SOLD)


def rated(quantities: list[int], granted: int, price: Tariff) -> tuple[list[list[Part]], int]:
    """Rate usages one after the other on an allowance of bytes; return their parts and what is left of it."""
    left, results = granted, []
    allowance = a_tariff(a_data_allowance() | {"unitOfMeasure": {"amount": 1, "units": "B"}})
    for quantity in quantities:
        parts = rate(quantity, [allowance], price, lambda _, left=left: left)  # type: ignore[misc]
        left -= sum(part.counted for part in parts if part.tag == INCLUDED)
        results.append(parts)
    return results, left


def beyond(results: list[list[Part]]) -> Decimal:
    """Return what all usages cost together."""
    return sum((part.amount for parts in results for part in parts), Decimal(0))


@given(quantity=AMOUNTS, granted=AMOUNTS, pulse=st.integers(min_value=1, max_value=10**7))
def test_every_unit_used_stands_in_exactly_one_part(quantity: int, granted: int, pulse: int) -> None:
    price = a_tariff(a_data_price("0.000002", per=pulse, units="B"))
    (parts,), left = rated([quantity], granted, price)
    assert sum(part.quantity for part in parts) == quantity
    assert left == max(granted - quantity, 0)


@given(quantities=st.lists(AMOUNTS, max_size=8), granted=AMOUNTS)
def test_an_allowance_never_goes_below_nothing(quantities: list[int], granted: int) -> None:
    _, left = rated(quantities, granted, a_tariff(a_data_price("2")))
    assert left == max(granted - sum(quantities), 0)


@given(quantity=AMOUNTS, cut=AMOUNTS, granted=AMOUNTS)
def test_rating_in_two_parts_equals_rating_at_once(quantity: int, cut: int, granted: int) -> None:
    """By the single unit; with a larger pulse a cut within one starts another."""
    price, cut = a_tariff(a_data_price("0.000002", units="B")), min(cut, quantity)
    at_once, left = rated([quantity], granted, price)
    in_parts, left_in_parts = rated([cut, quantity - cut], granted, price)
    assert beyond(in_parts) == beyond(at_once)
    assert left_in_parts == left


@given(quantities=st.lists(AMOUNTS, max_size=8), granted=AMOUNTS, seed=st.randoms(use_true_random=False))
def test_the_order_of_usages_does_not_change_what_they_cost_together(
    quantities: list[int], granted: int, seed: object
) -> None:
    """By the single unit; with a larger pulse it matters which usage the allowance ends in."""
    price, shuffled = a_tariff(a_data_price("0.000002", units="B")), list(quantities)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = rated(quantities, granted, price), rated(shuffled, granted, price)
    assert (beyond(one[0]), one[1]) == (beyond(other[0]), other[1])


@given(quantity=AMOUNTS, more=AMOUNTS, pulse=st.integers(min_value=1, max_value=10**6))
def test_more_usage_never_costs_less(quantity: int, more: int, pulse: int) -> None:
    price = a_tariff(a_data_price("0.01", per=pulse, units="kB"))
    assert beyond(rated([quantity], 0, price)[0]) <= beyond(rated([quantity + more], 0, price)[0])


@pytest.mark.parametrize(
    ("seconds", "pulse", "amount"), [(0, 60, "0"), (1, 60, "0.09"), (60, 60, "0.09"), (61, 60, "0.18"), (61, 1, "5.49")]
)
def test_every_started_pulse_is_charged(seconds: int, pulse: int, amount: str) -> None:
    (part,) = rate(seconds, [], a_tariff(a_voice_price("0.09", per=pulse)), lambda _: 0)
    assert part.amount == Decimal(amount)


def test_amounts_keep_every_digit() -> None:
    (part,) = rate(3, [], a_tariff(a_data_price("0.000000001", units="B")), lambda _: 0)
    assert part.amount == Decimal("0.000000003")


def test_what_nothing_covers_is_not_ratable() -> None:
    with pytest.raises(NotRatable, match="no price is agreed"):
        rate(60, [a_tariff(a_voice_allowance())], None, lambda _: 59)


def test_what_is_out_of_all_reason_is_not_ratable() -> None:
    with pytest.raises(NotRatable, match="more than"):
        rate(10**15, [], a_tariff(a_data_price("1000", units="B")), lambda _: 0)
