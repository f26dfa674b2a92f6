"""Numbers that lead from the network to a product: MSISDN, IMSI, ICCID, each in one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import phonenumbers

SEPARATORS = re.compile(r"[\s\-./()]")
DIGITS = {"imsi": range(6, 16), "iccid": range(18, 23)}
KINDS = ("msisdn", "imsi", "iccid")


class Identifier(NamedTuple):
    """A number in its one spelling, digits only, and what kind of number it is."""

    kind: str
    value: str


class Named(NamedTuple):
    """A number as a characteristic names it; `path` is relative to the list: `[2].value`."""

    path: str
    kind: str
    raw: str


def identifier(kind: str, raw: str) -> Identifier:
    """Bring a number into its one spelling. Raises ValueError, saying what would be right.

    MSISDN: E.164 in international form, with or without `+` or `00`. IMSI: E.212, at most 15 digits.
    ICCID: E.118, 18 to 22 digits, the filler `F` of the card left out.
    """
    value = _msisdn(raw) if kind == "msisdn" else _digits(kind, raw)
    if value is None:
        raise ValueError(_EXPECTED[kind].format(raw=raw))
    return Identifier(kind, value)


def named_in(characteristics: Iterable[Mapping[str, Any]]) -> Iterator[Named]:
    """Yield the numbers that a list of TMF characteristics names; the characteristic's name tells the kind."""
    for index, characteristic in enumerate(characteristics):
        kind, value = str(characteristic.get("name", "")).lower(), characteristic.get("value")
        if kind not in KINDS or value is None:
            continue
        if isinstance(value, list):
            for position, member in enumerate(value):
                yield Named(f"[{index}].value[{position}]", kind, str(member))
        else:
            yield Named(f"[{index}].value", kind, str(value))


def identifiers_of(characteristics: Iterable[Mapping[str, Any]]) -> dict[Identifier, str]:
    """Return the numbers in a list of characteristics, each with its path in it. Raises ValueError for a wrong one."""
    return {identifier(named.kind, named.raw): named.path for named in named_in(characteristics)}


_EXPECTED = {
    "msisdn": "'{raw}' is not a telephone number; the international form is expected, such as '+4915112345678'",
    "imsi": "'{raw}' is not an IMSI; 6 to 15 digits are expected",
    "iccid": "'{raw}' is not an ICCID; 18 to 22 digits are expected",
}


@lru_cache(maxsize=65_536)
def _msisdn(raw: str) -> str | None:
    digits = SEPARATORS.sub("", raw)
    international = "+" + digits.removeprefix("+").removeprefix("00")
    try:
        number = phonenumbers.parse(international)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or number.extension:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def _digits(kind: str, raw: str) -> str | None:
    digits = SEPARATORS.sub("", raw).upper()
    if kind == "iccid":
        digits = digits.removesuffix("F")
    return digits if digits.isascii() and digits.isdigit() and len(digits) in DIGITS[kind] else None
