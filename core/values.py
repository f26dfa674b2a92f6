"""What a value that is asked for may stand for, and how it compares with what documents say: by type, exactly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import re2

from core.clock import parse_instant
from core.errors import InvalidInput
from core.query import Condition, Kind

# The year 0 of RFC 3339 is none to PostgreSQL and to Python.
_YEAR = r"([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9](\.[0-9]{1,9})?|60)"
_OFFSET = "([Zz]|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
# RFC 3339, as far as both databases can tell it apart from other text.
DATE_TIME = f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}[Tt]{_TIME}{_OFFSET}"
_DATE_TIME = re.compile(DATE_TIME)
# The plus sign of a query string that isn't encoded arrives as a blank; before an offset it can be nothing else.
_LOST_PLUS = re.compile(r"(?<=:[0-9]{2})(\.[0-9]+)? (?=[0-9]{2}:[0-9]{2}$)")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
LONGEST_PATTERN = 500
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 1 << 20
_OPTIONS.dot_nl = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value may stand for; None where it can't."""

    text: str | None = None
    number: Decimal | None = None
    truth: bool | None = None
    instant: datetime | None = None


@lru_cache(maxsize=4096)
def reading(value: str, kind: Kind) -> Reading:
    """Return what a value of a condition may stand for.

    Text that looks like a date-time also stands for the instant, at whatever offset it is written.
    """
    if kind == "instant":
        return Reading(instant=instant_asked_for(value))
    if kind == "number":
        return Reading(number=read_number(value))
    if kind == "truth":
        return Reading(truth=value == "true")
    if kind == "text":
        return Reading(value, instant=read_instant(_with_plus(value)))
    at = read_instant(_with_plus(value))
    return Reading(value, read_number(value), {"true": True, "false": False}.get(value), at)


def readings(values: tuple[str, ...], kind: Kind) -> Iterator[Reading]:
    """Yield what each of some values may stand for."""
    return (reading(value, kind) for value in values)


def wanted_by(condition: Condition) -> tuple[Reading, ...]:
    """Return what the values of a condition may stand for.

    What is beyond one of several, as numbers, as text or as instants, is beyond the nearest of them.
    """
    said = tuple(readings(condition.values, condition.kind))
    if condition.operator not in ("gt", "gte", "lt", "lte"):
        return said
    nearest: Any = min if condition.operator in ("gt", "gte") else max
    text = nearest((one.text for one in said if one.text is not None and one.instant is None), default=None)
    number = nearest((one.number for one in said if one.number is not None), default=None)
    instant = nearest((one.instant for one in said if one.instant is not None), default=None)
    return tuple(one for one in (Reading(text, number), Reading(instant=instant)) if one != Reading())


def read_number(text: str) -> Decimal | None:
    """Return the number that a text spells as JSON does, or None; digits are kept."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern leaves nothing to refuse
        return None
    return number if abs(number.adjusted()) < 300 else None


def read_instant(text: object) -> datetime | None:
    """Return the instant of a complete date-time of RFC 3339, to the microsecond, or None."""
    if not isinstance(text, str) or len(text) < 20 or not _DATE_TIME.fullmatch(text):
        return None
    try:
        return parse_instant(text)
    except ValueError:
        return None


def instant_asked_for(text: str) -> datetime:
    """Return the instant that a caller means; a date is its midnight, and without an offset it is UTC.

    Raises ValueError for anything else.
    """
    return parse_instant(_with_plus(text))


def _with_plus(text: str) -> str:
    return _LOST_PLUS.sub(r"\1+", text) if " " in text else text


@lru_cache(maxsize=256)
def pattern(text: str) -> Any:
    """Return a compiled pattern, whose matching takes time in proportion to the text (RE2).

    Raises InvalidInput for one that isn't a pattern, is too large, or needs more than that (backreferences).
    """
    if len(text) > LONGEST_PATTERN:
        raise InvalidInput(f"a pattern has at most {LONGEST_PATTERN} characters", code="invalidPattern")
    try:
        return re2.compile(text, _OPTIONS)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise InvalidInput(f"is not a pattern that can be used here: {reason}", code="invalidPattern") from None
