"""Instants are read in every form that RFC 3339 allows, and written in one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import parse_instant, wire_instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00.000Z"),
        ("2026-01-31t10:00:00.5z", "2026-01-31T10:00:00.500Z"),
        ("2026-01-31T10:00:00+02:00", "2026-01-31T08:00:00.000Z"),
        ("2026-01-31T10:00:00", "2026-01-31T10:00:00.000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_every_spelling_means_its_instant(text: str, expected: str) -> None:
    assert wire_instant(parse_instant(text)) == expected


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30T10:00:00Z", "", "2026-01-31T25:00:00Z"])
def test_what_is_no_date_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_instant(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_the_wire_to_the_millisecond(at: datetime) -> None:
    assert parse_instant(wire_instant(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)
