"""Half-open spans of time, `[start, end)` in UTC: what validity, billing and proration are counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from dateutil.relativedelta import relativedelta

from core.clock import EARLIEST, LATEST, parse_instant, wire_instant


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (included) to `end` (not included); `None` leaves a side open."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError("a period can't end before it starts")

    @classmethod
    def from_wire(cls, value: Mapping[str, Any] | None) -> Period:
        """Read a TMF TimePeriod; a missing side is open. Raises ValueError when it ends before it starts."""
        value = value or {}
        start, end = value.get("startDateTime"), value.get("endDateTime")
        return cls(parse_instant(start) if start else None, parse_instant(end) if end else None)

    def to_wire(self) -> dict[str, str]:
        """Return a TMF TimePeriod with the sides that are closed."""
        sides = {"startDateTime": self.start, "endDateTime": self.end}
        return {name: wire_instant(at) for name, at in sides.items() if at is not None}

    def contains(self, at: datetime) -> bool:
        """Tell whether `at` lies in the period."""
        return (self.start or EARLIEST) <= at < (self.end or LATEST)

    def intersect(self, other: Period) -> Period | None:
        """Return the time both periods cover, or None."""
        start = max(self.start or EARLIEST, other.start or EARLIEST)
        end = min(self.end or LATEST, other.end or LATEST)
        if start >= end:
            return None
        return Period(None if start == EARLIEST else start, None if end == LATEST else end)

    def overlaps(self, other: Period) -> bool:
        """Tell whether the two periods share any time."""
        return self.intersect(other) is not None

    @property
    def length(self) -> timedelta:
        """Return how long the period is; both sides must be closed."""
        if self.start is None or self.end is None:
            raise ValueError("an open period has no length")
        return self.end - self.start

    def share_of(self, whole: Period) -> Fraction:
        """Return which exact part of `whole` this period covers: 0 to 1, for proration."""
        common = self.intersect(whole)
        if common is None:
            return Fraction(0)
        micro = timedelta(microseconds=1)
        return Fraction(common.length // micro, whole.length // micro)


def month_of(at: datetime) -> Period:
    """Return the calendar month (UTC) that contains `at`."""
    start = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Period(start, start + relativedelta(months=1))
