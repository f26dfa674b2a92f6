"""Functions that SQLite lacks: instants from date-times with any offset, and the order of exact numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.values import read_instant

_COMPLEMENT = str.maketrans("0123456789", "9876543210")
# Beyond every exponent that a document may have.
_HALF = 5000


def register_functions(connection: Any) -> None:
    """Give a connection of the sqlite3 driver the functions `instant(text)` and `number_key(json)`."""
    connection.create_function("instant", 1, _instant, deterministic=True)
    connection.create_function("number_key", 1, _number_key, deterministic=True)


def instant_key(at: datetime) -> str:
    """Write an instant as text of one width, in the order of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def number_key(number: Decimal) -> str:
    """Write a number as text that is the same for equal numbers and sorts as they do, all digits counted."""
    sign, places, _ = number.as_tuple()
    digits = "".join(map(str, places)).strip("0")
    if not digits:
        return "1"
    key = f"{number.adjusted() + _HALF:04d}{digits}"
    return f"0{key.translate(_COMPLEMENT)}~" if sign else f"2{key}"


@lru_cache(maxsize=4096)
def _instant(text: object) -> str | None:
    at = read_instant(text)
    return None if at is None else instant_key(at)


def _number_key(written: str | int | float) -> str:
    return number_key(Decimal(str(written)))
