"""Turns the marked base schemas of a spec file into complete schemas with their creation and modification variants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Schema = dict[str, Any]
POINTER = "#/components/schemas/"
MARKS = {"create": "x-create", "patch": "x-patch"}


def references(node: Any) -> Iterator[str]:
    """Names of the schemas that a node refers to, at any depth, as parts or as subtypes."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value.removeprefix(POINTER)
            elif key == "discriminator":
                yield from (target.removeprefix(POINTER) for target in value["mapping"].values())
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def point(node: Any, rename: Mapping[str, str]) -> Any:
    """A copy of a node with bare names made JSON pointers, renamed where `rename` says so.

    A `$ref` with other keys beside it becomes an `allOf`, because OpenAPI 3.0 ignores siblings of a `$ref`.
    """
    if isinstance(node, list):
        return [point(value, rename) for value in node]
    if not isinstance(node, Mapping):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {key: point(value, rename) for key, value in node.items()}
    name = reference.removeprefix(POINTER)
    pointer = {"$ref": POINTER + rename.get(name, name)}
    siblings = {key: value for key, value in node.items() if key != "$ref"}
    return {"allOf": [pointer], **siblings} if siblings else pointer


def vary(schema: Schema, mark: str, rename: Mapping[str, str]) -> Schema:
    """The variant of a schema that its mark describes.

    `required` replaces the list of mandatory properties, `without` leaves properties out, `only` leaves out all others.
    """
    change = schema.get(mark) or {}
    varied = {key: value for key, value in schema.items() if not key.startswith("x-")}
    properties = schema.get("properties", {})
    left_out = set(change.get("without", ())) or properties.keys() - change.get("only", properties)
    if left_out:
        varied["properties"] = {name: value for name, value in properties.items() if name not in left_out}
    required: list[str] = change["required"] if "required" in change else schema.get("required", [])
    varied["required"] = [name for name in required if name not in left_out]
    if not varied["required"]:
        del varied["required"]
    complete: Schema = point(varied, rename)
    return complete


def varying(schemas: Mapping[str, Schema], mark: str, roots: Iterable[str]) -> set[str]:
    """Names of the schemas that look different in a variant: marked ones, and whatever refers to one."""
    users: dict[str, set[str]] = {}
    for name, schema in schemas.items():
        for used in references(schema):
            users.setdefault(used, set()).add(name)
    found: set[str] = set()
    waiting = [name for name, schema in schemas.items() if mark in schema] + list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(users.get(name, ()))
    return found


def reachable(schemas: Mapping[str, Schema], roots: Iterable[str]) -> set[str]:
    """Names of the schemas that can be met starting from the given ones; ValueError for one that nobody defines."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in schemas:
            raise ValueError(f"{name}: a spec file refers to this schema, and none defines it")
        if name not in found:
            found.add(name)
            waiting.extend(references(schemas[name]))
    return found


def descendants(schemas: Mapping[str, Schema]) -> dict[str, list[str]]:
    """For each schema the names of itself and of all that extend it through `allOf`, directly or further down."""
    children: dict[str, list[str]] = {}
    for name, schema in schemas.items():
        for part in schema.get("allOf", ()):
            children.setdefault(part["$ref"].removeprefix(POINTER), []).append(name)

    def family(name: str) -> list[str]:
        members = [name]
        for child in children.get(name, ()):
            members += [member for member in family(child) if member not in members]
        return members

    return {name: family(name) for name in schemas}


def name_subtypes(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Gives every typed schema, and every union of them, its discriminator over `@type`.

    A schema is typed when it extends, directly or not, one marked `x-root`; roots themselves name no subtypes.
    """
    families = descendants(schemas)
    roots = {name for name, schema in schemas.items() if schema.get("x-root")}
    typed = {member for root in roots for member in families[root]} - roots
    named: dict[str, Schema] = {}
    for name, schema in schemas.items():
        options = [part["$ref"].removeprefix(POINTER) for part in schema.get("anyOf", ())]
        members = [member for option in options for member in families[option]]
        if name in typed:
            members = families[name]
        named[name] = {**schema, "discriminator": discriminate(members, schemas)} if members else schema
    return named


def discriminate(names: Iterable[str], schemas: Mapping[str, Schema]) -> Schema:
    """The discriminator object over `@type` for the given schemas and for the names that their `x-types` add."""
    mapping = {}
    for name in names:
        for value in (name, *schemas[name].get("x-types", ())):
            mapping[value] = POINTER + name
    return {"propertyName": "@type", "mapping": mapping}


def complete(
    schemas: Mapping[str, Schema], roots: Mapping[str, list[str]], suffixes: Mapping[str, str]
) -> dict[str, Schema]:
    """All schemas and their variants; `roots` and `suffixes` are by variant, "create" and "patch".

    A root always has its variant, so that names are regular even where nothing differs.
    """
    named = name_subtypes(schemas)
    result = {name: vary(schema, "", {}) for name, schema in named.items()}
    for variant, mark in MARKS.items():
        different = varying(named, mark, roots[variant])
        rename = {name: name + suffixes[variant] for name in different}
        for name in different:
            result[rename[name]] = rename_subtypes(vary(named[name], mark, rename), rename)
    return result


def rename_subtypes(schema: Schema, rename: Mapping[str, str]) -> Schema:
    """Points the discriminator of a variant to the variants of the subtypes."""
    if "discriminator" not in schema:
        return schema
    mapping = schema["discriminator"]["mapping"]
    names = {value: target.removeprefix(POINTER) for value, target in mapping.items()}
    renamed = {value: POINTER + rename.get(name, name) for value, name in names.items()}
    return {**schema, "discriminator": {**schema["discriminator"], "mapping": renamed}}
