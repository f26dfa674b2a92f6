"""Shows references to resources of ours in full, as `expand` and `depth` ask (TMF630 Part 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apis.tmf630.dialect import CANONICAL
from apis.tmf630.exchange import Request
from apis.tmf630.folding import REFERENCE
from apis.tmf630.query import View
from apis.tmf630.shapes import Node, Shape
from apis.tmf630.version import ServedResource
from apis.tmf630.wordings.accounts import UNSERVED
from apis.tmf630.wordings.kinds import TYPING
from core.entity import copied
from core.errors import Fault, InvalidInput
from core.reading import Reading

Document = dict[str, Any]
# A reference in a document, with the entity that it refers to.
Found = tuple[Document, str]
_SAID = TYPING | {*REFERENCE}
# So many references one reply shows in full.
MOST_EXPANDED = 2000


def expand_references(
    request: Request, resource: ServedResource, work: Reading, shown: Sequence[Document], view: View
) -> None:
    """Add to references what the resources say that they refer to, in place, `view.depth` times.

    What a reference says itself stays. A reference is an object with an `id` whose `@referredType` is a resource of
    ours, or that the entity declares as such, or that the version's document calls so (`ProductOfferingRef`). Raises
    InvalidInput where there are too many.
    """
    kind = _Kind(work, resource.entity, resource)
    found = [each for document in shown for each in kind.references_in(document, view.expand)]
    expanded = 0
    for level in range(view.depth):
        expanded += len(found)
        if expanded > MOST_EXPANDED:
            reason = f"shows more than {MOST_EXPANDED} references in full; ask for fewer resources or a lower depth"
            raise InvalidInput("too much is asked for", faults=[Fault("depth", "tooMuch", reason)])
        added = _fill(request, resource, work, found)
        if level + 1 < view.depth:
            kinds = {entity: _Kind(work, entity, resource.version.by_entity.get(entity)) for _, entity in added}
            found = [each for document, entity in added for each in kinds[entity].references_in(document)]


def _fill(request: Request, resource: ServedResource, work: Reading, found: Sequence[Found]) -> list[Found]:
    """Add what the resources say to references, one statement for each kind; return the references that have it."""
    added = []
    for entity in sorted({entity for _, entity in found}):
        references = [reference for reference, kind in found if kind == entity]
        documents = work.get_many(entity, {reference["id"] for reference in references})
        for reference in references:
            document = documents.get(reference["id"])
            if document is not None:
                # Several references may lead here, and each may be expanded further.
                reference.update({**_worded(request, resource, entity, copied(document)), **reference})
                added.append((reference, entity))
    return added


def _worded(request: Request, resource: ServedResource, entity: str, document: Document) -> Document:
    """Return a resource of any API in the words that this generation has for it."""
    served = resource.version.by_entity.get(entity)
    if served:
        return served.placed_by(document).word(request, document)
    return UNSERVED[resource.version.name].get(entity, CANONICAL).dump(document)


class _Kind:
    """What are references in resources of one kind; `served` are its words, where an API has some for it."""

    def __init__(self, work: Reading, entity: str, served: ServedResource | None) -> None:
        dialect = served.dialect if served else CANONICAL
        self._entities, self._served = work.entities, served
        self._declared = {
            ".".join(dialect.worded_path(tuple(reference.path.split(".")))): reference.entity
            for reference in work.entities[entity].references
        }

    def references_in(self, document: Document, wanted: Sequence[str] = ()) -> Iterator[Found]:
        """Yield the references to our resources below a resource, outermost first; `wanted` are paths (none: all)."""
        return self._below(document, self._served.schema if self._served else None, wanted, ())

    def _below(self, value: Any, node: Node | None, wanted: Sequence[str], path: tuple[str, ...]) -> Iterator[Found]:
        if isinstance(value, list):
            for member in value:
                yield from self._below(member, node, wanted, path)
        elif isinstance(value, dict):
            shape = self._served.version.shapes.chosen(node, value) if self._served and node else None
            entity = self._referred(value, shape, ".".join(path)) if path else None
            if entity and (not wanted or ".".join(path) in wanted):
                yield value, entity
                return
            for key, member in value.items():
                if isinstance(member, dict | list):
                    yield from self._below(member, self._node(shape, key), wanted, (*path, key))

    def _node(self, shape: Shape | None, name: str) -> Node | None:
        """Return the schema of an attribute, or of its members."""
        if self._served is None or shape is None or name not in shape.properties:
            return None
        return self._served.version.shapes.member(shape.properties[name])

    def _referred(self, value: Document, shape: Shape | None, name: str) -> str | None:
        """Return the entity that an object refers to, if it is a reference to one of ours."""
        if not isinstance(value.get("id"), str):
            return None
        said = (self._declared.get(name), value.get("@referredType"), self._called(value, shape))
        return next((each for each in said if isinstance(each, str) and each in self._entities), None)

    def _called(self, value: Document, shape: Shape | None) -> str | None:
        """Return what a schema's name says that an object refers to; what may be a value mustn't say more than that."""
        if self._served is None or shape is None or shape.name is None:
            return None
        is_value = shape.name.endswith("OrValue") and not value.keys() <= _SAID
        return None if is_value else self._served.version.shapes.referring.get(shape.name)
