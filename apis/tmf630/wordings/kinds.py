"""Which canonical schema an object of v4 follows, told from what it says, where v5 has several for one of v4's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from apis.tmf630.differences import Kind
from apis.tmf630.folding import REFERENCE

# What every object may say of its type, beside the attributes of its schema.
TYPING = frozenset(("@type", "@baseType", "@schemaLocation"))
ROLES = frozenset(("PartyRole", "Customer", "Supplier", "BusinessPartner", "Consumer", "Producer"))
_VALUES = {str: "String", bool: "Boolean", int: "Integer", Decimal: "Number", float: "Number", dict: "Object"}


def by_value(suffix: str) -> Kind:
    """Return a function that names the typed schema for the value of an object: `StringCharacteristic`.

    The name is `suffix` alone where there is no value, or one that none of them takes: null, arrays of arrays,
    arrays of different things.
    """
    return lambda document: _type_of(document["value"]) + suffix if "value" in document else suffix


def reference_or(value: str, reference: str, parts: tuple[str, ...] = REFERENCE) -> Kind:
    """Return a function that tells a reference, which has an `id` and nothing beyond `parts`, from a value."""
    known = TYPING | {*parts}
    return lambda document: reference if "id" in document and known.issuperset(document) else value


def party(document: Mapping[str, Any]) -> str:
    """Name the schema of a reference to a party, or to a party in a role."""
    return "PartyRoleRef" if document.get("@referredType") in ROLES else "PartyRef"


def place(document: Mapping[str, Any]) -> str:
    """Name the schema of a place: a reference, unless it has no identifier and says what it is."""
    referred = document.get("@referredType")
    is_value = "id" not in document and referred in ("GeographicAddress", "GeographicSite", "GeographicLocation")
    return str(referred) if is_value else "PlaceRef"


def always(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that names one schema whatever the object says."""
    return lambda _document: name


def _type_of(value: Any) -> str:
    if not isinstance(value, list):
        return _VALUES.get(type(value), "")
    kinds = {_VALUES.get(type(member), "") for member in value} or {"String"}
    if kinds == {"Integer", "Number"}:
        kinds = {"Number"}
    kind = kinds.pop()
    return f"{kind}Array" if kind and not kinds else ""
