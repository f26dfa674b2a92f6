"""The units that usage is counted in and prices are quoted in: seconds, bytes, messages, and their multiples."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

SECOND, BYTE, MESSAGE = "s", "B", "message"

# Multiples by 1000 are decimal as ISO 80000-13 has them (MB), those by 1024 carry the i (MiB). Case doesn't matter.
_SPELLINGS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), (SECOND, 1)),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), (SECOND, 60)),
    **dict.fromkeys(("h", "hr", "hour", "hours"), (SECOND, 3600)),
    **dict.fromkeys(("b", "byte", "bytes", "octet", "octets"), (BYTE, 1)),
    **dict.fromkeys(("kb", "kilobyte", "kilobytes"), (BYTE, 10**3)),
    **dict.fromkeys(("mb", "megabyte", "megabytes"), (BYTE, 10**6)),
    **dict.fromkeys(("gb", "gigabyte", "gigabytes"), (BYTE, 10**9)),
    **dict.fromkeys(("tb", "terabyte", "terabytes"), (BYTE, 10**12)),
    **{f"{letter}ib": (BYTE, 1024**power) for power, letter in enumerate("kmgt", start=1)},
    **dict.fromkeys(("message", "messages", "msg", "sms", "mms"), (MESSAGE, 1)),
}
# What usage is counted up to, in base units.
LARGEST = 10**15
KNOWN = "s, min, h, B, kB, MB, GB, TB, KiB, MiB, GiB, TiB, message"


@dataclass(frozen=True, slots=True)
class Measure:
    """So much of one of the three base units: seconds, bytes or messages."""

    amount: Decimal
    unit: str

    @property
    def is_countable(self) -> bool:
        """Tell whether usage can be counted by it: whole base units, from 1 to LARGEST."""
        return 1 <= self.amount <= LARGEST and self.amount == self.amount.to_integral_value()


def measure(amount: Decimal | int, unit: str) -> Measure:
    """Return an amount in any known unit as so much of its base unit: 2 "min" are 120 s. ValueError if unknown."""
    known = _SPELLINGS.get(unit.strip().lower())
    if known is None:
        raise ValueError(f"'{unit}' is not a unit of usage; known are {KNOWN}")
    base, factor = known
    return Measure(Decimal(amount) * factor, base)
