"""Completes a merge patch by what its version has no name for, in the members of arrays: who knows it not keeps it.

RFC 7396 takes an array as a whole. A caller whose program is made from the version's document knows what that names,
and drops the rest of what it reads; sent back, the array means no more than it can say.
"""

from __future__ import annotations

from typing import Any

from apis.tmf630.matching import is_another, places_before
from apis.tmf630.shapes import Node, Shapes


def complete(shapes: Shapes, schema: Node, shown: Any, patch: Any) -> Any:
    """Return a merge patch with what is shown by a schema that has no name for it, unless the patch says null there."""
    return _Completion(shapes).patch(schema, shown, patch)


class _Completion:
    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def patch(self, node: Node, shown: Any, patch: Any) -> Any:
        """Complete a merge patch; what stands in no array is left to merging."""
        if isinstance(patch, list):
            return self._value(node, shown, patch)
        if not isinstance(patch, dict) or not isinstance(shown, dict):
            return patch
        named = self._shapes.chosen(node, shown).properties
        return {
            name: self.patch(named[name], shown[name], value) if name in named and name in shown else value
            for name, value in patch.items()
        }

    def _value(self, node: Node, shown: Any, said: Any) -> Any:
        if isinstance(said, dict) and isinstance(shown, dict):
            return self._object(node, shown, said)
        items = self._shapes.of(node).items
        if items is None or not isinstance(said, list) or not isinstance(shown, list):
            return said
        places = places_before(shown, said, (self._named(node, shown), self._named(node, said)))
        return [
            member if place is None else self._value(items, shown[place], member)
            for place, member in zip(places, said, strict=True)
        ]

    def _object(self, node: Node, shown: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        """Complete an object by what is not named and not said; null takes it away, as it does elsewhere in a patch."""
        shape = self._shapes.chosen(node, shown)
        if shape.open or is_another(shown, said):
            return said
        named = shape.properties
        result = {name: value for name, value in shown.items() if name not in named and name not in said}
        for name, value in said.items():
            if name in named:
                result[name] = self._value(named[name], shown[name], value) if name in shown else value
            elif value is not None or shown.get(name) is None:
                result[name] = value
        return result

    def _named(self, node: Node, value: Any) -> Any:
        """Return what of a value the schema has names for, with types that go without saying."""
        shape = self._shapes.chosen(node, value)
        if isinstance(value, list) and (items := shape.items) is not None:
            return [self._named(items, member) for member in value]
        if not isinstance(value, dict) or shape.open:
            return value
        named = shape.properties
        usual = {"@type": shape.name} if "@type" in named else {}
        return usual | {name: self._named(named[name], inner) for name, inner in value.items() if name in named}
