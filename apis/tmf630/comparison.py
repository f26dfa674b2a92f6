"""Compares two generations of an API, attribute by attribute: by their schemas, and by the dialects between them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from apis.tmf630.dialect import Wording
from apis.tmf630.shapes import Node, Shape, Shapes
from apis.tmf630.translation import Translation, translation_of
from apis.tmf630.version import ServedResource, Version
from core.query import Path

_KINDS = {"uri": "a URI", "date-time": "a date-time", "integer": "an integer", "string": "a text"}
TYPING = ("@type", "@baseType", "@schemaLocation")


@dataclass(frozen=True)
class Row:
    """One attribute: what the old and the new generation call it, None where one hasn't got it, and what to know."""

    old: str | None
    new: str | None
    remark: str


@dataclass(frozen=True)
class Table:
    """Two schemas that stand for one another, and the attributes in which they differ."""

    old: str
    new: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Pair:
    """Two schemas that stand for one another, as they are called, and how the objects of one become the other's."""

    old: str
    new: str
    translation: Translation


def compare(old: Version, new: Version) -> Iterator[Table]:
    """Yield the tables of an API, its resources first, then what is inside them; what doesn't differ is left out."""
    for each in walk(old, new, [Pair(name, row.entity, wording_of(row)) for name, row in old.resources.items()]):
        if rows := tuple(each.rows()):
            yield Table(each.pair.old, each.pair.new, rows)


def walk(old: Version, new: Version, pairs: Iterable[Pair]) -> Iterator[Comparison]:
    """Yield the comparison of each pair of schemas, then of what is inside them, each pair once."""
    waiting = list(pairs)
    done: set[tuple[str, str]] = set()
    while waiting:
        pair = waiting.pop(0)
        if (pair.old, pair.new) not in done:
            done.add((pair.old, pair.new))
            comparison = Comparison(old.shapes, new.shapes, pair)
            yield comparison
            waiting += comparison.inside()


def wording_of(resource: ServedResource) -> Translation:
    """Return how the documents of a resource become canonical ones."""
    return resource.dialect.translation or translation_of(Wording)


def compare_schemas(old: Version, new: Version, before: str, after: str) -> tuple[Row, ...]:
    """Return how two schemas differ that no dialect translates, such as those of notifications."""
    return tuple(Comparison(old.shapes, new.shapes, Pair(before, after, translation_of(Wording))).rows())


class Comparison:
    """One pair of schemas."""

    def __init__(self, old: Shapes, new: Shapes, pair: Pair) -> None:
        self.pair = pair
        self._old, self._new, self._translation = old, new, pair.translation
        self._old_shape, self._new_shape = old.named(pair.old), new.named(pair.new)

    def rows(self) -> Iterator[Row]:
        """Yield the attributes that differ: the old generation's, then those that only the new one has."""
        for name, node in sorted(self._old_shape.properties.items()):
            if name not in TYPING:
                yield from self._row(name, node)
        for name in sorted(self._new_shape.properties):
            if name not in TYPING and self._old_node(self._translation.worded((name,))) is None:
                yield Row(None, name, self._told(name) or "shown in v4 as an extension")
        for each in self._translation.differences:
            yield from (Row(*move, "") for move in each.moves)
            if "@type" in each.about:
                yield Row("@type", "@type", each.told())

    def demanded_by_old(self) -> tuple[str, ...]:
        """Return the attributes that the old generation demands and the new one doesn't, apart from the type."""
        return tuple(
            name
            for name in sorted(self._old_shape.required.difference(TYPING))
            if not _demands(self._new, self._new_shape, self._translation.canonical((name,))[0])
        )

    def demanded_by_new(self) -> tuple[str, ...]:
        """Return the attributes that the new generation demands and the old one doesn't."""
        return self._new_demands(self._new_shape)

    def demanded_by_subtypes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield the new generation's subtypes that demand more than that, and what."""
        for name in sorted({*self._new_shape.subtypes.values()} - {self.pair.new}):
            shape = self._new.named(name)
            if more := self._new_demands(shape, self._new_shape.required):
                yield name, more

    def _new_demands(self, shape: Shape, known: Collection[str] = ()) -> tuple[str, ...]:
        return tuple(
            name
            for name in sorted(shape.required.difference(TYPING, known))
            if not _demands(self._old, self._old_shape, self._translation.worded((name,)))
        )

    def inside(self) -> Iterator[Pair]:
        """Yield the schemas of the attributes that both have and that are objects, or arrays of them."""
        for name, node in self._old_shape.properties.items():
            path, difference = self._translation.canonical((name,))
            found = self._new_node(path)
            if found is None or (difference and difference.moves):
                continue
            old, new = self._old.of(self._old.member(node)), self._new.of(self._new.member(found))
            if old.name and new.name and old.properties and new.properties:
                inside = difference.step((name,)).inside if difference else None
                yield Pair(old.name, new.name, inside or translation_of(Wording))

    def _row(self, name: str, node: Node) -> Iterator[Row]:
        path, _ = self._translation.canonical((name,))
        found = self._new_node(path)
        if found is None:
            yield Row(name, None, self._told(name) or "kept in v5 as an extension")
            return
        told = self._told(name)
        remarks = [*(remark for remark in self._remarks(name, path, node, found) if remark not in told), told]
        if path != (name,) or any(remarks):
            yield Row(name, ".".join(path), "; ".join(filter(None, remarks)))

    def _remarks(self, name: str, path: Path, old: Node, new: Node) -> Iterator[str]:
        # What only subtypes have may be of another kind in each of them.
        if path[0] in self._new_shape.properties:
            before, after = _kind(self._old, old), _kind(self._new, new)
            if before != after:
                yield f"{before} in v4, {after} in v5"
        demanded_by_old = name in self._old_shape.required
        demanded_by_new = path[-1] in self._new_shape.required and len(path) == 1
        if demanded_by_old != demanded_by_new:
            yield f"demanded by {'v4' if demanded_by_old else 'v5'}"

    def _told(self, name: str) -> str:
        """Return what the differences say that are about an attribute by either name."""
        about = [each for each in self._translation.differences if name in each.about]
        return "; ".join(filter(None, (each.told() for each in about)))

    def _old_node(self, path: Path) -> Node | None:
        return _node(self._old, [self._old_shape], path)

    def _new_node(self, path: Path) -> Node | None:
        return _node(self._new, _family(self._new, self._new_shape), path)


def _node(shapes: Shapes, family: Sequence[Shape], path: Path) -> Node | None:
    """Return the schema at a path, whichever of some schemas has it."""
    for shape in family:
        if path and path[0] in shape.properties:
            node = shape.properties[path[0]]
            return _node(shapes, _family(shapes, shapes.of(shapes.member(node))), path[1:]) if path[1:] else node
    return None


def _family(shapes: Shapes, shape: Shape) -> list[Shape]:
    return [shape, *(shapes.named(name) for name in shape.subtypes.values() if name != shape.name)]


def _demands(shapes: Shapes, shape: Shape, path: Path) -> bool:
    """Tell whether a schema demands what is at a path, and all that is on the way to it."""
    if path[0] not in shape.required:
        return False
    return not path[1:] or _demands(shapes, shapes.of(shapes.member(shape.properties[path[0]])), path[1:])


def _kind(shapes: Shapes, node: Node) -> str:
    """Return what a value is, in words; objects are compared in tables of their own."""
    shape = shapes.of(node)
    if shape.items is not None:
        return "a list"
    if shape.properties or shape.subtypes:
        return "an object"
    if shape.values:
        return "one of some words"
    kind = next(iter(shape.types), "value of any type")
    return _KINDS.get(shape.format or kind, f"a {kind}")
