"""The demo's usage: exactly as much as wanted, the same for the same seed, and like that of people."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cli.demo.data import read
from cli.demo.traffic import Line
from cli.demo.usage import usage_by_day
from core.clock import parse_instant
from core.period import Period

START = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = Period(START, START + timedelta(days=31))
LINES = [Line(f"49155900000{number:02d}") for number in range(20)]


def month(lines: list[Line] = LINES, count: int = 5000, seed: int = 1) -> list[dict[str, Any]]:
    """Return a month of usage."""
    return [usage for _, usages in usage_by_day(lines, MONTH, count, seed, read("traffic")) for usage in usages]


def values(usage: dict[str, Any]) -> dict[str, Any]:
    """Return the characteristics of a usage by name."""
    return {each["name"]: each["value"] for each in usage["usageCharacteristic"]}


@pytest.mark.parametrize("count", [0, 1, 30, 4999, 20_000])
def test_there_are_exactly_as_many_records_as_wanted_each_its_own(count: int) -> None:
    records = [values(usage)["recordId"] for usage in month(count=count)]
    assert len(set(records)) == len(records) == count


def test_the_same_seed_gives_the_same_usage_and_another_seed_another() -> None:
    assert month() == month()
    assert month() != month(seed=2)


def test_usage_comes_in_the_order_in_which_it_happened_within_the_period() -> None:
    times = [parse_instant(usage["usageDate"]) for usage in month()]
    assert times == sorted(times)
    assert MONTH.contains(times[0])
    assert MONTH.contains(times[-1])


def test_everybody_calls_writes_and_surfs_at_home_abroad_and_to_several_countries() -> None:
    usages = month(count=20_000)
    kinds = Counter(usage["usageType"] for usage in usages)
    assert kinds["data"] > kinds["voice"] > kinds["sms"] > 1000
    assert {values(usage)["msisdn"] for usage in usages} == {line.msisdn for line in LINES}
    called = Counter(values(usage).get("destination", "")[:3] for usage in usages if usage["usageType"] == "voice")
    assert {"+49", "+33", "+12", "+44"} <= called.keys()
    assert called["+49"] > sum(called.values()) / 2
    roaming = [usage for usage in usages if "visitedNetwork" in values(usage)]
    assert 0 < len(roaming) < len(usages) / 5


def test_a_line_is_used_from_its_first_day_on() -> None:
    lines = [*LINES[:3], Line("4915590009999", since=date(2026, 1, 20))]
    days = [usage["usageDate"][:10] for usage in month(lines) if values(usage)["msisdn"] == "4915590009999"]
    assert min(days) == "2026-01-20"
