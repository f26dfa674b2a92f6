"""Applies a PATCH body to a document in every media type of TMF630: merge patch, JSON Patch, JSON Patch Query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import json_merge_patch
from jsonpatch import InvalidJsonPatch, JsonPatch, JsonPatchConflict, JsonPatchException, JsonPatchTestFailed
from jsonpointer import JsonPointerException

from apis.tmf630.complaints import UNKNOWN_TYPE, Complaint, written_path
from apis.tmf630.completion import complete
from apis.tmf630.json_body import parse_body
from apis.tmf630.patch_query import Pointer, places_meant, written_pointer
from apis.tmf630.translation import is_place, place_of
from apis.tmf630.version import ServedResource
from core.entity import copied
from core.errors import Conflict, Fault, InvalidInput, TooLarge
from core.storage.json import dumps

MERGE = ("application/json", "application/merge-patch+json")
QUERY = "application/json-patch-query+json"
# Each may look through the whole resource.
MOST_QUERIES = 200
Document = dict[str, Any]
Change = Callable[[Document], Document]


def repeated_types(
    complaints: Iterable[Complaint], faults: Iterable[Fault]
) -> tuple[tuple[Pointer, ...], tuple[Fault, ...]]:
    """Return where a merge patch names types that nobody knows, and its other faults.

    The resource may have such a type, and say what that extends. An array takes the place of what is there, so its
    members have to say that themselves.
    """
    steps = [each.path for each in complaints if each.code == UNKNOWN_TYPE]
    places = {
        written_path(path): tuple(map(str, path)) for path in steps if not any(type(step) is int for step in path)
    }
    others = tuple(fault for fault in faults if fault.code != UNKNOWN_TYPE or fault.path not in places)
    return tuple(places.values()), others


def read_patch(
    media_type: str, body: Any, resource: ServedResource, most_bytes: int, repeated: Sequence[Pointer] = ()
) -> Change:
    """Return the change that a validated PATCH body asks for, from and to a resource as its version words it.

    RFC 7396 (merge patch, plain JSON too), RFC 6902 (JSON Patch) and TMF630 Part 5 (JSON Patch Query, a query in the
    path or a JSONPath selects array members). `repeated` are the places of types that the resource must have. The
    change raises InvalidInput for an operation that is malformed (RFC 5789, section 2.2), Conflict for one that doesn't
    fit the resource, TooLarge when the outcome has more than `most_bytes`.
    """
    if media_type in MERGE:
        return lambda document: _within(_merge(document, body, resource, repeated), most_bytes)
    return lambda document: _operate(document, body, resource, media_type == QUERY, most_bytes)


def _merge(document: Document, body: Any, resource: ServedResource, repeated: Iterable[Pointer]) -> Any:
    for place in repeated:
        if (known := _value_at(document, place)) != _value_at(body, place):
            wanted = f"'{known}', as it is" if isinstance(known, str) else "a type that is known"
            reason = f"must be {wanted}; an extension says in @baseType what it extends"
            raise Conflict(reason, path=".".join(place), code=UNKNOWN_TYPE)
    # The document gets parts of the patch, which others may change: a transaction that is repeated needs it whole.
    return json_merge_patch.merge(document, _whole(document, body, resource))


def _whole(document: Document, body: Any, resource: ServedResource) -> Any:
    """Return a copy of a merge patch, with what only the canonical version has a name for."""
    version = resource.version
    return copied(body if version.is_canonical else complete(version.shapes, resource.schema, document, body))


def _operate(
    document: Document, operations: Sequence[Document], resource: ServedResource, has_query: bool, most_bytes: int
) -> Document:
    if has_query and len(operations) > MOST_QUERIES:
        raise TooLarge(f"a patch with queries has at most {MOST_QUERIES} operations", path=f"[{MOST_QUERIES}]")
    for number, operation in enumerate(operations):
        for concrete in _concrete(document, operation, resource, has_query, f"[{number}]"):
            document = _apply(document, concrete, f"[{number}]")
        if operation["op"] == "copy" and len(dumps(document)) > most_bytes:
            # Copies of copies grow without end; stop them on the way.
            raise TooLarge(f"the resource would have more than {most_bytes} bytes", path=f"[{number}]")
    return _within(document, most_bytes)


def _concrete(
    document: Document, operation: Document, resource: ServedResource, has_query: bool, place: str
) -> list[Document]:
    """Return the operation on each place that its path leads to, last first, so that removals don't shift places."""
    makes = operation["op"] in ("add", "move", "copy")
    targets = places_meant(document, operation["path"], has_query, f"{place}.path", new=makes)
    if operation["op"] in ("move", "copy"):
        source = _source(document, operation, has_query, place)
        return [
            each for to in reversed(targets) for each in _relocation(document, operation["op"], source, to, resource)
        ]
    if operation["op"] == "add":
        return [_addition(document, target, operation["value"], resource) for target in reversed(targets)]
    extra = {"value": operation["value"]} if "value" in operation else {}
    return [{"op": operation["op"], "path": written_pointer(target), **extra} for target in reversed(targets)]


def _source(document: Document, operation: Document, has_query: bool, place: str) -> Pointer:
    pointers = places_meant(document, operation["from"], has_query, f"{place}.from")
    if len(pointers) != 1:
        raise Conflict("must lead to one place", path=f"{place}.from")
    return pointers[0]


def _relocation(
    document: Document, name: str, source: Pointer, target: Pointer, resource: ServedResource
) -> list[Document]:
    """Return a `move` or `copy`; one object that goes to an array attribute is appended, as `add` does it."""
    value, start = _value_at(document, source), written_pointer(source)
    addition = _addition(document, target, value, resource)
    if addition["value"] is value:
        return [{"op": name, "from": start, "path": addition["path"]}]
    made = {**addition, "value": copied(addition["value"])}
    return [made, {"op": "remove", "path": start}] if name == "move" else [made]


def _addition(document: Document, target: Pointer, value: Any, resource: ServedResource) -> Document:
    """Return an `add`; in TM Forum's dialect one object added to an array attribute is appended (TMF630 Part 1)."""
    present = _value_at(document, target)
    if isinstance(present, list) and isinstance(value, dict):
        target = (*target, "-")
    elif present is None and isinstance(value, dict) and _is_array(resource, target):
        value = [value]
    return {"op": "add", "path": written_pointer(target), "value": value}


def _value_at(document: Any, pointer: Pointer) -> Any:
    for step in pointer:
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and (at := place_of(step)) is not None and at < len(document):
            document = document[at]
        else:
            return None
    return document


def _is_array(resource: ServedResource, pointer: Pointer) -> bool:
    shapes, schema = resource.version.shapes, resource.schema
    if not pointer or not pointer[-1] or is_place(pointer[-1]):
        return False
    for step in pointer:
        if is_place(step):
            continue
        below = shapes.of(shapes.member(schema)).properties.get(step)
        if below is None:
            return False
        schema = below
    return shapes.of(schema).items is not None


def _apply(document: Document, operation: Document, place: str) -> Document:
    try:
        return JsonPatch([operation]).apply(document, in_place=True)  # type: ignore[no-any-return]
    except InvalidJsonPatch as error:
        raise InvalidInput(f"is not a JSON Patch operation: {error}", path=place, code="malformedPatch") from error
    except JsonPatchTestFailed as error:
        reason = f"the test fails: '{operation['path']}' has another value"
        raise Conflict(reason, path=place, code="testFailed") from error
    except (JsonPatchConflict, JsonPatchException, JsonPointerException) as error:
        reason = f"'{operation['op']}' of '{operation['path']}' does not fit the resource"
        raise Conflict(reason, path=place, code="patchConflict") from error


def _within(document: Any, most_bytes: int) -> Document:
    """Return a patched document after holding it to what a body must hold to: an object, size, depth, numbers."""
    if not isinstance(document, dict):
        raise Conflict("the patch leaves something that is not an object", path="")
    written = dumps(document)
    if len(written) > most_bytes:
        raise TooLarge(f"the resource would have more than {most_bytes} bytes", path="")
    parse_body(written)
    return document
