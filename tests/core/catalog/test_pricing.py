"""How a price document is read for charging."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.catalog import BYTE, MESSAGE, SECOND, Measure, Recurrence, measure, read_price
from core.money import Money
from tests.builders.catalog import a_monthly_price, a_price, a_usage_price, a_value, an_allowance


def test_a_monthly_price_says_what_when_and_how_taxed() -> None:
    price = read_price(a_monthly_price(Decimal("9.99")), revision=3)
    assert (price.kind, price.revision) == ("recurring", 3)
    assert price.amount == Money(Decimal("9.99"), "EUR")
    assert price.recurrence == Recurrence("month", 1)
    assert [(tax.category, tax.rate) for tax in price.taxes] == [("VAT", Decimal(19))]


def test_a_usage_price_has_a_pulse_in_base_units() -> None:
    assert read_price(a_usage_price(per=1, units="min")).pulse == Measure(Decimal(60), SECOND)
    assert read_price(a_usage_price(per=1, units="MB")).pulse == Measure(Decimal(10**6), BYTE)
    assert read_price(a_usage_price(per=1, units="SMS")).pulse == Measure(Decimal(1), MESSAGE)


def test_an_allowance_is_an_amount_in_base_units_and_no_condition() -> None:
    price = read_price(an_allowance(5, "GB", conditions={"usageType": ["data"]}))
    assert price.allowance == Measure(Decimal(5 * 10**9), BYTE)
    assert [condition.name for condition in price.conditions] == ["usageType"]


@pytest.mark.parametrize(
    ("values", "applies"),
    [
        ({"usageType": "voice", "destination": "+4930123"}, True),
        ({"usageType": "voice", "destination": "+33123"}, True),
        ({"usageType": "voice", "destination": "+1555"}, False),
        ({"usageType": "data", "destination": "+4930123"}, False),
        ({"usageType": "voice"}, False),
        ({}, False),
    ],
)
def test_all_conditions_must_be_met_each_by_any_of_its_alternatives(values: dict[str, str], applies: bool) -> None:
    destinations = [a_value(None, regex=r"\+49[0-9]+"), "+33123"]
    price = read_price(a_usage_price(conditions={"usageType": ["voice"], "destination": destinations}))
    assert price.applies_to(values) is applies


@pytest.mark.parametrize(
    ("cardinality", "applies_to"),
    [({}, ["20801"]), ({"minCardinality": 0}, [None, "20801"]), ({"maxCardinality": 0}, [None])],
)
def test_a_condition_may_allow_or_demand_that_the_characteristic_is_missing(
    cardinality: dict[str, int], applies_to: list[str | None]
) -> None:
    document = a_usage_price(conditions={"visitedNetwork": [a_value(None, regex="208[0-9]+")]})
    document["prodSpecCharValueUse"][0] |= cardinality
    price = read_price(document)
    usages = {network: {"visitedNetwork": network} if network else {} for network in (None, "20801", "310260")}
    assert [network for network, values in usages.items() if price.applies_to(values)] == applies_to


@pytest.mark.parametrize(
    ("interval", "admitted"),
    [("closed", [1, 2, 3]), ("open", [2]), ("closedBottom", [1, 2]), ("closedTop", [2, 3])],
)
def test_a_range_includes_the_ends_that_its_interval_says(interval: str, admitted: list[int]) -> None:
    zone = a_value(None, valueFrom=1, valueTo=3, rangeInterval=interval)
    price = read_price(a_usage_price(conditions={"zone": [zone]}))
    assert [number for number in range(5) if price.applies_to({"zone": number})] == admitted


@pytest.mark.parametrize(
    ("spelling", "length", "expected"),
    [
        ("month", 1, Recurrence("month", 1)),
        ("Monthly", 3, Recurrence("month", 3)),
        ("quarter", 1, Recurrence("month", 3)),
        ("YEAR", 1, Recurrence("year", 1)),
        ("weeks", 2, Recurrence("week", 2)),
    ],
)
def test_periods_are_known_by_many_words(spelling: str, length: int, expected: Recurrence) -> None:
    document = a_monthly_price(recurringChargePeriodType=spelling, recurringChargePeriodLength=length)
    assert read_price(document).recurrence == expected


def test_the_end_of_a_month_stays_the_end_of_a_month() -> None:
    start = datetime(2026, 1, 31, tzinfo=UTC)
    monthly = Recurrence("month", 1)
    assert [monthly.after(start, times).day for times in (1, 2, 3)] == [28, 31, 30]


@pytest.mark.parametrize("spelling", ["oneTime", "one time", "ONE_TIME", "one-time"])
def test_the_type_of_a_price_is_known_however_it_is_spelled(spelling: str) -> None:
    assert read_price(a_price(priceType=spelling)).kind == "oneTime"


def test_binary_multiples_carry_an_i() -> None:
    assert measure(1, "GiB").amount == 1024**3
    assert measure(1, "gb").amount == 1000**3
    with pytest.raises(ValueError, match="known are"):
        measure(1, "furlong")
