"""The demo's story: who joins and orders what, under numbers that are in order, in the last full month."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from apis.tmf630.specification import load
from cli.demo.data import read
from cli.demo.loader import CATALOG
from cli.demo.people import customer
from cli.demo.sales import sale
from cli.demo.story import Story

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


def luhn(digits: str) -> int:
    """Return the Luhn sum of a number with its check digit; 0 when it is right."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10


def test_the_story_is_that_of_the_last_full_month() -> None:
    story = Story.until(NOW, 20, None, 1)
    assert story.period.to_wire() == {
        "startDateTime": "2026-02-01T00:00:00.000Z",
        "endDateTime": "2026-03-01T00:00:00.000Z",
    }
    assert story.records == 20_000


def test_a_story_of_some_days_ends_with_the_last_full_month() -> None:
    story = Story.until(NOW, 3, 10, 1)
    assert story.period.start == datetime(2026, 2, 19, tzinfo=UTC)
    assert story.records == 1000


def test_people_join_before_the_usage_begins_and_in_its_first_third() -> None:
    story = Story.until(NOW, 20, None, 1)
    days = [joining.day for joining in story.joinings()]
    assert days == sorted(days)
    assert days[0] == next(story.days())
    assert date(2026, 2, 1) < days[-1] < date(2026, 2, 11)


def test_of_a_hundred_customers_as_many_buy_something_as_its_share_says() -> None:
    sales = read("sales")
    sold = Counter(
        sale(number, sales, 1).order["productOrderItem"][0]["productOffering"]["id"] for number in range(100)
    )
    assert sold == Counter(
        {"plan-s": 35, "plan-m": 30, "plan-l": 10, "sim-only-m": 10, "sim-only-s": 5} | {"phone-m": 7, "phone-l": 3}
    )


def test_serial_numbers_end_with_their_check_digit() -> None:
    for number in (1, 77, 123_456):
        items = sale(
            number, [{"share": 100, "offering": "phone-m", "parts": ["sim-card", "finch-f2"], "appetite": 1}], 1
        )
        inside = items.order["productOrderItem"][0]["productOrderItem"]
        chosen = {c["name"]: c["value"] for item in inside for c in item["product"]["productCharacteristic"]}
        assert (len(chosen["iccid"]), luhn(chosen["iccid"])) == (19, 0)
        assert (len(chosen["imei"]), luhn(chosen["imei"])) == (15, 0)


def test_customers_are_the_same_for_the_same_seed() -> None:
    people = read("people")
    assert customer(7, people, 1) == customer(7, people, 1)
    assert customer(7, people, 1)["id"] == "customer-0007"


@pytest.mark.parametrize("resource", list(CATALOG))
def test_the_catalog_refers_only_to_what_it_has(resource: str) -> None:
    known = {document.get("id") for name in CATALOG.values() for document in read(name)}

    def references(value: object) -> set[str]:
        if isinstance(value, dict):
            own = {value["id"]} if str(value.get("@type", "")).endswith("Ref") else set()
            return own.union(*map(references, value.values()))
        return set().union(*map(references, value)) if isinstance(value, list) else set()

    assert set().union(*(references(document) for document in read(CATALOG[resource]))) <= known


def test_every_catalog_resource_is_created_by_an_operation() -> None:
    operations = {*load("tmf620", "v5").operations, *load("tmf635", "v4").operations}
    assert {f"create{resource}" for resource in CATALOG} <= operations
