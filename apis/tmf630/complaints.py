"""Turns errors of the JSON Schema library into short faults that name the attribute and say what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from jsonschema_rs import ValidationError

from apis.tmf630.validation_form import INSTANT, TYPE, WHOLE
from core.errors import Fault
from core.storage.json import dumps_text

MOST_FAULTS = 10
MOST_OPTIONS = 20
_FORMATS = {
    "date-time": "a date-time with its zone, such as 2026-01-31T10:00:00Z, of the years 1 to 9999",
    "date": "a date, such as 2026-01-31",
    "time": "a time, such as 10:00:00Z",
    "email": "an e-mail address",
    "uri": "an absolute URI, such as https://example.org/1",
    "uuid": "a UUID",
}
# A subtype that nobody has told us of: the specification lets it be written, but can't say what it means.
UNKNOWN_TYPE = "unknownType"
_EXTENSION = "an extension names one of them in @baseType or, in @schemaLocation, the address of its schema"
_MISSING = "is mandatory but missing"
_ARTICLES = {"integer": "a whole number", "array": "an array", "object": "an object", "null": "null"}


class Complaint(NamedTuple):
    """What is wrong with one attribute: its path in the document, a code for programs, a reason for people."""

    path: tuple[str | int, ...]
    code: str
    reason: str


def faults_in(errors: Iterable[ValidationError]) -> tuple[Fault, ...]:
    """Return what is wrong, one fault an attribute and code, at most ten of them, in the document's order.

    What an alternative allows of an attribute says less than what all of them do, which comes first.
    """
    found: dict[tuple[str, str], Fault] = {}
    for complaint in complaints_in(errors):
        fault = Fault(written_path(complaint.path), complaint.code, complaint.reason)
        found.setdefault((fault.path, fault.code), fault)
        if len(found) >= MOST_FAULTS:
            break
    return tuple(found.values())


def complaints_in(errors: Iterable[ValidationError]) -> Iterator[Complaint]:
    """Yield what is wrong, in the document's order; of alternatives, what is wrong with the nearest."""
    for error in errors:
        kind = error.kind.name
        if kind in ("anyOf", "oneOf") and hasattr(error.kind, "context"):
            yield from _of_alternatives(error)
        elif kind == "enum" and error.instance_path and error.instance_path[-1] == TYPE:
            yield from _of_type(error)
        elif kind == "required":
            yield Complaint((*error.instance_path, error.kind.value), "missing", _MISSING)
        else:
            yield Complaint((*error.instance_path,), _code(kind), _REASONS.get(kind, _unexplained)(error))


def written_path(path: Sequence[str | int]) -> str:
    """Write an instance path the way faults do: `productOrderItem[0].productOffering.id`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _of_alternatives(error: ValidationError) -> Iterator[Complaint]:
    branches: list[list[ValidationError]] = error.kind.context  # type: ignore[attr-defined]
    if isinstance(error.instance, dict) and all(_lacks_type(branch) for branch in branches):
        yield Complaint((*error.instance_path, "@type"), "missing", _MISSING)
    else:
        nearest = min(branches, key=lambda branch: _distance(branch, error))
        yield from complaints_in(nearest)


def _of_type(error: ValidationError) -> Iterator[Complaint]:
    # What is no string at all, the schema of the attribute itself complains of.
    if isinstance(error.instance, str):
        yield Complaint((*error.instance_path,), UNKNOWN_TYPE, f"{_enum_reason(error)}; {_EXTENSION}")


def _lacks_type(branch: Sequence[ValidationError]) -> bool:
    return any(error.kind.name == "required" and error.kind.value == "@type" for error in branch)


def _distance(branch: Sequence[ValidationError], whole: ValidationError) -> tuple[int, int, int, int]:
    # A branch that objects to the kind of the value itself is further off than one that looked inside, then one that
    # does to more of what is inside, and of two that object to as much, the one that is for other words.
    kinds, at = [error.kind.name for error in branch], len(whole.instance_path)
    own = sum(error.kind.name == "type" and len(error.instance_path) == at for error in branch)
    return own, kinds.count("type"), len(branch), kinds.count("enum")


def _code(kind: str) -> str:
    return {
        "type": "wrongType",
        WHOLE: "wrongType",
        "enum": "notAllowed",
        "const": "notAllowed",
        "format": "wrongFormat",
        INSTANT: "wrongFormat",
        "pattern": "wrongFormat",
    }.get(kind, "invalid")


def _type_reason(error: ValidationError) -> str:
    types: list[str] = error.kind.types  # type: ignore[attr-defined]
    if types == ["integer"] and _kind_of(error.instance) == "a number":
        return _WHOLE_REASON
    wanted = " or ".join(_ARTICLES.get(name, f"a {name}") for name in types)
    return f"must be {wanted}, not {_kind_of(error.instance)}"


def _kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    kinds = {"str": "a string", "dict": "an object", "list": "an array"}
    return kinds.get(type(value).__name__, "a number")


def _enum_reason(error: ValidationError) -> str:
    options: Sequence[Any] = error.kind.options  # type: ignore[attr-defined]
    # One published state ends with a blank, and is taken without it too.
    options = list(dict.fromkeys(str(option).strip() for option in options if option is not None))
    shown = ", ".join(options[:MOST_OPTIONS])
    return f"must be one of: {shown}{', ...' if len(options) > MOST_OPTIONS else ''}"


def _format_reason(error: ValidationError) -> str:
    name: str = error.kind.format  # type: ignore[attr-defined]
    return f"must be {_FORMATS.get(name, f'of the format {name}')}"


def _pattern_reason(error: ValidationError) -> str:
    pattern: str = error.kind.pattern  # type: ignore[attr-defined]
    return f"must match the pattern {pattern}"


def _limit_reason(words: str) -> Callable[[ValidationError], str]:
    return lambda error: words.format(getattr(error.kind, "limit", ""))


def _unexpected_reason(error: ValidationError) -> str:
    return f"can't have {', '.join(getattr(error.kind, 'unexpected', error.kind.value))}"


def _unexplained(error: ValidationError) -> str:
    return f"breaks the rule '{error.kind.name}' of its schema"


_WHOLE_REASON = "must be a whole number, without a fraction"
_REASONS: dict[str, Callable[[ValidationError], str]] = {
    "type": _type_reason,
    WHOLE: lambda _error: _WHOLE_REASON,
    "enum": _enum_reason,
    "format": _format_reason,
    INSTANT: lambda _error: f"must be {_FORMATS['date-time']}",
    "pattern": _pattern_reason,
    "const": lambda error: f"must be {dumps_text(error.kind.expected_value)}",  # type: ignore[attr-defined]
    "multipleOf": lambda error: f"must be a multiple of {error.kind.multiple_of}",  # type: ignore[attr-defined]
    "exclusiveMinimum": _limit_reason("must be more than {}"),
    "exclusiveMaximum": _limit_reason("must be less than {}"),
    "maxProperties": _limit_reason("must have {} attributes or less"),
    "falseSchema": lambda _error: "can't be there",
    "minimum": _limit_reason("must be {} or more"),
    "maximum": _limit_reason("must be {} or less"),
    "minLength": _limit_reason("must have {} characters or more"),
    "maxLength": _limit_reason("must have {} characters or less"),
    "minItems": _limit_reason("must have {} members or more"),
    "maxItems": _limit_reason("must have {} members or less"),
    "minProperties": _limit_reason("must have {} attributes or more"),
    "uniqueItems": _limit_reason("must not have the same member twice"),
    "additionalProperties": _unexpected_reason,
    "unevaluatedProperties": _unexpected_reason,
}
