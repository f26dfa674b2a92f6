"""What a schema says about an attribute, with references, `allOf`, alternatives and subtypes brought together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from apis.tmf630.keeping import without_aside

Node = Mapping[str, Any]
POINTER = "#/components/schemas/"
_REFERENCE = re.compile("([A-Za-z]+?)Ref(?:OrValue)?")
# What is called otherwise where it is referred to.
_REFERRED = {"Bill": "CustomerBill"}


class Extending(Protocol):
    """What extends a type by attributes of its own."""

    def knows(self, path: tuple[str, ...]) -> bool:
        """Tell whether it has an attribute at `path`."""


Extended = Mapping[str, Iterable[Extending]]
NOT_EXTENDED: Extended = {}


@dataclass(slots=True)
class Shape:
    """The flat view of a schema.

    `name` is the component it comes from; `subtypes` maps values of `@type` to component names; `items` is the
    member schema of an array; an `open` shape says nothing about what is inside. `values` are those of an enumeration.
    """

    name: str | None = None
    types: set[str] = field(default_factory=set)
    properties: dict[str, Node] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    subtypes: dict[str, str] = field(default_factory=dict)
    items: Node | None = None
    is_union: bool = False
    takes_more: bool = False
    format: str | None = None
    values: tuple[Any, ...] = ()

    @property
    def kinds(self) -> set[str]:
        """Return the types that values may have, `any` where the schema doesn't say."""
        return self.types or {"object" if self.properties else "any"}

    @property
    def open(self) -> bool:
        """Tell whether any attribute may stand below, since the schema names none."""
        if self.takes_more:
            return True
        return not self.properties and self.items is None and self.types <= {"object"}


class Shapes:
    """The shapes of one OpenAPI document, each worked out once."""

    def __init__(self, document: Node) -> None:
        self._schemas: Mapping[str, Node] = document["components"]["schemas"]
        self._known: dict[int, tuple[Node, Shape]] = {}
        found = filter(None, map(_REFERENCE.fullmatch, self._schemas))
        # The component schemas that are references by their names, each with the name of what they refer to.
        self.referring = {each[0]: _REFERRED.get(each[1], each[1]) for each in found}

    def __contains__(self, name: str) -> bool:
        """Tell whether the document has a component schema of a name."""
        return name in self._schemas

    def named(self, name: str) -> Shape:
        """Return the shape of a component schema; KeyError when the document has none of that name."""
        node = self._schemas[name]
        if id(node) not in self._known:
            shape = self._flatten(node, is_component=True)
            shape.name = name
            self._known[id(node)] = (node, shape)
        return self._known[id(node)][1]

    def of(self, node: Node) -> Shape:
        """Return the shape of a schema or reference that is part of the document."""
        if "$ref" in node:
            return self.named(component_name(node["$ref"]))
        if id(node) not in self._known:
            # The node is kept beside its shape, so that its id can't be given to another one.
            self._known[id(node)] = (node, self._flatten(node))
        return self._known[id(node)][1]

    def chosen(self, node: Node, value: Any) -> Shape:
        """Return the shape that fits an object: the subtype that `@type`, else `@baseType`, names, else the base."""
        shape = self.of(node)
        if shape.subtypes and isinstance(value, Mapping):
            said = (value.get("@type"), value.get("@baseType"))
            name = next(
                (shape.subtypes[kind] for kind in said if isinstance(kind, str) and kind in shape.subtypes), None
            )
            if name is not None and name != shape.name:
                return self.named(name)
        return shape

    def member(self, node: Node) -> Node:
        """Return the schema of the members where a schema is an array, else the schema itself."""
        items = self.of(node).items
        return node if items is None else self.member(items)

    def knows(self, node: Node, path: tuple[str, ...], extended: Extended = NOT_EXTENDED) -> bool:
        """Tell whether a schema, one of its subtypes or something below has an attribute at `path`.

        `extended` are schemas that extend types of the document, by the name of the type.
        """
        if not path:
            return True
        node = self.member(node)
        for shape in self._family(self.of(node)):
            if shape.open:
                return True
            below = shape.properties.get(path[0])
            if below is not None and self.knows(below, path[1:], extended):
                return True
            if extended and any(each.knows(without_aside(path)) for each in extended.get(shape.name or "", ())):
                return True
        return False

    def at(self, node: Node, path: tuple[str, ...]) -> Iterator[Shape]:
        """Yield the shapes that an attribute may have: one for every subtype and alternative that has it."""
        node = self.member(node)
        if not path:
            yield self.of(node)
            return
        for shape in self._family(self.of(node)):
            if path[0] in shape.properties:
                yield from self.at(shape.properties[path[0]], path[1:])
            elif shape.open:
                yield Shape()

    def declares(self, node: Node, path: tuple[str, ...]) -> bool:
        """Tell whether a schema has an attribute at `path` by name, and doesn't just let any attribute in."""
        if not path:
            return True
        below = (shape.properties.get(path[0]) for shape in self._family(self.of(self.member(node))))
        return any(found is not None and self.declares(found, path[1:]) for found in below)

    def arrays_on(self, node: Node, path: tuple[str, ...], *, after: int) -> Iterator[bool]:
        """Yield, for each schema that an attribute may have, whether it is an array or in one, `after` so many steps.

        What a schema lets in without naming it may be one.
        """
        if self.of(node).items is not None and after < 0:
            yield True
        elif not path:
            yield False
        else:
            for shape in self._family(self.of(self.member(node))):
                if path[0] in shape.properties:
                    yield from self.arrays_on(shape.properties[path[0]], path[1:], after=after - 1)
                elif shape.open:
                    yield True

    def _family(self, shape: Shape) -> Iterator[Shape]:
        yield shape
        for name in shape.subtypes.values():
            if name != shape.name:
                yield self.named(name)

    def _flatten(self, node: Node, *, is_component: bool = False) -> Shape:
        shape = Shape(
            types={node["type"]} if "type" in node else set(),
            properties=dict(node.get("properties", {})),
            required=set(node.get("required", ())),
            items=node.get("items"),
            takes_more=node.get("additionalProperties", False) is not False,
            subtypes=mapping_of(node),
            format=node.get("format"),
            values=tuple(node.get("enum", ())),
        )
        for part in node.get("allOf", ()):
            self._absorb(shape, self.of(part))
            if not is_component:
                # A reference with words beside it; a component that inherits doesn't share its base's subtypes.
                shape.subtypes = shape.subtypes or self.of(part).subtypes
                shape.name = shape.name or self.of(part).name
        options = [self.of(option) for option in (*node.get("oneOf", ()), *node.get("anyOf", ()))]
        if options:
            self._join(shape, options)
        return shape

    @staticmethod
    def _absorb(shape: Shape, part: Shape) -> None:
        shape.types |= part.types
        shape.properties = {**part.properties, **shape.properties}
        shape.required |= part.required
        shape.items = shape.items or part.items
        shape.takes_more = shape.takes_more or part.takes_more
        shape.format = shape.format or part.format
        shape.values = shape.values or part.values
        shape.is_union = shape.is_union or part.is_union

    @staticmethod
    def _join(shape: Shape, options: list[Shape]) -> None:
        shape.is_union = True
        for option in options:
            shape.types |= option.types
            shape.items = shape.items or option.items
            for name, below in option.properties.items():
                shape.properties.setdefault(name, below)
        shape.required |= set.intersection(*(option.required for option in options))


def component_name(pointer: str) -> str:
    """Return the name at the end of a reference: `#/components/schemas/Money` is `Money`."""
    return pointer.removeprefix(POINTER)


def mapping_of(node: Node) -> dict[str, str]:
    """Return which component a value of `@type` stands for, as the discriminator of a schema says."""
    discriminator = node.get("discriminator") or {}
    return {kind: component_name(target) for kind, target in discriminator.get("mapping", {}).items()}
