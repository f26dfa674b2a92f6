"""Spells out what component schemas inherit, for schemathesis, which loses the thread of one inside another.

To make a value of `allOf` it follows each reference once only until that value is made. A Product is Extensible, and so
is the ProductSpecificationRef in it, whose `id` then is made of any type and sorted out afterwards: 459 times in vain,
two minutes for one value.
"""

from __future__ import annotations

from typing import Any

POINTER = "#/components/schemas/"
Schema = dict[str, Any]


def spell_out(schemas: dict[str, Schema]) -> dict[str, Schema]:
    """Return component schemas that admit the same, where objects list all their properties and need no `allOf`."""
    return {name: spelled_out(schema, schemas) for name, schema in schemas.items()}


def spelled_out(schema: Schema, schemas: dict[str, Schema]) -> Schema:
    """Return a schema with all that it inherits; as it is where something else than objects is inherited from."""
    if "allOf" not in schema:
        return schema
    bases = [spelled_out(resolved(part, schemas), schemas) for part in schema["allOf"]]
    if any(base.get("type") != "object" or "allOf" in base or "anyOf" in base for base in bases):
        return schema
    merged: Schema = {}
    for part in [*bases, {key: value for key, value in schema.items() if key != "allOf"}]:
        properties = dict(merged.get("properties", {}))
        for name, own in part.get("properties", {}).items():
            properties[name] = both(properties[name], own) if name in properties else own
        required = list(dict.fromkeys([*merged.get("required", []), *part.get("required", [])]))
        merged = {**merged, **part, "properties": properties, **({"required": required} if required else {})}
    return merged


def both(inherited: Schema, own: Schema) -> Schema:
    """Return the schema of a property that a base has too: what only describes it anew adds nothing."""
    constrains = {key: value for key, value in inherited.items() if key != "description"}
    return own if constrains == {key: own.get(key) for key in constrains} else {"allOf": [inherited, own]}


def resolved(part: Schema, schemas: dict[str, Schema]) -> Schema:
    """Return what a part of an `allOf` refers to, or itself."""
    return schemas[part["$ref"].removeprefix(POINTER)] if "$ref" in part else part
