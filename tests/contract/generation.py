"""Hooks of schemathesis for the conformance runs; it imports them by name, from SCHEMATHESIS_HOOKS.

They only make requests reach further and be fewer; nothing that comes back is judged more mildly by them.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from itertools import islice
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.coverage import _operation as coverage

from tests.contract.inheritance import POINTER, Schema, spell_out

# So many values the coverage phase makes of each body at most, and so many of a kind it sends before it thins them out.
PLACES = int(os.environ.get("CONFORMANCE_PLACES", "0"))
DENSE = int(os.environ.get("CONFORMANCE_DENSE", "0"))
TELLS_TYPES = os.environ.get("CONFORMANCE_TYPES") == "told"
# The beginning of a JSONPath, in the pattern of the paths of JSON Patch Query.
JSONPATH = r"\$|"
# What the document says that `fields` may be, by the time that requests are made.
_fields: list[re.Pattern[str]] = []
_seen: Counter[tuple[str, ...]] = Counter()


@schemathesis.hook
def filter_case(_context: Any, case: Any) -> bool:
    """Keep the first bodies of each kind, then ever fewer: an order has 20,000 places for a wrong type.

    Leave out what is made to be wrong, but is only wrong by the narrower `fields` that is said here: `fields=0` is
    answered where some resource has an extension attribute of that name.
    """
    if is_made_wrong(case, "fields") and _fields[0].search(str((case.query or {}).get("fields"))):
        return False
    if not DENSE or not is_coverage_of_a_body(case):
        return True
    kind = (case.operation.label, case.media_type, case.meta.phase.data.scenario)
    _seen[kind] += 1
    return _seen[kind] % (_seen[kind] // DENSE + 1) == 0


def is_made_wrong(case: Any, parameter: str) -> bool:
    """Tell whether a case is one in which a parameter is meant to break the document."""
    meta = case.meta
    return (
        meta is not None
        and meta.generation.mode is GenerationMode.NEGATIVE
        and getattr(meta.phase.data, "parameter", None) == parameter
    )


def is_coverage_of_a_body(case: Any) -> bool:
    """Tell whether a case is one of those that go through the places of a body; of all others there are few."""
    if case.meta is None or case.meta.phase.name is not TestPhase.COVERAGE:
        return False
    return case.meta.phase.data.parameter_location is ParameterLocation.BODY


def bound_places(most: int) -> None:
    """End the walk through each body after so many values; walking all of an order takes longer than sending a few.

    Schemathesis has no setting for it, so this wraps a name of its own, and fails loudly where a release renames it.
    """
    walk = coverage.cover_schema_iter
    coverage.cover_schema_iter = lambda *place: islice(walk(*place), most)


if PLACES:
    bound_places(PLACES)


@schemathesis.hook
def before_load_schema(_context: Any, raw_schema: Schema) -> None:
    """Say which attributes to select, and at every place which types are known there, so that more is taken in.

    What no resource has can't be selected (400), and the schema of a parameter can't tell what some resource has: an
    extension attribute has any name, and is known as soon as some resource has it. Nor can a pattern tell a JSONPath
    from what only begins like one (400): filters nest in it.

    JSON Schema takes `@type` for any string and knows no discriminator; all but one body in a thousand would be refused
    for an unknown type before anything else of them is looked at.
    """
    fields = raw_schema["components"]["parameters"]["Fields"]["schema"]
    _fields[:] = [re.compile(fields["pattern"])]
    fields["pattern"] = "^[ ,]*(none|id|href *, *id)?[ ,]*$"
    if patch := raw_schema["components"]["schemas"].get("JsonPatchQueryOperation"):
        for place in (patch["properties"]["path"], patch["oneOf"][1]["properties"]["from"]):
            place["pattern"] = place["pattern"].replace(JSONPATH, "")
    raw_schema["components"]["schemas"] = spell_out(raw_schema["components"]["schemas"])
    if TELLS_TYPES:
        Teller(raw_schema["components"]["schemas"]).tell(raw_schema)


class Teller:
    """Rewrites references to typed schemas; the schemas that inherit from one another stay as they are."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self._schemas = schemas

    def tell(self, document: Schema) -> None:
        """Change a document in place."""
        told = {name: self._told(schema, inherits=True) for name, schema in self._schemas.items()}
        document["paths"] = self._told(document["paths"])
        document["components"]["schemas"] = told

    def _told(self, node: Any, *, inherits: bool = False) -> Any:
        if isinstance(node, list):
            return [self._told(member) for member in node]
        if not isinstance(node, dict):
            return node
        if str(node.get("$ref", "")).startswith(POINTER):
            return self._place(node)
        is_kept = {"discriminator", *(("allOf", "anyOf") if inherits else ())}
        return {key: value if key in is_kept else self._told(value) for key, value in node.items()}

    def _place(self, reference: Schema) -> Schema:
        name = reference["$ref"].removeprefix(POINTER)
        schema = self._schemas[name]
        mapping = schema.get("discriminator", {}).get("mapping", {})
        if not mapping or "anyOf" in schema:
            # Of the types of a union schemathesis makes itself sure.
            return reference
        # Some subtypes demand more than their base.
        demanded = self._required(reference)
        plain = [kind for kind, target in mapping.items() if self._required({"$ref": target}) <= demanded]
        others = [named(kind, target) for kind, target in mapping.items() if kind not in plain]
        return {"anyOf": [named(plain, reference["$ref"]), *others]} if others else named(plain, reference["$ref"])

    def _required(self, schema: Schema) -> set[str]:
        if "$ref" in schema:
            return self._required(self._schemas[schema["$ref"].removeprefix(POINTER)])
        return set(schema.get("required", ())).union(*(self._required(part) for part in schema.get("allOf", ())))


def named(kinds: str | list[str], target: str) -> Schema:
    """Return the schema of objects of a component that call themselves one of some types."""
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return {"allOf": [{"$ref": target}, {"properties": {"@type": {"type": "string", "enum": kinds}}}]}
