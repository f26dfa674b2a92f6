"""Fills in `@type`, at every level where it is absent and the schema leaves no doubt what stands there."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from apis.tmf630.shapes import Node, Shape, Shapes


class TypeFiller:
    """Fills documents by the schemas of the canonical version of an API.

    `fills_blanks` makes an empty `@type` count as absent.
    """

    def __init__(self, shapes: Shapes, *, fills_blanks: bool = False) -> None:
        self._shapes = shapes
        self.fills_blanks = fills_blanks
        self._known: dict[int, Filling] = {}

    def fill(self, document: dict[str, Any], schema: Node) -> None:
        """Set `@type` in a document of this schema and in everything inside it; what is there stays."""
        self.filling(self._shapes.of(schema)).fill(document)

    def named(self, name: str) -> Filling:
        """Return the filling of a component schema."""
        return self.filling(self._shapes.named(name))

    def members(self, node: Node) -> Filling | None:
        """Return the filling of what is at a schema, or in its array; None where no object is that could be filled."""
        shape = self._shapes.of(self._shapes.member(node))
        return self.filling(shape) if shape.properties or shape.subtypes else None

    def filling(self, shape: Shape) -> Filling:
        """Return the filling of a shape, the same one each time; shapes last as long as their document."""
        if id(shape) not in self._known:
            self._known[id(shape)] = Filling(self, shape)
        return self._known[id(shape)]


class Filling:
    """What filling must know of one schema, found out once, when it is needed: schemas may hold themselves."""

    def __init__(self, types: TypeFiller, shape: Shape) -> None:
        self._types, self._shape = types, shape
        self._is_clear = shape.name is not None and not shape.is_union and "@type" in shape.properties

    @cached_property
    def _below(self) -> dict[str, Filling]:
        found = {name: self._types.members(node) for name, node in self._shape.properties.items()}
        return {name: filling for name, filling in found.items() if filling is not None}

    @cached_property
    def _subtypes(self) -> dict[str, Filling]:
        names = {kind: name for kind, name in self._shape.subtypes.items() if name != self._shape.name}
        return {kind: self._types.named(name) for kind, name in names.items()}

    def fill(self, document: dict[str, Any]) -> None:
        """Fill an object of this schema, or of the subtype that it says it is of, and the objects inside it."""
        # Most objects say what they are, by a name that is known; every call costs.
        kind, subtypes = document.get("@type"), self._subtypes
        if subtypes:
            chosen = subtypes[kind] if type(kind) is str and kind in subtypes else self._chosen(document)
        else:
            chosen = self
        if not kind and chosen._is_clear and self._says_nothing(document):
            document["@type"] = chosen._shape.name
        below = chosen._below
        if document.keys().isdisjoint(below):
            return
        for name, value in document.items():
            # Most values are simple.
            if type(value) is dict and name in below:
                below[name].fill(value)
            elif type(value) is list and name in below:
                filling = below[name]
                for member in value:
                    if type(member) is dict:
                        filling.fill(member)

    def _says_nothing(self, document: dict[str, Any]) -> bool:
        return "@type" not in document or (self._types.fills_blanks and document["@type"] == "")

    def _chosen(self, document: dict[str, Any]) -> Filling:
        for name in ("@type", "@baseType"):
            kind = document.get(name)
            if type(kind) is str and kind in self._subtypes:
                return self._subtypes[kind]
        return self
