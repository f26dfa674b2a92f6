"""Reads the filters of a query string: attribute, operator, values; commas, repetition and semicolons mean OR."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from apis.tmf630.attributes import OPERATORS, Attributes
from core.errors import Fault
from core.query import Criterion, Path, any_of

Pairs = Sequence[tuple[str, str]]
# The last backslash before the last quote can't be that of the quote.
_INSIDE, _INSIDE_SINGLE = (rf"(?:[^{mark}\\]|\\(?={mark}\s*$)|\\.)*" for mark in "\"'")
_IN_QUOTES = rf"""\s*(?:"({_INSIDE})"|'({_INSIDE_SINGLE})'|"""
_VALUE = re.compile(_IN_QUOTES + r"([^,]*))\s*(?:,|$)", re.DOTALL)
# A list of alternatives has no blanks behind its commas, as a text has.
_TEXT = re.compile(_IN_QUOTES + r"((?:[^,]|,(?=\s))*))\s*(?:,|$)", re.DOTALL)
_VALUE_IN_QUOTES = re.compile(r"""\s*["']|.*,["']""", re.DOTALL)
_OPEN = re.compile(r""""(?:[^"\\]|\\.)*|'(?:[^'\\]|\\.)*""", re.DOTALL)
# A single one is a quote where a value begins; inside of a word it is an apostrophe.
_PARTS = re.compile(
    rf"""(?:"{_INSIDE}"(?=\s*(?:[,;]|$))|(?<![^=,;<>!*~\s])'{_INSIDE_SINGLE}'(?=\s*(?:[,;]|$))|[^;])*""", re.DOTALL
)
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
# Operators of which a text that begins with a sign is all the value.
_WORDS = {*OPERATORS} - {"regex"}
_SIGNED = re.compile(f"([^<>=!*≤≥]+)({'|'.join(map(re.escape, _SIGNS))})(.*)", re.DOTALL)

# Resources are looked at for each of them.
MOST_ALTERNATIVES = 100
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
    # The attribute may be such a text.
    is_text: bool = False

    @property
    def values(self) -> list[str]:
        """Return the alternatives; a pattern may have commas of its own."""
        if self.operator == "regex":
            return [_unquoted(self.text)]
        return list(values_in(self.text, is_text=self.is_text, as_written=self.operator == "eq"))

    def fault(self, *, is_alone: bool) -> str | None:
        """Return what is wrong with how it is written, if anything.

        Where it is all that is said, and has one value, a quote that isn't closed can only belong to that.
        """
        text = self.text.strip()
        signs = {"eq": "=", "ne": "=", "regex": ""}.get(self.operator, "<>=")
        if text and text[0] in signs and not self.is_named:
            return f"has one {text[0]} before its value; a value that begins with {text[0]} stands in quotes"
        # The query string of `name!=` is that of `name!`.
        if not text and self.operator != "eq" and not (self.operator == "ne" and self.is_named):
            return "has no value to compare with; an empty one is written in quotes"
        if (
            self.operator != "regex"
            and _is_left_open(text, self.is_text)
            and not (is_alone and {*text}.isdisjoint(",;"))
        ):
            return (
                "has a quote that isn't closed; a value that begins with one stands in others, with \\ before it inside"
            )
        return None


def read_conditions(pairs: Pairs, attributes: Attributes) -> Iterator[Criterion]:
    """Yield the criteria that filters stand for, all of which must hold (TMF630 Part 1, attribute filtering).

    The same attribute with the same operator is one criterion with alternatives; what has no quotes is asked for
    as a whole too, so that a value is found as it was returned, and in a text what is before a blank is no sign
    between values. `a=1;b=2` is one too; beside other filters it isn't clear what belongs together, and it is refused.
    """
    merged: dict[tuple[Path, str], list[str]] = {}
    places: dict[tuple[Path, str], str] = {}
    alternatives: list[tuple[str, str, list[Filter]]] = []
    for name, text in pairs:
        filters = [_as_text(each, attributes) for each in filters_in(name, text, attributes)]
        said = [(each.place, each.fault(is_alone=len(filters) == 1)) for each in filters]
        faults = [Fault(place, "invalidValue", fault) for place, fault in said if fault]
        if faults:
            attributes.faults += faults
            continue
        if are_mixed(filters):
            if len({(each.path, each.operator) for each in filters}) > MOST_ALTERNATIVES:
                reason = f"a query has at most {MOST_ALTERNATIVES} different filters joined by ';'"
                attributes.faults.append(Fault(filters[0].place, "tooMany", reason))
                continue
            alternatives.append((name, text, filters))
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
    for name, text, filters in alternatives:
        yield _any_of_filters(name, text, filters, attributes)


def _any_of_filters(name: str, text: str, filters: Sequence[Filter], attributes: Attributes) -> Criterion:
    """Return that one of several filters is met, or that the first attribute has all of what is said as its value."""
    first, before = filters[0], {*attributes.extensions}
    parts = [attributes.criterion(each.path, each.operator, each.values, each.place) for each in filters]
    is_bare = first.operator == "eq" and not _SIGNED.match(name) and not _VALUE_IN_QUOTES.match(text)
    found = [part for part in parts if part is not None]
    if is_bare and len(found) == len(parts) and attributes.may_say(first.path, text):
        unknown = attributes.extensions.keys() - before - {attributes.canonical(first.path)}
        if whole := attributes.criterion(first.path, "eq", [text], first.place):
            found.append(whole)
            attributes.perhaps |= dict.fromkeys(unknown, whole)
    return any_of(found)


def are_mixed(filters: Iterable[Filter]) -> bool:
    """Tell whether the conditions that one pair of a query string says are alternatives of different kinds."""
    return len({(each.path, each.operator) for each in filters}) > 1


def values_in(text: str, *, is_text: bool = False, as_written: bool = False) -> Iterator[str]:
    """Yield the alternatives of a filter value: apart by commas, each in quotes if it likes, which protect commas.

    In a text a comma before a blank belongs to the value that it is in. What is in quotes is one `as_written`, too: its
    backslashes may be those of a value as it was returned.
    """
    position, value = 0, _TEXT if is_text else _VALUE
    while position <= len(text):
        found = value.match(text, position)
        if found is None:  # pragma: no cover - the third alternative matches whatever there is
            break
        if found[3] is not None:
            yield found[3].strip()
        else:
            quoted, mark = (found[1], '"') if found[1] is not None else (found[2], "'")
            yield (said := re.sub(rf"\\([\\{mark}])", r"\1", quoted))
            if as_written and said != quoted and mark not in quoted:
                yield quoted
        if found.end() == len(text) and not found[0].endswith(","):
            break
        position = found.end()


def filters_in(name: str, text: str, attributes: Attributes | None = None) -> Iterator[Filter]:
    """Yield what a pair of a query string says; `;` begins another condition, or another value of the same one.

    Which attributes there are tells what else belongs to the value before.
    """
    # `a>1;b=2` arrives as the name `a>1;b` and the text `2`.
    begun, *others = _parts(name) if _SIGNED.match(name) else [name]
    if others:
        first, others = "", [*others[:-1], *_parts(f"{others[-1]}={text}" if text else others[-1])]
    else:
        first, *others = _parts(text) or [""]
    before = _as_declared(_read(begun, first), attributes)
    for other in others:
        if attributes and _belongs_to(before, other, attributes):
            before = replace(before, text=f"{before.text};{other}")
        else:
            yield before
            before = _as_declared(_next(before, other), attributes)
    yield before


def _next(before: Filter, said: str) -> Filter:
    # Signs inside of quotes are the value's.
    signed = None if said.lstrip()[:1] in tuple("\"'") else _SIGNED.fullmatch(said)
    return _filter(*signed.groups()) if signed else replace(before, text=said)


def _belongs_to(before: Filter, said: str, attributes: Attributes) -> bool:
    """Tell whether what is behind a semicolon and a blank is of the text before it, and no filter of its own."""
    if not said[0].isspace() or _VALUE_IN_QUOTES.match(before.text):
        return False
    signed = _SIGNED.fullmatch(said)
    if signed and attributes.has(_as_declared(_filter(*signed.groups()), attributes).path):
        return False
    return attributes.may_say(before.path, f"{before.text};{said}")


def _parts(text: str) -> list[str]:
    return [found[0] for found in _PARTS.finditer(text) if found[0] or not text] if ";" in text else [text]


def _read(name: str, text: str) -> Filter:
    """Read a pair, whose first `=` may be part of the operator (`a>=5`), or not be there at all (`a>5`)."""
    signed = _SIGNED.fullmatch(name)
    if signed is None:
        if name[-1:] in tuple("<>!*") and f"{name[-1]}=" in _SIGNS:
            return _filter(name[:-1], f"{name[-1]}=", text)
        if text.startswith("~") and name.rpartition(".")[2] not in _WORDS:
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


def _as_declared(said: Filter, attributes: Attributes | None) -> Filter:
    """Return a filter on the attribute that is called like an operator, where the schema has such a one."""
    if not attributes or not said.is_named or not attributes.declares(path := (*said.path, said.operator)):
        return said
    return Filter(said.place, path, "eq", said.text)


def _as_text(said: Filter, attributes: Attributes) -> Filter:
    return replace(said, is_text=True) if "," in said.text and attributes.may_say(said.path, said.text) else said


def _wholes(filters: Sequence[Filter], text: str) -> list[str]:
    """Return a text that may be one value as well as several, since its commas, semicolons and outer blanks may be its.

    Where it has quotes too, those say which it is.
    """
    # Another value after `;` may name the attribute again, which the text of none does.
    said = ";".join(each.text for each in filters)
    is_one = all(each.operator == "eq" for each in filters) and _parts(said) == (_parts(text) or [""])
    is_plain = not any(_VALUE_IN_QUOTES.match(each.text) for each in filters)
    bare = text.strip()
    wholes = [bare] if "," in bare or ";" in bare else []
    return [*wholes, *([text] if text != bare else [])] if is_one and is_plain else []


def _is_left_open(text: str, is_text: bool) -> bool:
    """Tell whether one of some values begins with a quote that is never closed."""
    values = (_TEXT if is_text else _VALUE).finditer(text)
    return any(_OPEN.fullmatch(found[3].strip()) for found in values if found[3])


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if is_quoted else text


def _refuse_several(place: str, path: Path, values: Sequence[str], attributes: Attributes) -> None:
    said = " && ".join(f"@.{'.'.join(path)}!='{value}'" for value in values[:2])
    reason = f"several values are alternatives, and every value is different from one of them; say filter=$[?({said})]"
    attributes.faults.append(Fault(place, "ambiguousFilter", reason))
