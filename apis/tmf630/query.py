"""Reads the query string of a list: a page, a selection of attributes, and equality filters on attribute paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

from apis.tmf630.fields import Selection, read_selection
from apis.tmf630.shapes import NOT_EXTENDED, Extended
from apis.tmf630.version import ServedResource
from core.errors import Fault, InvalidInput
from core.query import Condition, Query
from core.settings import Settings

Pairs = Sequence[tuple[str, str]]
Knows = Callable[[tuple[str, ...]], bool]
PAGING = ("fields", "offset", "limit")
# SQL counts in 64 bits; no list is longer than that.
MOST = 2**63 - 1
# Each is a join in SQLite, which takes 64; what the APIs have is hardly deeper than ten.
MOST_STEPS = 50
_VALUE = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^,]*))\s*(?:,|$)""", re.DOTALL)
_NAME = re.compile(r"[\w@:-]+(\.[\w@:-]+)*")


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What a list is asked for: which resources, and which of their attributes (None: all)."""

    query: Query
    selection: Selection | None


def read_list_request(
    pairs: Pairs,
    resource: ServedResource,
    settings: Settings,
    extended: Callable[[], Extended] = lambda: NOT_EXTENDED,
) -> ListRequest:
    """Return what the pairs of a query string ask for (TMF630 Part 1: filtering, attribute selection, pagination).

    A `limit` above the setting `max_limit` is cut to it. `extended` is asked for the types that registered schemas
    extend where a filter names an attribute that no specification knows. Raises InvalidInput that names every
    parameter and attribute that can't be understood.
    """
    if not pairs:
        return ListRequest(Query(limit=settings.default_limit), None)
    faults: list[Fault] = []
    offset = _whole_number(pairs, "offset", 0, faults)
    limit = min(_whole_number(pairs, "limit", settings.default_limit, faults), settings.max_limit)
    conditions = tuple(
        _conditions(pairs, partial(resource.knows, extended=cache(extended)), resource, settings, faults)
    )
    if faults:
        raise InvalidInput("the query can't be understood", faults=faults)
    return ListRequest(Query(conditions, min(offset, MOST), limit), read_selection(pairs))


def read_page(pairs: Pairs, settings: Settings) -> Query:
    """Return the page that a list without filters is asked for, as `read_list_request` does it."""
    faults: list[Fault] = []
    offset = _whole_number(pairs, "offset", 0, faults)
    limit = min(_whole_number(pairs, "limit", settings.default_limit, faults), settings.max_limit)
    if faults:
        raise InvalidInput("the query can't be understood", faults=faults)
    return Query(offset=min(offset, MOST), limit=limit)


def refuse_unknown_parameters(pairs: Pairs, known: frozenset[str]) -> None:
    """Refuse query parameters that an operation other than a list doesn't have."""
    faults = [Fault(name, "unknownParameter", _unknown_parameter(known)) for name, _ in pairs if name not in known]
    if faults:
        raise InvalidInput("the query can't be understood", faults=faults)


def values_in(text: str) -> Iterator[str]:
    """Yield the alternatives of a filter value: apart by commas, each in quotes if it likes, which protect commas."""
    position = 0
    while position <= len(text):
        found = _VALUE.match(text, position)
        if found is None:  # pragma: no cover - the third alternative matches whatever there is
            break
        quoted = found[1] if found[1] is not None else found[2]
        yield found[3].strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        if found.end() == len(text) and not found[0].endswith(","):
            break
        position = found.end()


def _conditions(
    pairs: Pairs, knows: Knows, resource: ServedResource, settings: Settings, faults: list[Fault]
) -> Iterator[Condition]:
    wanted: dict[str, list[str]] = {}
    for name, text in pairs:
        if name not in PAGING:
            wanted.setdefault(name, []).extend(values_in(text))
    for name, values in wanted.items():
        path = tuple(name.split("."))
        if len(path) > MOST_STEPS:
            faults.append(Fault(name, "tooDeep", f"a filter goes at most {MOST_STEPS} levels deep"))
            continue
        known = knows(path)
        if not _NAME.fullmatch(name) or not (known or settings.unknown_filters == "accept"):
            faults.append(Fault(name, "unknownAttribute", f"is not an attribute of {resource.name}"))
        elif any("\0" in value for value in values):
            faults.append(Fault(name, "notAllowed", "can't contain the character NUL"))
        else:
            yield resource.condition(path, tuple(dict.fromkeys(values)))


def _whole_number(pairs: Pairs, name: str, default: int, faults: list[Fault]) -> int:
    given = [text for key, text in pairs if key == name]
    if not given:
        return default
    if len(given) == 1 and given[0].isascii() and given[0].isdigit() and len(given[0]) < 100:
        return int(given[0])
    faults.append(Fault(name, "invalidParameter", "must be given once, as a whole number that is 0 or more"))
    return default


def _unknown_parameter(known: frozenset[str]) -> str:
    words = ", ".join(sorted(known)) if known else "none"
    return f"is not a parameter of this operation (there are: {words})"
