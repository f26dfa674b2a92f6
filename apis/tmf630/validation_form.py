"""Rewrites OpenAPI 3.0 schemas into plain JSON Schema in which `@type` picks the subtype.

JSON Schema knows neither `discriminator` nor `nullable`. A component that has subtypes is given a second form,
`any:<Name>`, which every attribute that refers to it uses; inheritance (`allOf`) uses the plain form. In the second
form a known `@type` chooses its schema; an unknown one with a known `@baseType` is valid as that type, and any
other as the base type itself (TMF630: an extension is valid as what it extends).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apis.tmf630.shapes import Node, component_name, mapping_of

CHOICE = "any:"
# Absolute, without characters that no URI has. Ports may be words, as in the published examples.
URI_PATTERN = r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"
_ANNOTATIONS = frozenset(
    ["description", "title", "example", "examples", "default", "deprecated", "readOnly", "writeOnly", "xml"]
) | {"externalDocs", "discriminator", "nullable", "format"}
_FORMATS = frozenset(("date-time", "date", "time", "email", "ipv4", "ipv6", "uuid", "hostname"))
_NESTED = {"allOf": list, "anyOf": list, "oneOf": list, "items": dict, "not": dict, "properties": Mapping}
JsonSchema = dict[str, Any]


class ValidationForm:
    """The schemas of one document, ready to be compiled: `{"allOf": [form.of(schema)], "definitions": ...}`."""

    def __init__(self, schemas: Mapping[str, Node]) -> None:
        self._schemas = schemas
        self._with_subtypes = {name for name, node in schemas.items() if _has_subtypes(name, node)}
        self.definitions: dict[str, JsonSchema] = {}
        for name, node in schemas.items():
            self.definitions[name] = self.of(node, inherits=True)
        for name in self._with_subtypes:
            self.definitions[CHOICE + name] = self._choice(name, schemas[name])

    def of(self, node: Node, *, inherits: bool = False) -> JsonSchema:
        """Return the form of one schema; `inherits` says that references in `allOf` are base types."""
        if "$ref" in node:
            name = component_name(node["$ref"])
            return _refer(CHOICE + name if name in self._with_subtypes and not inherits else name)
        form = {key: value for key, value in node.items() if key not in _ANNOTATIONS and not key.startswith("x-")}
        form |= _format(node.get("format"))
        for key in _NESTED.keys() & form.keys():
            form[key] = self._nested(key, form[key], inherits)
        if isinstance(form.get("additionalProperties"), Mapping):
            form["additionalProperties"] = self.of(form["additionalProperties"])
        return _nullable(form) if node.get("nullable") else form

    def _nested(self, key: str, value: Any, inherits: bool) -> Any:
        if key == "properties":
            return {name: self.of(below) for name, below in value.items()}
        if isinstance(value, Mapping):
            return self.of(value)
        return [self.of(part, inherits=inherits and key == "allOf") for part in value]

    def _choice(self, name: str, node: Node) -> JsonSchema:
        mapping = {kind: target for kind, target in mapping_of(node).items() if target != name}
        known = [*mapping, *(kind for kind, target in mapping_of(node).items() if target == name)]
        cases = {kind: _case(kind, known) for kind in mapping}
        parts = [{"anyOf": [{"not": case}, _refer(mapping[kind])]} for kind, case in cases.items()]
        return {"allOf": [*parts, {"anyOf": [{"anyOf": list(cases.values())}, self._otherwise(name, node)]}]}

    def _otherwise(self, name: str, node: Node) -> JsonSchema:
        options: Sequence[Node] = node.get("oneOf") or node.get("anyOf") or ()
        return {"anyOf": [self.of(option, inherits=True) for option in options]} if options else _refer(name)


def _has_subtypes(name: str, node: Node) -> bool:
    return any(target != name for target in mapping_of(node).values())


def _refer(name: str) -> JsonSchema:
    return {"$ref": f"#/definitions/{name}"}


def _is(attribute: str, values: Sequence[str]) -> JsonSchema:
    return {"type": "object", "required": [attribute], "properties": {attribute: {"enum": list(values)}}}


def _case(kind: str, known: Sequence[str]) -> JsonSchema:
    extends = {"allOf": [_is("@baseType", [kind]), {"not": _is("@type", known)}]}
    return {"anyOf": [_is("@type", [kind]), extends]}


def _format(name: str | None) -> JsonSchema:
    if name == "uri":
        return {"pattern": URI_PATTERN}
    return {"format": name} if name in _FORMATS else {}


def _nullable(form: JsonSchema) -> JsonSchema:
    return {"anyOf": [form, {"enum": [None]}]}
