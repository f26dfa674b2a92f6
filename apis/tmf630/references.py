"""Shows references to resources of ours in full, as `expand` and `depth` ask (TMF630 Part 2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from apis.tmf630.dialect import CANONICAL
from apis.tmf630.exchange import Request
from apis.tmf630.query import View
from apis.tmf630.version import ServedResource
from apis.tmf630.wordings.accounts import UNSERVED
from core.entity import copied
from core.errors import Fault, InvalidInput
from core.reading import Reading

Document = dict[str, Any]
# So many references one reply shows in full.
MOST_EXPANDED = 2000


def expand_references(
    request: Request, resource: ServedResource, work: Reading, shown: Sequence[Document], view: View
) -> None:
    """Add to references what the resources say that they refer to, in place, `view.depth` times.

    What a reference says itself stays. A reference is an object with an `id` whose `@referredType` is a resource of
    ours, or that the entity declares as such. Raises InvalidInput where there are too many.
    """
    declared = {
        ".".join(resource.dialect.worded_path(tuple(reference.path.split(".")))): reference.entity
        for reference in work.entities[resource.entity].references
    }
    found = [each for document in shown for each in _references(document, work, declared, view.expand)]
    expanded = 0
    for level in range(view.depth):
        expanded += len(found)
        if expanded > MOST_EXPANDED:
            reason = f"shows more than {MOST_EXPANDED} references in full; ask for fewer resources or a lower depth"
            raise InvalidInput("too much is asked for", faults=[Fault("depth", "tooMuch", reason)])
        added = _fill(request, resource, work, found)
        if level + 1 < view.depth:
            found = [each for document in added for each in _references(document, work, {}, ())]


def _fill(
    request: Request, resource: ServedResource, work: Reading, found: Sequence[tuple[Document, str]]
) -> list[Document]:
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
                added.append(reference)
    return added


def _worded(request: Request, resource: ServedResource, entity: str, document: Document) -> Document:
    """Return a resource of any API in the words that this generation has for it."""
    served = resource.version.by_entity.get(entity)
    if served:
        return served.placed_by(document).word(request, document)
    return UNSERVED[resource.version.name].get(entity, CANONICAL).dump(document)


def _references(
    value: Any, work: Reading, declared: dict[str, str], wanted: Sequence[str], path: tuple[str, ...] = ()
) -> Iterator[tuple[Document, str]]:
    """Yield references to our resources below a resource, outermost first, each with the entity that it refers to."""
    if isinstance(value, list):
        for member in value:
            yield from _references(member, work, declared, wanted, path)
    elif isinstance(value, dict):
        name = ".".join(path)
        entity = declared.get(name) or value.get("@referredType")
        if path and entity in work.entities and isinstance(value.get("id"), str) and (not wanted or name in wanted):
            yield value, str(entity)
            return
        for key, member in value.items():
            if isinstance(member, dict | list):
                yield from _references(member, work, declared, wanted, (*path, key))
