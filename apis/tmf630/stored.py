"""Says what finds the resources that a version shows in some way, though they are stored in canonical wording."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from apis.tmf630.keeping import ASIDE, KEPT
from apis.tmf630.shapes import Shape
from apis.tmf630.version import ServedResource
from core.query import AllOf, AnyOf, Condition, Criterion, Negation, Path

TYPE = ("@type",)
# What keeps something apart: values that v5 forbids, or attributes of the caller's own that v5 has for something else.
KEEPS = AnyOf((Condition((KEPT,), operator="present"), Condition((ASIDE,), operator="present")))


def as_stored(resource: ServedResource, path: Path, wanted: Condition) -> Condition | None:
    """Return the condition on canonical documents that says the same as one on the version's `path`.

    None where there is none: what the version shows there is made of more than one attribute, depends on the rest of
    the object, or is said where nothing is.
    """
    if not resource.dialect.is_as_stored(path, wanted):
        return None
    said = resource.condition(path, wanted.values)
    return Condition(said.path, said.values, wanted.operator, wanted.kind)


def type_as_kept(stored: Condition, wanted: Condition) -> Criterion:
    """Return what finds resources by their type: one that v5 doesn't know is kept, beside one that it does."""
    kept = (KEPT, *TYPE)
    values, kind = wanted.values, wanted.kind
    its_own = AllOf((Negation(Condition(kept, operator="present")), Condition(TYPE, stored.values, kind=kind)))
    found = AnyOf((Condition(kept, values, kind=kind), its_own))
    return Negation(found) if wanted.operator == "ne" else found


@lru_cache(maxsize=10_000)
def may_be_kept(resource: ServedResource, path: Path) -> bool:
    """Tell whether a value at a version's path may be kept apart from the attribute, since v5 forbids it there."""
    if resource.version.is_canonical:
        return False
    if path[-1:] == TYPE:
        return True
    version = resource.version
    canonical = list(version.canonical_shapes.at(resource.canonical, resource.dialect.canonical_path(path)))
    worded = list(version.shapes.at(resource.schema, path))
    if not canonical:
        return False
    return not worded or not all(_takes(canonical, shape) for shape in worded)


def _takes(canonical: Iterable[Shape], worded: Shape) -> bool:
    """Tell whether what a shape allows fits one of some others; where those are of many types, all do together."""
    shapes = list(canonical)
    if not worded.types:
        return len(shapes) > 1 or not shapes[0].types
    return any(
        (shape.format is None or shape.format == worded.format)
        and (not shape.values or (bool(worded.values) and {*worded.values} <= {*shape.values}))
        and (not shape.types or worded.types <= shape.types | ({"integer"} if "number" in shape.types else set()))
        for shape in shapes
    )
