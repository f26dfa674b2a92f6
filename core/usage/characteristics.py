"""What a usage document says: its characteristics by name, when it took place, how much was used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from typing import Any

from core.catalog import BYTE, LARGEST, MESSAGE, SECOND, measure, number_of, spelling
from core.clock import parse_instant
from core.entity import Document
from core.errors import Fault

USAGE_TYPE = "usageType"
DESTINATION = "destination"
VISITED_NETWORK = "visitedNetwork"
REJECT_REASON = "rejectReason"
REASON = {"path", "code", "reason"}
# Which characteristic holds the amount used, by the base unit it is counted in.
MEASURED = {SECOND: "duration", BYTE: "volume", MESSAGE: "messages"}
EACH = "use"


def values_of(document: Document) -> dict[str, Any]:
    """Return the characteristics of a usage by name, with its `usageType` among them."""
    values = {each["name"]: each.get("value") for each in characteristics(document)}
    if document.get(USAGE_TYPE) is not None:
        values[USAGE_TYPE] = document[USAGE_TYPE]
    return values


def characteristics(document: Document) -> list[Document]:
    """Return the characteristics that the network sent: all but the reasons why a usage was rejected."""
    return [each for each in document.get("usageCharacteristic") or [] if not is_reason(each)]


def is_reason(characteristic: Document) -> bool:
    """Tell whether a characteristic is one of our reasons, by its form; a `rejectReason` of the network's own isn't."""
    value = characteristic.get("value")
    is_ours = isinstance(value, dict) and value.keys() == REASON
    return is_ours and characteristic.get("name") == REJECT_REASON


def path_of(document: Document, name: str) -> str:
    """Return the JSON path of a characteristic's value, or of the list where it would have to stand."""
    for index, each in enumerate(document.get("usageCharacteristic") or []):
        if each.get("name") == name:
            return f"usageCharacteristic[{index}].value"
    return "usageCharacteristic"


def instant_of(document: Document) -> datetime | None:
    """Return when the usage took place, None where it doesn't say."""
    text = document.get("usageDate")
    return _instant(text) if text else None


def quantity_in(values: Mapping[str, Any], unit: str) -> int | None:
    """Return how much of a base unit was used, in whole units (a started one counts), None where it isn't said.

    The value is a number in the base unit (a message where nothing at all is measured counts as one), or a TMF
    Quantity. Raises ValueError, saying what would be right, for anything else.
    """
    if unit == EACH:
        return 1
    value = values.get(MEASURED[unit])
    if value is None:
        return 1 if unit == MESSAGE and not any(name in values for name in MEASURED.values()) else None
    amount = _amount(value, unit)
    if amount is None or not 0 <= amount <= LARGEST:
        said = f"'{spelling(value)}' is not an amount of {MEASURED[unit]}"
        raise ValueError(f"{said}; a number from 0 to {LARGEST} is expected")
    return int(amount.to_integral_value(ROUND_CEILING))


def faults_of_amounts(document: Document) -> list[Fault]:
    """Return a fault for every amount used that isn't one."""
    values, faults = values_of(document), []
    for unit, name in MEASURED.items():
        try:
            quantity_in(values, unit)
        except ValueError as error:
            faults.append(Fault(path_of(document, name), "amountInvalid", str(error)))
    return faults


# One usage is asked for its time again and again.
_instant = lru_cache(maxsize=4096)(parse_instant)


def _amount(value: Any, unit: str) -> Decimal | None:
    if not isinstance(value, dict):
        return number_of(value)
    number = number_of(value.get("amount"))
    if number is None or not isinstance(value.get("units"), str):
        return None
    measured = measure(number, value["units"])
    return measured.amount if measured.unit == unit else None
