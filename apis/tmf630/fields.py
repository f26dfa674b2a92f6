"""Attribute selection: `fields=name,validFor.startDateTime` leaves what was asked for and what can't go missing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from apis.tmf630.shapes import Node, Shapes

Selection = dict[str, "Selection | None"]
# An extension can only be understood with what it is based on, so that goes along with its type.
ALWAYS = frozenset(("id", "href", "@type", "@baseType", "@schemaLocation"))


def read_selection(pairs: Sequence[tuple[str, str]]) -> Selection | None:
    """Return the attributes that `fields` names, as a tree; None where there is no `fields`.

    `fields=none` selects nothing beyond what is always there (TMF630 Part 1, attribute selection).
    """
    if _named(pairs) is None:
        return None
    tree: Selection = {}
    for path in named_paths(pairs):
        _plant(tree, path)
    return tree


def named_paths(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the paths that `fields` names, those too that another one of them has in it; each once."""
    names = dict.fromkeys(_named(pairs) or ())
    return [tuple(name.split(".")) for name in names if name not in ("", "none")]


def is_nothing_selected(pairs: Sequence[tuple[str, str]]) -> bool:
    """Tell whether `none` is among the names that `fields` has."""
    return "none" in (_named(pairs) or ())


def _named(pairs: Sequence[tuple[str, str]]) -> list[str] | None:
    texts = [text for name, text in pairs if name == "fields"]
    # Spaces around a name mean nothing. A line break there is no space: what it was to say, nobody can tell.
    return [between.strip(" ") for between in ",".join(texts).split(",")] if texts else None


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


def _plant(tree: Selection, path: tuple[str, ...]) -> None:
    *heads, last = path
    for head in heads:
        below = tree.setdefault(head, {})
        # `fields=validFor,validFor.startDateTime` asks for all of it.
        if below is None:
            return
        tree = below
    tree[last] = None
