"""Rewrites OpenAPI 3.0 schemas into JSON Schema (draft 7) in which `@type` picks the subtype.

OpenAPI 3.0 goes by draft 4, which lacks `if`: choosing a subtype by it is more than twice as fast as by what draft 4
has. Where the drafts differ the form says what draft 4 means.

JSON Schema knows neither `discriminator` nor `nullable`. A component that has subtypes is given a second form,
`any:<Name>`, which every attribute that refers to it uses; inheritance (`allOf`) uses the plain form. In the second
form a known `@type` chooses its schema; an unknown one with a known `@baseType` is valid as that type, one with a
`@schemaLocation` as the base type itself (TMF630: an extension is valid as what it extends). An unknown `@type` that
says neither stands for nothing (OpenAPI, discriminator).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apis.tmf630.shapes import Node, component_name, mapping_of
from core.clock import exact_instant

CHOICE = "any:"
REFERENCE = "#/definitions/"
WHOLE = "whole"
INSTANT = "instant"
TYPE = "@type"
# Below here are the schemas of extensions that are registered with us (apis/tmf630/extensions.py).
SCHEMAS = "/tmf-api/schema/"
# Where the schema of an extension can be read: an absolute address, the name of a document, or a path of ours.
LOCATION = rf"^([A-Za-z][A-Za-z0-9+.-]*://|urn:|{SCHEMAS})[!-~]+$"
# No URI has a word for a port, but the published examples do: https://host:port/usageManagement/v4/usage/1.
URI_OF_EXAMPLES = r"^https?://[A-Za-z0-9.-]+:[A-Za-z]+(/[A-Za-z0-9._~/%?#=&-]*)?$"
# What is written so is read by a parser, which says better than a pattern what is wrong (apis/tmf630/patch_query.py).
PARSED = "json-patch-query"
# What the format lets pass and may be no instant of the years 1 to 9999, by itself or by its offset. A pattern costs
# little, the keyword calls us.
_DOUBTFUL = "^(-|0000|0001-01-01|9999-12-31)"
_ANNOTATIONS = frozenset(
    ["description", "title", "example", "examples", "default", "deprecated", "readOnly", "writeOnly", "xml"]
) | {"externalDocs", "discriminator", "nullable", "format"}
_FORMATS = frozenset(("date-time", "date", "time", "email", "ipv4", "ipv6", "uuid", "hostname"))
_NESTED = {"allOf": list, "anyOf": list, "oneOf": list, "items": dict, "not": dict, "properties": Mapping}
_ATTRIBUTES = frozenset(("type", "required", "properties"))
_INHERITING = _ATTRIBUTES | {"allOf"}
JsonSchema = dict[str, Any]
_LOCATED: JsonSchema = {"type": "string", "pattern": LOCATION}


class Whole:
    """The keyword by which 1.0 is no integer, as in draft 4; later drafts let it pass."""

    def __init__(self, _schema: JsonSchema, _value: Any, _path: list[str | int]) -> None:
        """Take what the library hands to every keyword."""

    def validate(self, instance: Any) -> None:
        """Raise ValueError for a number that is written with a fraction."""
        if not isinstance(instance, int):
            raise ValueError("not a whole number")


class Instant:
    """The keyword by which a date-time is an instant that the databases can say."""

    def __init__(self, _schema: JsonSchema, _value: Any, _path: list[str | int]) -> None:
        """Take what the library hands to every keyword."""

    def validate(self, instance: Any) -> None:
        """Raise ValueError for a date-time outside of the years 1 to 9999."""
        try:
            exact_instant(instance)
        except OverflowError as error:
            raise ValueError("outside of the years 1 to 9999") from error


class ValidationForm:
    """The schemas of one document, ready to be compiled: `{"allOf": [form.of(schema)], "definitions": ...}`."""

    def __init__(self, schemas: Mapping[str, Node]) -> None:
        self._schemas = schemas
        self._with_subtypes = {name for name, node in schemas.items() if mapping_of(node)}
        self.definitions: dict[str, JsonSchema] = {}
        for name, node in schemas.items():
            self.definitions[name] = self.of(node, inherits=True)
        self.definitions = {name: self._with_inherited(form) for name, form in self.definitions.items()}
        for name in self._with_subtypes:
            self.definitions[CHOICE + name] = self._choice(name, schemas[name])

    def of(self, node: Node, *, inherits: bool = False) -> JsonSchema:
        """Return the form of one schema; `inherits` says that references in `allOf` are base types."""
        if "$ref" in node:
            name = component_name(node["$ref"])
            return _refer(CHOICE + name if name in self._with_subtypes and not inherits else name)
        form = {key: value for key, value in node.items() if key not in _ANNOTATIONS and not key.startswith("x-")}
        for key in _NESTED.keys() & form.keys():
            form[key] = self._nested(key, form[key], inherits)
        if form.get("type") == "integer":
            form[WHOLE] = True
        if "enum" in form:
            # One published state ends with a blank; nobody is to be refused for leaving it out.
            stripped = [value.strip() for value in form["enum"] if isinstance(value, str)]
            form["enum"] = list(dict.fromkeys([*form["enum"], *stripped]))
        for limit in ("minimum", "maximum"):
            if form.pop(f"exclusive{limit.capitalize()}", False):
                form[f"exclusive{limit.capitalize()}"] = form.pop(limit)
        if isinstance(form.get("additionalProperties"), Mapping):
            form["additionalProperties"] = self.of(form["additionalProperties"])
        if node.get("format") == PARSED:
            form.pop("pattern", None)
        form |= _format(node.get("format"))
        return _nullable(form) if node.get("nullable") else form

    def _with_inherited(self, form: JsonSchema) -> JsonSchema:
        """Return the form of a schema with what it inherits in it, where that is attributes and nothing else.

        One look at an object takes half as long as one for each schema that it inherits from.
        """
        if "$ref" in form:
            inherited = self.definitions.get(form["$ref"].removeprefix(REFERENCE), {})
            return self._with_inherited(inherited) if inherited.keys() <= _INHERITING else form
        if "allOf" not in form or not form.keys() <= _INHERITING:
            return form
        own = {key: value for key, value in form.items() if key != "allOf"}
        parts = [*map(self._with_inherited, form["allOf"]), own]
        return _together(parts) if all(map(_says_attributes, parts)) else form

    def _nested(self, key: str, value: Any, inherits: bool) -> Any:
        if key == "properties":
            return {name: self.of(below) for name, below in value.items()}
        if isinstance(value, Mapping):
            return self.of(value)
        return [self.of(part, inherits=inherits and key == "allOf") for part in value]

    def _choice(self, name: str, node: Node) -> JsonSchema:
        mapping = mapping_of(node)
        known = list(mapping)
        otherwise = self._otherwise(name, node)
        stranger = {"allOf": [otherwise, {"properties": {TYPE: {"enum": known}}}]}
        by_base_type = _if(
            "@baseType", {"enum": known}, otherwise, _if("@schemaLocation", _LOCATED, otherwise, stranger)
        )
        for kind, target in mapping.items():
            if target != name:
                by_base_type = _if("@baseType", {"enum": [kind]}, _refer(target), by_base_type)
        forms = {kind: otherwise if target == name else _refer(target) for kind, target in mapping.items()}
        return _if(TYPE, {"enum": known}, _by_type(forms, known), by_base_type)

    def _otherwise(self, name: str, node: Node) -> JsonSchema:
        options: Sequence[Node] = node.get("oneOf") or node.get("anyOf") or ()
        return {"anyOf": [self.of(option, inherits=True) for option in options]} if options else _refer(name)


def _says_attributes(form: JsonSchema) -> bool:
    return form.keys() <= _ATTRIBUTES and form.get("type", "object") == "object"


def _together(parts: Sequence[JsonSchema]) -> JsonSchema:
    """Return a schema that holds where all parts do, which say what attributes objects have."""
    properties: dict[str, JsonSchema] = {}
    for name, value in (pair for part in parts for pair in part.get("properties", {}).items()):
        known = properties.get(name, value)
        properties[name] = value if known == value else {"allOf": [known, value]}
    required = dict.fromkeys(name for part in parts for name in part.get("required", ()))
    whole: JsonSchema = {"type": "object"} if any("type" in part for part in parts) else {}
    return whole | {"required": [*required], "properties": properties}


def _refer(name: str) -> JsonSchema:
    return {"$ref": f"{REFERENCE}{name}"}


def _if(attribute: str, value: JsonSchema, then: JsonSchema, otherwise: JsonSchema) -> JsonSchema:
    says = {"type": "object", "required": [attribute], "properties": {attribute: value}}
    return {"if": says, "then": then, "else": otherwise}


def _by_type(forms: Mapping[str, JsonSchema], kinds: Sequence[str]) -> JsonSchema:
    """Return the choice among some kinds, by halves: there are up to thirteen."""
    if len(kinds) == 1:
        return forms[kinds[0]]
    some, others = kinds[: len(kinds) // 2], kinds[len(kinds) // 2 :]
    return _if(TYPE, {"enum": [*some]}, _by_type(forms, some), _by_type(forms, others))


def _format(name: str | None) -> JsonSchema:
    if name == "uri":
        return {"anyOf": [{"format": "uri"}, {"pattern": URI_OF_EXAMPLES}]}
    if name == "date-time":
        return {"format": name, "if": {"type": "string", "pattern": _DOUBTFUL}, "then": {INSTANT: True}}
    return {"format": name} if name in _FORMATS else {}


def _nullable(form: JsonSchema) -> JsonSchema:
    return {"anyOf": [form, {"type": "null"}]}
