"""The characteristics a product has once an item has been delivered: what it had, what is ordered, what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.catalog import Offer, default_characteristics, faults_of_characteristics
from core.entity import Document, copied
from core.errors import Fault
from core.inventory import named_in

_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "BooleanCharacteristic"),
    (int, "IntegerCharacteristic"),
    (Decimal, "NumberCharacteristic"),
    (dict, "ObjectCharacteristic"),
    (list, "StringArrayCharacteristic"),
)


def merged(ordered: Iterable[Document], had: Iterable[Document]) -> list[Document]:
    """Return what is ordered, in its order, and after it what the product had under other names."""
    result = [copied(characteristic) for characteristic in ordered]
    named = {characteristic.get("name") for characteristic in result}
    return result + [copied(each) for each in had if each.get("name") not in named]


def with_defaults(characteristics: list[Document], offer: Offer | None, at: datetime) -> list[Document]:
    """Return characteristics with the specification's defaults for what nobody chose."""
    if offer is None or offer.specification is None:
        return characteristics
    usual = default_characteristics(offer.specification, _uses(offer), at)
    return merged(characteristics, [_characteristic(name, value) for name, value in usual.items()])


def carried_over(had: Iterable[Document], offer: Offer | None, at: datetime) -> list[Document]:
    """Return what a product keeps when it becomes one of another offering: what that allows, and its numbers."""
    return [each for each in had if any(named_in([each])) or not faults(offer, [each], "", at, complete=False)]


def faults(
    offer: Offer | None, characteristics: Sequence[Document], path: str, at: datetime, *, complete: bool
) -> list[Fault]:
    """Return what the offer's specification has against characteristics; nothing where there is none."""
    if offer is None or offer.specification is None:
        return []
    return faults_of_characteristics(
        offer.specification, characteristics, path, uses=_uses(offer), at=at, complete=complete
    )


def values(characteristics: Iterable[Document]) -> dict[str, Any]:
    """Return characteristics as name to value, as the conditions of prices look at them."""
    return {str(each.get("name")): each.get("value") for each in characteristics}


def _uses(offer: Offer) -> Sequence[Document]:
    uses: Sequence[Document] = offer.offering.get("prodSpecCharValueUse") or ()
    return uses


def _characteristic(name: str, value: Any) -> Document:
    kind = next((kind for known, kind in _TYPES if isinstance(value, known)), "StringCharacteristic")
    return {"@type": kind, "name": name, "value": value}
