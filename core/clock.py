"""The only place that knows what time it is, and how an instant looks on the wire (RFC 3339, UTC, milliseconds)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol

EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


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


def parse_instant(text: object) -> datetime:
    """Read an RFC 3339 date-time like `exact_instant`, but one outside of the years 1 to 9999 as the nearest in them.

    Raises ValueError for anything else, text or not.
    """
    try:
        return exact_instant(text)
    except OverflowError:
        return EARLIEST if str(text).startswith("0001") else LATEST


def exact_instant(text: object) -> datetime:
    """Read an RFC 3339 date-time, any offset, as an instant in UTC; a date-time without offset counts as UTC.

    A leap second is the first one after it. Raises OverflowError for an instant that UTC can't say within the years 1
    to 9999, ValueError for anything else, text or not.
    """
    if not isinstance(text, str):
        raise ValueError("a date-time is a string")
    spelled = text.upper()
    leap = spelled[16:19] == ":60"
    instant = datetime.fromisoformat(f"{spelled[:16]}:59{spelled[19:]}" if leap else spelled)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(UTC) + timedelta(seconds=int(leap))


def wire_instant(at: datetime) -> str:
    """Write an instant as it goes over the wire: `2026-01-31T10:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
