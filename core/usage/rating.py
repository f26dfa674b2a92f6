"""The arithmetic of rating: allowances first, then the out-of-bundle price, by started pulses, exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.errors import Fault
from core.usage.tariffs import Tariff

# Values of `usageRatingTag` as TMF635 (RatedProductUsage) has them.
INCLUDED, BEYOND, PLAIN = "included usage", "non included usage", "usage"
# More than any usage costs, in any currency; keeps sums within what a database can hold.
DEAREST = Decimal(10) ** 8


class NotRatable(Exception):
    """No price covers a usage, or what is left of it. Says which attribute it is about, and what is wrong."""

    def __init__(self, reason: str, *, path: str = "usageCharacteristic", code: str = "noPrice") -> None:
        super().__init__(reason)
        self.fault = Fault(path, code, reason)


@dataclass(frozen=True, slots=True)
class Part:
    """What one tariff makes of a usage: `quantity` base units used, `counted` of them by pulse, and the exact amount.

    `worth` is what the quantity would have cost out of bundle, for a part that an allowance covered.
    """

    tariff: Tariff
    tag: str
    quantity: int
    counted: int
    amount: Decimal
    worth: Decimal | None = None


def rate(
    quantity: int, allowances: Sequence[Tariff], price: Tariff | None, left: Callable[[Tariff], int]
) -> list[Part]:
    """Return the parts that a usage of `quantity` base units falls into; nothing is drawn from the allowances yet.

    Allowances are used up in the order given, as far as `left` says they go; `price` takes the rest. Raises
    NotRatable when there is a rest and no price.
    """
    parts, rest = [], quantity
    for tariff in allowances:
        available = left(tariff)
        if not rest or available <= 0:
            continue
        drawn = min(_counted(tariff, rest, quantity - rest), available)
        covered = min(rest, drawn)
        worth = _charge(price, covered) if price else None
        parts.append(Part(tariff, INCLUDED, covered, drawn, _charge(tariff, drawn), worth))
        rest -= covered
    if rest or not parts:
        parts.append(_beyond(quantity, rest, allowances, price))
    return parts


def _beyond(quantity: int, rest: int, allowances: Sequence[Tariff], price: Tariff | None) -> Part:
    if quantity == 0 and allowances:
        return Part(allowances[0], INCLUDED, 0, 0, Decimal(0))
    if price is None:
        raise NotRatable("the allowances are used up, and no price is agreed for usage beyond them")
    counted = _counted(price, rest, quantity - rest)
    return Part(price, BEYOND if allowances else PLAIN, rest, counted, _charge(price, counted))


def _counted(tariff: Tariff, amount: int, before: int) -> int:
    """Return how much of an amount counts: all started pulses, and the minimum less what was counted `before`.

    What took no time and moved no data costs nothing, whatever the minimum.
    """
    if amount == 0:
        return 0
    least = max(amount, tariff.minimum - before)
    return -(-least // tariff.pulse) * tariff.pulse


def _charge(tariff: Tariff, counted: int) -> Decimal:
    amount = tariff.unit_price * -(-counted // tariff.pulse)
    if amount > DEAREST:
        reason = f"the usage would cost more than {DEAREST} {tariff.currency} by price '{tariff.price.id}'"
        raise NotRatable(reason, code="tooDear")
    return amount
