"""Rules on how characteristics and their values are described, before anybody orders one."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog.nested import each
from core.catalog.values import matches
from core.entity import Document
from core.errors import Fault


def faults_of_description(document: Document, attribute: str) -> Iterator[Fault]:
    """Yield what is wrong with a list of CharacteristicSpecification: names twice, limits and ranges that cross."""
    seen: set[str] = set()
    for path, characteristic in each(document, attribute):
        name = characteristic.get("name")
        if name in seen:
            yield Fault(f"{path}.name", "duplicateCharacteristic", f"there is another characteristic '{name}'")
        seen |= {name} if name else set()
        yield from faults_of_use(characteristic, "characteristicValueSpecification", path)


def faults_of_use(characteristic: Document, values: str, path: str) -> Iterator[Fault]:
    """Yield what is wrong with the cardinality, pattern and values of one described characteristic."""
    least, most = characteristic.get("minCardinality") or 0, characteristic.get("maxCardinality")
    if least < 0:
        yield Fault(f"{path}.minCardinality", "invalidCardinality", "must be 0 or more")
    if most and most < least:
        reason = f"must not be below minCardinality, {least}"
        yield Fault(f"{path}.maxCardinality", "invalidCardinality", reason)
    yield from _faults_of_pattern(characteristic, path)
    yield from faults_of_alternatives(characteristic, values, path)


def faults_of_alternatives(document: Document, attribute: str, prefix: str) -> Iterator[Fault]:
    """Yield what is wrong with a list of CharacteristicValueSpecification: ranges upside down, unreadable patterns."""
    for path, value in each(document, attribute, prefix):
        low, high = value.get("valueFrom"), value.get("valueTo")
        if low is not None and high is not None and high < low:
            yield Fault(f"{path}.valueTo", "invalidRange", f"must not be below valueFrom, {low}")
        yield from _faults_of_pattern(value, path)


def _faults_of_pattern(document: Document, path: str) -> Iterator[Fault]:
    try:
        matches(document.get("regex") or "", "")
    except ValueError as error:
        yield Fault(f"{path}.regex", "invalidRegex", str(error))
