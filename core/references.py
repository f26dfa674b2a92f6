"""References from one resource to another: which ones lead nowhere, and refusing them where the settings say so.

A reference may name what lives elsewhere, so by default all are kept (setting `references`); `bss doctor` lists
those that lead nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.entity import Document, Entity
from core.errors import Fault, refuse
from core.reading import Reading


@dataclass(frozen=True, slots=True)
class Found:
    """A reference in a document: where it stands (`category[2].id`), and which resource it names."""

    path: str
    entity: str
    identifier: str


def references_in(rules: Entity, document: Document) -> Iterator[Found]:
    """Yield every reference that the entity declares and the document holds."""
    for reference in rules.references:
        for path, member in _members(document, tuple(reference.path.split(".")), ""):
            if isinstance(member, dict) and member.get("id") and (reference.when is None or reference.when(member)):
                yield Found(f"{path}.id", reference.entity, member["id"])


def dangling_references(work: Reading, rules: Entity, documents: Sequence[Document]) -> list[list[Found]]:
    """Return for each document its references that lead nowhere here; one statement an entity referred to."""
    held = [list(references_in(rules, document)) for document in documents]
    # Resources that are created together may refer to each other.
    known = {rules.name: {document["id"] for document in documents}}
    for name in {found.entity for some in held for found in some}:
        wanted = {found.identifier for some in held for found in some if found.entity == name} - known.get(name, set())
        known.setdefault(name, set()).update(work.get_many(name, wanted))
    return [[found for found in some if found.identifier not in known[found.entity]] for some in held]


def refuse_unknown_references(
    work: Reading, rules: Entity, documents: Sequence[Document], before: Document | None = None
) -> None:
    """With `references = strict`, refuse documents that refer to what isn't there (409); those in `before` may stay."""
    if work.settings.references != "strict" or not rules.references:
        return
    kept: Collection[tuple[str, str]] = (
        {(found.entity, found.identifier) for found in references_in(rules, before)} if before else ()
    )
    refuse(
        Fault(found.path, "unknownReference", f"there is no {found.entity} '{found.identifier}'")
        for some in dangling_references(work, rules, documents)
        for found in some
        if (found.entity, found.identifier) not in kept
    )


def _members(value: Any, path: Sequence[str], at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from _members(member, path, f"{at}[{index}]")
    elif not path:
        yield at, value
    elif isinstance(value, dict) and path[0] in value:
        yield from _members(value[path[0]], path[1:], f"{at}.{path[0]}" if at else path[0])
