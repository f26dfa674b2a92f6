"""Paths of JSON Patch Query: `/relatedParty/name?role=vendor` selects the members of an array by what they say.

The same can be said in JSONPath, `$.relatedParty[?@.role=='vendor'].name`: TMF630 Part 5 has both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from jsonpointer import JsonPointer, JsonPointerException

from apis.tmf630.patch_jsonpath import places_at
from apis.tmf630.translation import is_place, place_of
from core.entity import values_at
from core.errors import Conflict, InvalidInput

Pointer = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueryPointer:
    """A path into a document: its steps, and for some of them what an array member must say to be meant."""

    steps: Pointer
    conditions: tuple[tuple[Pointer, str], ...] = ()


def read_pointer(text: str, has_query: bool, place: str) -> QueryPointer:
    """Return the path that a patch operation writes as text (RFC 6901, with a query after `?` where there may be one).

    Raises InvalidInput naming `place`.
    """
    path, mark, query = text.partition("?") if has_query else (text, "", "")
    try:
        steps = tuple(JsonPointer(path).parts)
    except JsonPointerException as error:
        reason = "must be a JSON Pointer, such as /relatedParty/0/role"
        raise InvalidInput(reason, path=place, code="malformedPointer") from error
    return QueryPointer(steps, tuple(_conditions(query, place)) if mark else ())


def _conditions(query: str, place: str) -> Iterator[tuple[Pointer, str]]:
    """Yield the path and the value of each condition in the query of a path."""
    for part in query.split("&"):
        name, equals, value = (unquote_plus(each) for each in part.partition("="))
        steps = tuple(name.split("."))
        if not equals or not all(steps):
            reason = f"has '{part}' behind its '?', where there must be conditions, such as /relatedParty?role=vendor"
            raise InvalidInput(reason, path=place, code="malformedPointer")
        yield steps, _unquoted(value)


def places_meant(document: Any, text: str, has_query: bool, place: str, *, new: bool = False) -> list[Pointer]:
    """Return the places in a document that the path of a patch operation means, in document order.

    `new` is for operations that make what they lead to. Raises Conflict naming `place` when nothing fits,
    InvalidInput where it is malformed.
    """
    if has_query and text.startswith("$"):
        return places_at(document, text, place, new=new)
    return selected_pointers(document, read_pointer(text, has_query, place), place)


def written_pointer(pointer: Pointer) -> str:
    """Write a path as RFC 6901 does."""
    return str(JsonPointer.from_parts(pointer).path)


def selected_pointers(document: Any, pointer: QueryPointer, place: str) -> list[Pointer]:
    """Return the places that a path means, in document order.

    Without conditions that is the path itself. A condition's attribute counts from the resource
    (`productOrderItem.id=120`) or from the members of the last array on the path (`role=vendor`). An array at the end
    of the path is meant itself unless a condition is about its members. Raises Conflict when nothing fits.
    """
    if not pointer.conditions:
        return [pointer.steps]
    found = [
        concrete
        for concrete, chain in _walk(document, pointer, (), ())
        if all(_holds(condition, document, chain) for condition in pointer.conditions)
    ]
    if not found:
        wanted = "&".join(f"{'.'.join(path)}={value}" for path, value in pointer.conditions)
        raise Conflict(f"nothing at '{written_pointer(pointer.steps)}' has {wanted}", path=place, code="patchConflict")
    return found


Chain = tuple[tuple[Pointer, Any], ...]


def _walk(value: Any, rest: QueryPointer, done: Pointer, chain: Chain) -> Iterator[tuple[Pointer, Chain]]:
    """Yield the concrete paths, each with the array members on its way (the array's attribute path, the member)."""
    steps = rest.steps
    names = tuple(step for step in done if not is_place(step))
    if isinstance(value, list) and _leads_to_members(rest, names, chain):
        for number, member in enumerate(value):
            yield from _walk(member, rest, (*done, str(number)), (*chain, (names, member)))
    elif not steps:
        yield done, chain
    else:
        following = QueryPointer(steps[1:], rest.conditions)
        yield from _walk(_step(value, steps[0]), following, (*done, steps[0]), chain)


def _leads_to_members(rest: QueryPointer, names: Pointer, chain: Chain) -> bool:
    """Tell whether a path goes on into the members of the array at `names`."""
    if rest.steps:
        return not is_place(rest.steps[0])
    passed = [array for array, _ in chain]
    return any(
        not any(_is_below(path, array) for array in passed) or _is_below(path, names) for path, _ in rest.conditions
    )


def _is_below(path: Pointer, names: Pointer) -> bool:
    return len(path) > len(names) and path[: len(names)] == names


def _step(value: Any, step: str) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and (at := place_of(step)) is not None and at < len(value):
        return value[at]
    return None


def _holds(condition: tuple[Pointer, str], document: Any, chain: Chain) -> bool:
    path, wanted = condition
    for names, member in reversed(chain):
        if _is_below(path, names):
            return _says(member, path[len(names) :], wanted)
    return _says(chain[-1][1] if chain else document, path, wanted)


def _says(value: Any, path: Pointer, wanted: str) -> bool:
    return any(_text(found) == wanted for found in values_at(value, path))


def _text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
