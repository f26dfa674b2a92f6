"""Reads the filters of a query string: attribute, operator, values; commas, repetition and semicolons mean OR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from apis.tmf630.attributes import OPERATORS, Attributes
from core.errors import Fault
from core.query import AnyOf, Criterion, Path

Pairs = Sequence[tuple[str, str]]
_VALUE = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^,]*))\s*(?:,|$)""", re.DOTALL)
_VALUE_IN_QUOTES = re.compile(r""".*(?:^|,)\s*["']""", re.DOTALL)
_OPEN = re.compile(r""""(?:[^"\\]|\\.)*|'(?:[^'\\]|\\.)*""", re.DOTALL)
_PARTS = re.compile(r"""(?:"(?:[^"\\]|\\.)*"(?=\s*(?:[,;]|$))|[^;])*""", re.DOTALL)
_SIGNS = {
    ">=": "gte",
    "<=": "lte",
    "!=": "ne",
    "<>": "ne",
    "*=": "regex",
    "=~": "regex",
    ">": "gt",
    "<": "lt",
    "≥": "gte",
    "≤": "lte",
    "=": "eq",
}
_SIGNED = re.compile(f"([^<>=!*≤≥]+)({'|'.join(map(re.escape, _SIGNS))})(.*)", re.DOTALL)

MIXTURE = (
    "with ';' there may be no other filter, since it isn't clear which belong together; "
    "filter=$[?(...)] has && and || with parentheses"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition as it is written: the name for faults, the path, the operator, the text of its values."""

    place: str
    path: Path
    operator: str
    text: str
    # The operator is the last of the names, which some attribute may have too.
    is_named: bool = False

    @property
    def values(self) -> list[str]:
        """Return the alternatives; a pattern may have commas of its own."""
        return [_unquoted(self.text)] if self.operator == "regex" else list(values_in(self.text))

    @property
    def fault(self) -> str | None:
        """Return what is wrong with how it is written, if anything."""
        text = self.text.strip()
        if self.operator in ("eq", "ne"):
            if text.startswith("="):
                return "has one = before its value; a value that begins with = stands in quotes"
        elif not text:
            return "has no value to compare with; an empty one is written in quotes"
        if self.operator != "regex" and _is_left_open(text):
            return (
                "has a quote that isn't closed; a value that begins with one stands in others, with \\ before it inside"
            )
        return None


def read_conditions(pairs: Pairs, attributes: Attributes) -> Iterator[Criterion]:
    """Yield the criteria that filters stand for, all of which must hold (TMF630 Part 1, attribute filtering).

    The same attribute with the same operator is one criterion with alternatives; what has no quotes is asked for
    as a whole too, so that a value is found as it was returned. `a=1;b=2` is one too; beside other
    filters it isn't clear what belongs together, and it is refused.
    """
    merged: dict[tuple[Path, str], list[str]] = {}
    places: dict[tuple[Path, str], str] = {}
    alternatives: list[tuple[str, list[Filter]]] = []
    for name, text in pairs:
        filters = [_as_declared(each, attributes) for each in filters_in(name, text)]
        faults = [Fault(each.place, "invalidValue", each.fault) for each in filters if each.fault]
        if faults:
            attributes.faults += faults
            continue
        if are_mixed(filters):
            alternatives.append((name, filters))
            continue
        for each in filters:
            key = each.path, each.operator
            merged.setdefault(key, []).extend(each.values)
            places.setdefault(key, each.place)
        for whole in _wholes(filters, text):
            if attributes.may_say(filters[0].path, whole):
                merged[filters[0].path, "eq"].append(whole)
    if alternatives and (merged or len(alternatives) > 1):
        attributes.faults.append(Fault(alternatives[0][0], "ambiguousFilter", MIXTURE))
        return
    for (path, operator), values in merged.items():
        if operator == "ne" and len(values) > 1:
            _refuse_several(places[path, operator], path, values, attributes)
        elif (condition := attributes.criterion(path, operator, values, places[path, operator])) is not None:
            yield condition
    for _, filters in alternatives:
        parts = [attributes.criterion(each.path, each.operator, each.values, each.place) for each in filters]
        yield AnyOf(tuple(part for part in parts if part is not None))


def are_mixed(filters: Iterable[Filter]) -> bool:
    """Tell whether the conditions that one pair of a query string says are alternatives of different kinds."""
    return len({(each.path, each.operator) for each in filters}) > 1


def values_in(text: str) -> Iterator[str]:
    """Yield the alternatives of a filter value: apart by commas, each in quotes if it likes, which protect commas."""
    position = 0
    while position <= len(text):
        found = _VALUE.match(text, position)
        if found is None:  # pragma: no cover - the third alternative matches whatever there is
            break
        quoted = found[1] if found[1] is not None else found[2]
        yield found[3].strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        if found.end() == len(text) and not found[0].endswith(","):
            break
        position = found.end()


def filters_in(name: str, text: str) -> Iterator[Filter]:
    """Yield what a pair of a query string says; `;` begins another condition, or another value of the same one."""
    # `a>1;b=2` arrives as the name `a>1;b` and the text `2`.
    begun, *others = _parts(name) if _SIGNED.match(name) else [name]
    if others:
        first, others = "", [*others[:-1], *_parts(f"{others[-1]}={text}" if text else others[-1])]
    else:
        first, *others = _parts(text) or [""]
    before = _read(begun, first)
    yield before
    for other in others:
        signed = _SIGNED.fullmatch(other)
        before = _filter(signed[1], signed[2], signed[3]) if signed else _next(before, other)
        yield before


def _next(before: Filter, text: str) -> Filter:
    return Filter(before.place, before.path, before.operator, text, before.is_named)


def _parts(text: str) -> list[str]:
    return [found[0] for found in _PARTS.finditer(text) if found[0] or not text] if ";" in text else [text]


def _read(name: str, text: str) -> Filter:
    """Read a pair, whose first `=` may be part of the operator (`a>=5`), or not be there at all (`a>5`)."""
    signed = _SIGNED.fullmatch(name)
    if signed is None:
        if name[-1:] in tuple("<>!*") and f"{name[-1]}=" in _SIGNS:
            return _filter(name[:-1], f"{name[-1]}=", text)
        if text.startswith("~"):
            return _filter(name, "=~", text[1:])
        return _filter(name, "=", text)
    said, sign, value = signed.groups()
    if not value and text and f"{sign}=" in _SIGNS:
        return _filter(said, f"{sign}=", text)
    return _filter(said, sign, f"{value}={text}" if text else value)


def _filter(name: str, sign: str, text: str) -> Filter:
    path, operator = tuple(name.strip().split(".")), _SIGNS[sign]
    if operator == "eq" and len(path) > 1 and path[-1] in OPERATORS:
        return Filter(name, path[:-1], path[-1], text, is_named=True)
    return Filter(name, path, operator, text)


def _as_declared(said: Filter, attributes: Attributes) -> Filter:
    """Return a filter on the attribute that is called like an operator, where the schema has such a one."""
    if not said.is_named or not attributes.declares(path := (*said.path, said.operator)):
        return said
    return Filter(said.place, path, "eq", said.text)


def _wholes(filters: Sequence[Filter], text: str) -> list[str]:
    """Return a text that may be one value as well as several, since its commas, semicolons and outer blanks may be its.

    Where it has quotes too, those say which it is.
    """
    # Another value after `;` may name the attribute again, which the text of none does.
    is_one = all(each.operator == "eq" for each in filters) and [each.text for each in filters] == (
        _parts(text) or [""]
    )
    is_plain = not any(_VALUE_IN_QUOTES.match(each.text) for each in filters)
    bare = text.strip()
    wholes = [bare] if "," in bare or ";" in bare else []
    return [*wholes, *([text] if text != bare else [])] if is_one and is_plain else []


def _is_left_open(text: str) -> bool:
    """Tell whether one of some values begins with a quote that is never closed."""
    return any(_OPEN.fullmatch(found[3].strip()) for found in _VALUE.finditer(text) if found[3])


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if is_quoted else text


def _refuse_several(place: str, path: Path, values: Sequence[str], attributes: Attributes) -> None:
    said = " && ".join(f"@.{'.'.join(path)}!='{value}'" for value in values[:2])
    reason = f"several values are alternatives, and every value is different from one of them; say filter=$[?({said})]"
    attributes.faults.append(Fault(place, "ambiguousFilter", reason))
