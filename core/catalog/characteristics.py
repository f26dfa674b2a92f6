"""Judges characteristics that somebody orders against those that the product specification describes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.catalog.values import ANYTHING, Alternative, alternatives, matches, number_of, spelling, values_of
from core.entity import Document
from core.errors import Fault
from core.validity import is_valid_at

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "text": (str,),
    "object": (dict,),
    "map": (dict,),
}
_NUMBERS = {"number", "numeric", "float", "decimal"}


@dataclass(frozen=True, slots=True)
class Described:
    """A characteristic as the specification (narrowed by the offering) describes it."""

    name: str
    value_type: str
    least: int
    most: int | None
    pattern: str | None
    extensible: bool
    configurable: bool
    allowed: tuple[Alternative, ...]

    @property
    def default(self) -> Any:
        """Return the value it has when nobody chooses one, ANYTHING when there is none."""
        return next((one.value for one in self.allowed if one.is_default), ANYTHING)


def described_by(
    specification: Document, uses: Sequence[Document] = (), at: datetime | None = None
) -> dict[str, Described]:
    """Return the characteristics of a specification by name, as valid at `at` (None: whenever).

    `uses` is an offering's `prodSpecCharValueUse`: it narrows the values and the cardinality of those it names.
    """
    described = {
        document["name"]: _described(document, at)
        for document in specification.get("productSpecCharacteristic") or []
        if document.get("name") and (at is None or is_valid_at(document, at))
    }
    for use in uses:
        known = described.get(use.get("name") or "")
        if known is not None and (at is None or is_valid_at(use, at)):
            described[known.name] = _narrowed(known, use, at)
    return described


def faults_of_characteristics(
    specification: Document,
    characteristics: Sequence[Document],
    path: str,
    *,
    uses: Sequence[Document] = (),
    at: datetime | None = None,
    complete: bool = True,
) -> list[Fault]:
    """Return what is wrong with ordered characteristics, each fault at `path[index]`.

    TMF620 productSpecCharacteristic: unknown name, value not allowed, wrong type, too few or too many values.
    `complete` also wants the mandatory ones that have no default; pass False for a change that names only what it
    changes. A specification that describes no characteristics leaves them free.
    """
    described = described_by(specification, uses, at)
    if not described:
        return []
    faults: list[Fault] = []
    given: dict[str, list[Any]] = {}
    for index, characteristic in enumerate(characteristics):
        name = characteristic.get("name") or ""
        values = list(values_of(characteristic))
        given.setdefault(name, []).extend(values)
        if name not in described:
            reason = f"the specification has no characteristic '{name}'; it has {_listed(described)}"
            faults.append(Fault(f"{path}[{index}].name", "unknownCharacteristic", reason))
        else:
            faults += _faults_of_values(described[name], values, f"{path}[{index}].value")
    return faults + list(_faults_of_cardinality(described, given, path, complete))


def default_characteristics(
    specification: Document, uses: Sequence[Document] = (), at: datetime | None = None
) -> dict[str, Any]:
    """Return the values (by name) that characteristics have when an order doesn't mention them."""
    described = described_by(specification, uses, at)
    return {name: one.default for name, one in described.items() if one.default is not ANYTHING}


def _described(document: Document, at: datetime | None) -> Described:
    most = document.get("maxCardinality")
    return Described(
        name=document["name"],
        value_type=(document.get("valueType") or "").lower(),
        least=document.get("minCardinality") or 0,
        most=most if most else None,
        pattern=document.get("regex"),
        extensible=document.get("extensible") is True,
        configurable=document.get("configurable") is not False,
        allowed=_in_force(alternatives(document.get("characteristicValueSpecification")), at),
    )


def _narrowed(known: Described, use: Document, at: datetime | None) -> Described:
    allowed = _in_force(alternatives(use.get("productSpecCharacteristicValue")), at)
    return replace(
        known,
        least=use.get("minCardinality", known.least) or 0,
        most=use.get("maxCardinality", known.most) or None,
        allowed=allowed or known.allowed,
        extensible=known.extensible and not allowed,
    )


def _in_force(allowed: tuple[Alternative, ...], at: datetime | None) -> tuple[Alternative, ...]:
    return allowed if at is None else tuple(one for one in allowed if one.valid.contains(at))


def _faults_of_values(described: Described, values: list[Any], path: str) -> Iterator[Fault]:
    for value in values:
        if not _has_type(value, described.value_type):
            reason = f"'{described.name}' takes a value of type {described.value_type}, not {spelling(value)}"
            yield Fault(path, "wrongValueType", reason)
        elif described.pattern is not None and not matches(described.pattern, spelling(value)):
            reason = f"'{spelling(value)}' doesn't match {described.pattern}, as '{described.name}' must"
            yield Fault(path, "valueNotAllowed", reason)
        elif not _is_allowed(described, value):
            choice = ", ".join(map(str, described.allowed))
            reason = f"'{spelling(value)}' is not a value of '{described.name}'; allowed: {choice}"
            yield Fault(path, "valueNotAllowed", reason)
        elif not described.configurable and described.default not in (ANYTHING, value):
            reason = f"'{described.name}' can't be chosen: it is always '{spelling(described.default)}'"
            yield Fault(path, "notConfigurable", reason)


def _is_allowed(described: Described, value: Any) -> bool:
    if described.extensible or not described.allowed:
        return True
    return any(alternative.admits(value) for alternative in described.allowed)


def _has_type(value: Any, value_type: str) -> bool:
    if value_type in _NUMBERS:
        return number_of(value) is not None
    if value_type == "integer":
        number = number_of(value)
        return number is not None and number == number.to_integral_value()
    if value_type == "boolean":
        return spelling(value) in ("true", "false")
    expected = _TYPES.get(value_type)
    return expected is None or isinstance(value, expected)


def _faults_of_cardinality(
    described: Mapping[str, Described], given: Mapping[str, list[Any]], path: str, complete: bool
) -> Iterator[Fault]:
    for name, one in described.items():
        count = len(given.get(name, ()))
        if one.most is not None and count > one.most:
            yield Fault(path, "tooManyValues", f"'{name}' takes at most {one.most} values, not {count}")
        wanted = name in given or (complete and one.default is ANYTHING)
        if wanted and count < one.least:
            yield Fault(
                path,
                "missingCharacteristic",
                f"'{name}' needs at least {one.least} value{'s' * (one.least != 1)}, not {count}",
            )


def _listed(described: Mapping[str, Described]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(described))
