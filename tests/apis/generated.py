"""Resources drawn from a complete document: whatever its schemas allow, with extension attributes at any level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from apis.tmf630.shapes import Node, Shape, component_name
from apis.tmf630.version import Version

DEPTH = 4
TEXTS = st.sampled_from(["", "a", "red", "Ünï ✓", "7", "true", "2026-01-31", "a.b[0]"])
URIS = st.sampled_from(["http://example.org/1", "urn:x:1", "about:blank"])
INSTANTS = st.sampled_from(["2026-01-31T10:00:00Z", "2026-01-31T10:00:00.123+02:00"])
INTEGERS = st.sampled_from([0, 1, -7, 12, 10**12])
NUMBERS = INTEGERS | st.sampled_from([Decimal("0.1"), Decimal("12.0"), Decimal("-3.50"), Decimal("19")])
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["x", "id", "@type"]), inner, max_size=2)
    ),
    max_leaves=3,
)
# What else `@type` may be, where it is optional and where it is mandatory.
UNSAID: Mapping[bool, tuple[str | None, ...]] = {False: (None, None, ""), True: ("",)}
EXTENSIONS = ("loyaltyLevel", "x-y z", "v4")


def named(version: Version, node: Node, value: Any) -> Any:
    """Return what a program made from a version's document keeps of a value that it reads: what that names."""
    shapes = version.shapes
    if isinstance(value, list):
        items = shapes.of(node).items
        return value if items is None else [named(version, items, member) for member in value]
    properties = shapes.chosen(node, value).properties
    if not isinstance(value, dict) or not properties:
        return value
    return {name: named(version, properties[name], inner) for name, inner in value.items() if name in properties}


class Resources:
    """Strategies for the schemas of one version; `names` are, by schema, further names that extensions may have."""

    def __init__(self, version: Version, names: Mapping[str, Sequence[str]] | None = None) -> None:
        self._shapes = version.shapes
        self._schemas = version.specification.document["components"]["schemas"]
        self._names = names or {}

    def of(self, node: Node) -> st.SearchStrategy[Any]:
        """Return a strategy for the documents of a schema."""
        return st.composite(lambda draw: self._value(draw, node, DEPTH))()

    def _value(self, draw: st.DrawFn, node: Node, depth: int) -> Any:
        facts = self._facts(node)
        if "enum" in facts:
            return draw(st.sampled_from(facts["enum"]))
        shape = self._shapes.of(node)
        if shape.items is not None:
            fewest = facts.get("minItems", 0)
            count = draw(st.integers(fewest, max(fewest, 2 if depth > 1 else 0)))
            return [self._value(draw, shape.items, depth - 1) for _ in range(count)]
        if shape.properties or shape.subtypes:
            return self._object(draw, shape, depth)
        return draw(self._leaf(facts))

    def _object(self, draw: st.DrawFn, shape: Shape, depth: int) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if shape.subtypes:
            said, name = self._kind(draw, shape)
            shape = self._shapes.named(name)
        chosen = shape.required | self._some(draw, list(shape.properties), depth)
        document = {key: self._value(draw, node, depth - 1) for key, node in shape.properties.items() if key in chosen}
        if not said and "@type" in shape.properties and shape.name:
            kind = draw(st.sampled_from([shape.name, shape.name, "Special", *UNSAID["@type" in shape.required]]))
            said = {} if kind is None else {"@type": kind}
        return document | said | self._extensions(draw, shape)

    def _kind(self, draw: st.DrawFn, shape: Shape) -> tuple[dict[str, Any], str]:
        """Draw how an object says which subtype it is of, and the name of its schema: extensions are of any type."""
        kind = draw(st.sampled_from(sorted(shape.subtypes)))
        if draw(st.integers(0, 3)) or shape.is_union:
            return {"@type": kind}, shape.subtypes[kind]
        stranger = {"@type": draw(st.sampled_from(["Special", ""]))}
        if draw(st.booleans()) or not shape.name:
            return {**stranger, "@baseType": kind}, shape.subtypes[kind]
        return {**stranger, "@baseType": "", "@schemaLocation": "http://example.org/1"}, shape.name

    def _some(self, draw: st.DrawFn, names: list[str], depth: int) -> set[str]:
        """Draw about every fourth name, in two choices instead of one a name; none where it gets too deep."""
        if depth <= 0:
            return set()
        every = st.integers(0, 2 ** len(names) - 1)
        bits = draw(every) & draw(every)
        return {name for place, name in enumerate(names) if bits >> place & 1}

    def _extensions(self, draw: st.DrawFn, shape: Shape) -> dict[str, Any]:
        if draw(st.integers(0, 5)):
            return {}
        names = [*EXTENSIONS, *self._names.get(shape.name or "", ())]
        free = [name for name in names if name not in shape.properties]
        return {draw(st.sampled_from(free)): draw(ANYTHING)}

    def _leaf(self, facts: Node) -> st.SearchStrategy[Any]:
        kind = facts.get("type")
        if kind == "string":
            return {"date-time": INSTANTS, "uri": URIS}.get(facts.get("format", ""), TEXTS)
        known = {"boolean": st.booleans(), "integer": INTEGERS, "number": NUMBERS}
        if kind == "object":
            return st.dictionaries(st.sampled_from(["x", "y"]), ANYTHING, max_size=2)
        return known.get(str(kind), ANYTHING)

    def _facts(self, node: Node) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        if "$ref" in node:
            return self._facts(self._schemas[component_name(node["$ref"])])
        for part in node.get("allOf", ()):
            facts |= self._facts(part)
        return facts | {key: value for key, value in node.items() if key in ("type", "format", "enum", "minItems")}
