"""Amounts stay exact, round once and never mix currencies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.money import MixedUnits, Money, minor_unit, total

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=-(10**9), max_value=10**9)


@given(st.lists(AMOUNTS))
def test_a_total_is_the_exact_sum_of_its_parts(amounts: list[Decimal]) -> None:
    assert total((Money(a, "EUR") for a in amounts), "EUR").amount == sum(amounts, Decimal(0))


@given(AMOUNTS)
def test_rounding_moves_an_amount_by_at_most_half_a_cent_and_only_once(amount: Decimal) -> None:
    rounded = Money(amount, "EUR").rounded()
    assert abs(rounded.amount - amount) <= Decimal("0.005")
    assert rounded.rounded() == rounded


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [
        ("EUR", "0.005", "0.01"),
        ("EUR", "-0.005", "-0.01"),
        ("EUR", "2.675", "2.68"),
        ("JPY", "100.5", "101"),
        ("KWD", "1.0005", "1.001"),
    ],
)
def test_rounding_is_half_up_to_the_minor_unit_of_the_currency(unit: str, amount: str, expected: str) -> None:
    assert Money(Decimal(amount), unit).rounded().amount == Decimal(expected)


def test_amounts_of_two_currencies_cant_be_added() -> None:
    with pytest.raises(MixedUnits):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


def test_an_unknown_currency_is_named_in_the_error() -> None:
    for code in ("EURO", "XXX", "XTS", "XAU"):
        with pytest.raises(InvalidInput, match=f"'{code}' is not a currency"):
            minor_unit(code)


def test_the_wire_keeps_the_digits_an_amount_came_with() -> None:
    wire = {"unit": "EUR", "value": Decimal("9.90")}
    assert str(Money.from_wire(wire).to_wire()["value"]) == "9.90"
