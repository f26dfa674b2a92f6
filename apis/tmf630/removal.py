"""Lets the body of a merge patch say null wherever that removes something (RFC 7396), as the document must say.

Null removes an attribute of the resource or of an object in it. Arrays are replaced as a whole, so that what is in
them has the usual schemas; objects outside of arrays are given schemas of their own, `<Name>_Merge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from apis.tmf630.shapes import component_name

Schema = dict[str, Any]
SUFFIX = "_Merge"


def allow_removal(schemas: Mapping[str, Schema], roots: Iterable[str], suffix: str) -> dict[str, Schema]:
    """Return complete schemas in which null is allowed in the merge patches that `roots` are the bodies of.

    `suffix` is that of the variant for patches, which the names of the added schemas leave out.
    """
    return MergePatches(schemas, roots, suffix).schemas()


class MergePatches:
    """The schemas of one document, on their way to allow nulls in merge patches."""

    def __init__(self, schemas: Mapping[str, Schema], roots: Iterable[str], suffix: str) -> None:
        self._before = schemas
        self._names = {name: name for name in roots}
        self._suffix = suffix

    def schemas(self) -> dict[str, Schema]:
        """Return all schemas, those of the patches changed and followed by what they lead to."""
        after = dict(self._before)
        waiting, known = list(self._names), set(self._names)
        while waiting:
            name = waiting.pop()
            after[self._names[name]] = self._merging(self._before[name])
            waiting += self._names.keys() - known
            known |= self._names.keys()
        return after

    def _name(self, pointer: str) -> str:
        name = component_name(pointer)
        return pointer.removesuffix(name) + self._names.setdefault(name, name.removesuffix(self._suffix) + SUFFIX)

    def _merging(self, schema: Schema) -> Schema:
        """Return the schema of an object or of a part of one: every attribute that it doesn't require may be null."""
        if "$ref" in schema:
            return {**schema, "$ref": self._name(schema["$ref"])}
        return dict(self._parts(schema))

    def _parts(self, schema: Schema) -> Iterator[tuple[str, Any]]:
        required = schema.get("required", ())
        for key, value in schema.items():
            if key == "properties":
                yield key, {n: self._attribute(below, n in required) for n, below in value.items()}
            elif key in ("allOf", "anyOf", "oneOf"):
                yield key, [self._merging(part) for part in value]
            elif key == "discriminator":
                yield key, {**value, "mapping": {kind: self._name(target) for kind, target in value["mapping"].items()}}
            else:
                yield key, value

    def _attribute(self, schema: Schema, is_required: bool) -> Schema:
        merging = self._merging(schema)
        if is_required or not schema:
            return merging
        if "$ref" in merging:
            return {"allOf": [merging], "nullable": True}
        options = {"enum": [*merging["enum"], None]} if "enum" in merging else {}
        return {**merging, **options, "nullable": True}
