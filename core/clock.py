"""The only place that knows what time it is, and how an instant looks on the wire (RFC 3339, UTC, milliseconds)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the time; injected so that tests and replays choose it."""

    def now(self) -> datetime:
        """Return the present instant, timezone-aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's present instant in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant it was last set to."""
        return self._at

    def advance(self, delta: timedelta) -> None:
        """Move forward (or back) by `delta`."""
        self._at += delta


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 date-time, any offset, as an instant in UTC; a date-time without offset counts as UTC.

    Raises ValueError for anything else.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(UTC)


def wire_instant(at: datetime) -> str:
    """Write an instant as it goes over the wire: `2026-01-31T10:00:00.000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
