"""Periods are half open, and the parts of one add up to the whole."""

import itertools
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.period import Period, month_of

# hypothesis wants naive bounds and adds the zone itself
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(INSTANTS, st.lists(st.integers(1, 10**12), min_size=1, max_size=10))
def test_the_shares_of_consecutive_parts_add_up_to_the_whole(start: datetime, lengths: list[int]) -> None:
    edges = [start]
    for length in lengths:
        edges.append(edges[-1] + timedelta(microseconds=length))
    whole = Period(edges[0], edges[-1])
    parts = [Period(a, b) for a, b in itertools.pairwise(edges)]
    assert sum((part.share_of(whole) for part in parts), Fraction(0)) == 1


@given(INSTANTS)
def test_a_month_contains_its_start_and_not_its_end(at: datetime) -> None:
    month = month_of(at)
    assert month.contains(at)
    assert month.start is not None
    assert month.end is not None
    assert month.contains(month.start)
    assert not month.contains(month.end)


def test_neighbours_do_not_overlap() -> None:
    month = month_of(datetime(2026, 1, 5, tzinfo=UTC))
    assert not month.overlaps(month_of(datetime(2026, 2, 5, tzinfo=UTC)))


def test_an_open_side_stays_open_on_the_wire() -> None:
    wire = {"startDateTime": "2026-01-01T00:00:00.000Z"}
    assert Period.from_wire(wire).to_wire() == wire


def test_a_period_cant_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="can't end before it starts"):
        Period.from_wire({"startDateTime": "2026-02-01T00:00:00Z", "endDateTime": "2026-01-01T00:00:00Z"})
