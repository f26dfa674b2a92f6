"""Which attributes a JSON Schema names, through references, alternatives, objects and arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from jsonpointer import JsonPointer, JsonPointerException

PARTS = ("allOf", "anyOf", "oneOf", "prefixItems")
PART = ("items", "if", "then", "else")
KEYED = ("dependentSchemas", "dependencies")
Node = Mapping[str, Any]


def knows(schema: Node, path: tuple[str, ...]) -> bool:
    """Tell whether a schema names an attribute; inside an object of which it says nothing more, anything may stand."""
    found: list[Any] = [schema]
    for number, step in enumerate(path):
        parts = [part for node in found for part in _parts(node, schema, set())]
        if number and not any("properties" in part for part in parts):
            return any(_may_be_object(part) for part in parts)
        found = [
            part["properties"][step]
            for part in parts
            if isinstance(part.get("properties"), Mapping) and step in part["properties"]
        ]
        # `false` says that an attribute is never there.
        found = [{} if node is True else node for node in found if node is not False]
    return bool(found)


def _parts(node: Any, root: Node, seen: set[int]) -> Iterator[Node]:
    """Yield a schema with all that speaks of the same value, or of the members where it is an array."""
    if not isinstance(node, Mapping) or id(node) in seen:
        return
    seen.add(id(node))
    yield node
    below = [node[name] for name in PART if name in node]
    for name in PARTS:
        below += node.get(name, ())
    if isinstance(node.get("items"), list):  # draft 7
        below += node["items"]
    for name in KEYED:
        below += node.get(name, {}).values()
    if isinstance(node.get("$ref"), str):
        below.append(_target(root, node["$ref"]))
    for part in below:
        yield from _parts(part, root, seen)


def _target(root: Node, reference: str) -> Any:
    try:
        return JsonPointer(unquote(reference.removeprefix("#"))).resolve(root)
    except JsonPointerException:  # an anchor: the schema is valid, but its attributes are no filters
        return None


def _may_be_object(part: Node) -> bool:
    if "items" in part:
        return False
    types = part.get("type", "object")
    return "object" in ([types] if isinstance(types, str) else types)
