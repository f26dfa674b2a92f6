"""Attribute selection: `fields=name,validFor.startDateTime` leaves what was asked for and what can't go missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from apis.tmf630.shapes import Node, Shapes

Selection = dict[str, "Selection | None"]
# An extension can only be understood with what it is based on, so that goes along with its type.
ALWAYS = frozenset(("id", "href", "@type", "@baseType", "@schemaLocation"))


def read_selection(pairs: Iterable[tuple[str, str]]) -> Selection | None:
    """Return the attributes that `fields` names, as a tree; None where there is no `fields`.

    `fields=none` selects nothing beyond what is always there (TMF630 Part 1, attribute selection).
    """
    names = _named(pairs)
    if names is None:
        return None
    tree: Selection = {}
    for name in names:
        if name not in ("", "none"):
            _plant(tree, name.split("."))
    return tree


def is_nothing_selected(pairs: Iterable[tuple[str, str]]) -> bool:
    """Tell whether `none` is among the names that `fields` has."""
    return "none" in (_named(pairs) or ())


def _named(pairs: Iterable[tuple[str, str]]) -> list[str] | None:
    texts = [text for name, text in pairs if name == "fields"]
    # Spaces around a name mean nothing. A line break there is no space: what it was to say, nobody can tell.
    return [between.strip(" ") for between in ",".join(texts).split(",")] if texts else None


def selected_paths(selection: Selection) -> Iterator[tuple[str, ...]]:
    """Yield the paths that a selection names."""
    for name, below in selection.items():
        if below is None:
            yield (name,)
        else:
            yield from ((name, *path) for path in selected_paths(below))


def select(
    document: dict[str, Any],
    selection: Selection | None,
    schema: Node,
    shapes: Shapes,
    mandatory: Collection[str] = (),
) -> dict[str, Any]:
    """Return the selected part of a document of this schema.

    `id`, `href`, `@type` with its base or schema, what the schema requires and, at the first level, what else is
    `mandatory` stay.
    """
    if selection is None:
        return document
    shape = shapes.chosen(schema, document)
    kept = {}
    for name, value in document.items():
        if name in selection:
            kept[name] = _below(value, selection[name], shape.properties.get(name), shapes)
        elif name in ALWAYS or name in shape.required or name in mandatory:
            kept[name] = value
    return kept


def _below(value: Any, selection: Selection | None, schema: Node | None, shapes: Shapes) -> Any:
    if selection is None:
        return value
    if isinstance(value, list):
        items = None if schema is None else shapes.of(schema).items
        return [_below(member, selection, items, shapes) for member in value]
    if not isinstance(value, dict):
        return value
    if schema is not None:
        return select(value, selection, schema, shapes)
    # An extension, of which nothing is mandatory.
    return {
        name: _below(value[name], selection.get(name), None, shapes) for name in value if name in {*selection, *ALWAYS}
    }


def _plant(tree: Selection, path: list[str]) -> None:
    *heads, last = path
    for head in heads:
        below = tree.setdefault(head, {})
        # `fields=validFor,validFor.startDateTime` asks for all of it.
        if below is None:
            return
        tree = below
    tree[last] = None
