"""Reads the query string of a list or of one resource: filters, order, a page, a selection of attributes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from apis.tmf630.attributes import Attributes
from apis.tmf630.conditions import Pairs, read_conditions
from apis.tmf630.cursor import read_cursor
from apis.tmf630.fields import Selection, is_nothing_selected, named_paths, read_selection
from apis.tmf630.jsonpath_criteria import ArrayFilter, read_criterion
from apis.tmf630.jsonpath_filter import PLACE
from apis.tmf630.shapes import NOT_EXTENDED, Extended
from apis.tmf630.version import ServedResource
from core.errors import Fault, InvalidInput
from core.query import Criterion, Order, Path, Query
from core.settings import Settings

# How resources are shown; `fields` is in the documents, these aren't.
SHOWING = frozenset(("filter", "expand", "depth"))
OWN = SHOWING | {"fields", "offset", "limit", "after", "sort"}
# SQL counts in 64 bits; no list is longer than that.
MOST = 2**63 - 1
MOST_SORTS = 5
MOST_DEPTH = 3
Extensions = Callable[[], Extended]


@dataclass(frozen=True, slots=True)
class View:
    """How resources are shown: which attributes (None: all), which members of an array, which references in full.

    `expand` are dotted paths of references (none: all), to be followed `depth` times. `extensions` are canonical paths
    that no schema knows, each with what the query calls it, and what they are `perhaps`, a part of some value. `named`
    are all that it names, in its own words.
    """

    selection: Selection | None = None
    array: ArrayFilter | None = None
    expand: tuple[str, ...] = ()
    depth: int = 0
    extensions: dict[Path, str] = field(default_factory=dict)
    named: dict[Path, str] = field(default_factory=dict)
    perhaps: dict[Path, Criterion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListRequest:
    """What a list is asked for: which resources, and how they are shown."""

    query: Query
    view: View

    @property
    def selection(self) -> Selection | None:
        """Return which of their attributes (None: all)."""
        return self.view.selection


def read_list_request(
    pairs: Pairs, resource: ServedResource, settings: Settings, extended: Extensions = lambda: NOT_EXTENDED
) -> ListRequest:
    """Return what the pairs of a query string ask for (TMF630 Parts 1, 2 and 6).

    A `limit` above the setting `max_limit` is cut to it. `extended` is asked for the types that registered schemas
    extend where an attribute is named that no specification knows. Raises InvalidInput that names every
    parameter and attribute that can't be understood.
    """
    bounds: dict[str, Any] = {"count_limit": settings.count_limit, "scan_limit": settings.scan_limit}
    if not pairs:
        return ListRequest(Query(limit=settings.default_limit, **bounds), View())
    bounds["wording"] = resource.dialect.worded_path
    attributes = Attributes(resource, cache(extended), accepts_any=settings.unknown_filters == "accept")
    faults = attributes.faults
    offset = _whole_number(pairs, "offset", 0, faults)
    limit = min(_whole_number(pairs, "limit", settings.default_limit, faults), settings.max_limit)
    conditions: list[Criterion] = list(read_conditions([pair for pair in pairs if pair[0] not in OWN], attributes))
    view, criterion = _read_view(pairs, attributes)
    if criterion is not None:
        conditions.append(criterion)
    sort = _read_sort(pairs, attributes)
    after, passed = _read_after(pairs, sort, faults)
    if faults:
        raise InvalidInput("the query can't be understood", faults=faults)
    query = Query(tuple(conditions), min(offset, MOST), limit, sort, after, passed, **bounds)
    return ListRequest(query, view)


def read_page(pairs: Pairs, settings: Settings) -> Query:
    """Return the page that a list without filters is asked for, as `read_list_request` does it."""
    faults: list[Fault] = []
    offset = _whole_number(pairs, "offset", 0, faults)
    limit = min(_whole_number(pairs, "limit", settings.default_limit, faults), settings.max_limit)
    if faults:
        raise InvalidInput("the query can't be understood", faults=faults)
    return Query(offset=min(offset, MOST), limit=limit)


def read_view(
    pairs: Pairs, resource: ServedResource, settings: Settings, extended: Extensions = lambda: NOT_EXTENDED
) -> View:
    """Return how one resource is asked to be shown. Raises InvalidInput for what can't be understood."""
    if not pairs:
        return View()
    attributes = Attributes(resource, cache(extended), accepts_any=settings.unknown_filters == "accept")
    view, _ = _read_view(pairs, attributes)
    if attributes.faults:
        raise InvalidInput("the query can't be understood", faults=attributes.faults)
    if view.array is None and any(name == "filter" for name, _ in pairs):
        reason = "selects members of an array of the resource here, such as note[?(@.author=='x')]"
        raise InvalidInput("the query can't be understood", faults=[Fault("filter", "invalidFilter", reason)])
    return view


def refuse_unknown_parameters(pairs: Pairs, known: frozenset[str]) -> None:
    """Refuse query parameters that an operation other than a list doesn't have."""
    faults = [Fault(name, "unknownParameter", _unknown_parameter(known)) for name, _ in pairs if name not in known]
    if faults:
        raise InvalidInput("the query can't be understood", faults=faults)


def _read_view(pairs: Pairs, attributes: Attributes) -> tuple[View, Criterion | None]:
    criterion, array = read_criterion(_texts(pairs, PLACE), attributes)
    selection = read_selection(pairs)
    for path in named_paths(pairs):
        attributes.knows(path, f"fields={'.'.join(path)}")
    if selection and is_nothing_selected(pairs):
        attributes.faults.append(Fault("fields", "invalidParameter", "has 'none' beside attributes; none stands alone"))
    expand = tuple(name for text in _texts(pairs, "expand") for name in text.split(",") if name.strip())
    for name in expand:
        attributes.refers(tuple(name.strip().split(".")), f"expand={name}")
    depth = _whole_number(pairs, "depth", 1 if expand else 0, attributes.faults)
    if depth > MOST_DEPTH:
        attributes.faults.append(Fault("depth", "invalidParameter", f"must be at most {MOST_DEPTH}"))
    return View(selection, array, expand, depth, attributes.extensions, attributes.named, attributes.perhaps), criterion


def _read_sort(pairs: Pairs, attributes: Attributes) -> tuple[Order, ...]:
    names = [name for text in _texts(pairs, "sort") for name in text.split(",")]
    if len(names) > MOST_SORTS:
        attributes.faults.append(Fault("sort", "invalidParameter", f"has at most {MOST_SORTS} attributes"))
    orders: list[Order] = []
    for name in names[:MOST_SORTS]:
        # A plus sign that is not encoded arrives as a blank.
        path = tuple(name.strip().removeprefix("-").removeprefix("+").split("."))
        order = attributes.order(path, f"sort={name}", descending=name.strip().startswith("-"))
        orders += [order] if order else []
    return tuple(orders)


def _read_after(pairs: Pairs, sort: tuple[Order, ...], faults: list[Fault]) -> tuple[tuple[object, ...] | None, int]:
    texts = _texts(pairs, "after")
    if not texts:
        return None, 0
    if len(texts) > 1 or any(name == "offset" for name, _ in pairs):
        faults.append(Fault("after", "invalidParameter", "must be given once, and not together with offset"))
        return None, 0
    try:
        return read_cursor(texts[0], sort)
    except ValueError as error:
        faults.append(Fault("after", "invalidParameter", str(error)))
        return None, 0


def _texts(pairs: Pairs, wanted: str) -> Sequence[str]:
    return [text for name, text in pairs if name == wanted]


def _whole_number(pairs: Pairs, name: str, default: int, faults: list[Fault]) -> int:
    given = _texts(pairs, name)
    if not given:
        return default
    if len(given) == 1 and given[0].isascii() and given[0].isdigit() and len(given[0]) < 100:
        return int(given[0])
    faults.append(Fault(name, "invalidParameter", "must be given once, as a whole number that is 0 or more"))
    return default


def _unknown_parameter(known: frozenset[str]) -> str:
    words = ", ".join(sorted(known)) if known else "none"
    return f"is not a parameter of this operation (there are: {words})"
