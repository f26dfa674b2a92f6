"""Which canonical schema an object of v4 follows, told from what it says, where v5 has several for one of v4's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from apis.tmf630.folding import REFERENCE
from apis.tmf630.type_names import Kind

# What every object may say of its type, beside the attributes of its schema.
TYPING = frozenset(("@type", "@baseType", "@schemaLocation"))
BY_WHAT_IS_SAID = (
    "v5 has a schema for a reference and one for the thing; an `id` with no more than a name is a reference"
)
ROLES = frozenset(("PartyRole", "Customer", "Supplier", "BusinessPartner", "Consumer", "Producer"))
_VALUES = {str: "String", bool: "Boolean", int: "Integer", Decimal: "Number", float: "Number", dict: "Object"}


def by_value(suffix: str) -> Kind:
    """Return a function that names the typed schema for the value of an object: `StringCharacteristic`.

    The name is `suffix` alone where there is no value, or one that none of them takes: null, arrays of arrays,
    arrays of different things.
    """
    names = {kind: name + suffix for kind, name in _VALUES.items()}

    def kind(document: Mapping[str, Any]) -> str:
        if "value" not in document:
            return suffix
        value = document["value"]
        return _of_members(value) + suffix if type(value) is list else names.get(type(value), suffix)

    return kind


def reference_or(value: str, reference: str, parts: tuple[str, ...] = REFERENCE) -> Kind:
    """Return a function that tells a reference, which has an `id` and nothing beyond `parts`, from a value."""
    known = TYPING | {*parts}
    return lambda document: reference if "id" in document and document.keys() <= known else value


def party(document: Mapping[str, Any]) -> str:
    """Name the schema of a reference to a party, or to a party in a role."""
    referred = document.get("@referredType")
    return "PartyRoleRef" if isinstance(referred, str) and referred in ROLES else "PartyRef"


def place(document: Mapping[str, Any]) -> str:
    """Name the schema of a place: a reference, unless it has no identifier and says what it is."""
    referred = text(document, "@referredType")
    is_value = "id" not in document and referred in ("GeographicAddress", "GeographicSite", "GeographicLocation")
    return referred if is_value else "PlaceRef"


def always(name: str) -> Callable[[Mapping[str, Any]], str]:
    """Return a function that names one schema whatever the object says."""
    return lambda _document: name


def nothing(_kind: str) -> str:
    """Return what is said where the version demands a text and nothing is known."""
    return ""


def text(document: Mapping[str, Any], name: str) -> str:
    """Return the text of an attribute; extensions may put anything under any name."""
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _of_members(values: list[Any]) -> str:
    kinds = {_VALUES.get(type(value), "") for value in values} or {"String"}
    if kinds == {"Integer", "Number"}:
        kinds = {"Number"}
    kind = kinds.pop()
    return f"{kind}Array" if kind and not kinds else ""
