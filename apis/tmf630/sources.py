"""Where the documents of a resource come from: its table, what is below another one, or a source beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from apis.tmf630.exchange import Request
from apis.tmf630.version import ServedResource, Version
from core.entity import Document
from core.errors import Conflict, NotFound
from core.query import Condition, Page, Path, Query
from core.reading import Reading
from core.service import Guard, Work
from core.storage.repository import Stored


class Source:
    """Resources that are there without being in the table, such as topics made of what else is served.

    `owner` is the identifier of what they are below, "" where the resource is below none. By itself it has nothing.
    """

    def find(self, work: Reading, owner: str, query: Query) -> Page | None:
        """Return a page of all that meet the query, those in the table included; None leaves it to the table."""
        return None

    def get(self, work: Reading, owner: str, identifier: str) -> Stored | None:
        """Return one that isn't in the table."""
        return None

    def refuse_unknown(self, work: Reading, owner: str, named: Mapping[Path, str]) -> None:
        """Refuse (InvalidInput) attributes that nothing here has though the schema has room for any.

        `named` are paths in the words of the version, each with where the query has it.
        """

    def admit(self, work: Work, owner: str, document: Document) -> None:
        """Hold a new or changed resource against what only the source knows; raise Conflict to refuse it."""

    def refuse_change(self, owner: str, identifier: str) -> None:
        """Refuse (Conflict) to change or remove one that isn't in the table."""

    def told_by(self, identifier: str) -> Version | None:
        """Return the API version whose events a hub below one gets; None where they are posted to it."""
        return None


def refuse_unknown(request: Request, resource: ServedResource, work: Reading, named: Mapping[Path, str]) -> None:
    """Refuse (InvalidInput) attributes that only the source of a resource knows to be none."""
    source = resource.version.sources.get(resource.name) if named else None
    if source:
        source.refuse_unknown(work, owner_of(request, resource), named)


def page_of(request: Request, resource: ServedResource, work: Reading, query: Query) -> Page:
    """Return a page of the resources that an address lists. Raises NotFound where there is nothing to be below."""
    owner, source = owner_of(request, resource), resource.version.sources.get(resource.name)
    if resource.owner:
        require_owner(resource, work, owner)
        # Ahead of the others: it is the one that an index answers.
        query = replace(query, conditions=(Condition((resource.owner,), (owner,)), *query.conditions))
    page = source.find(work, owner, query) if source else None
    return work.find(resource.entity, query) if page is None else page


def stored_of(request: Request, resource: ServedResource, work: Reading) -> Stored:
    """Return the resource at an address. Raises NotFound."""
    owner, source = owner_of(request, resource), resource.version.sources.get(resource.name)
    found = source.get(work, owner, request.identifier) if source else None
    if found is None:
        found = work.require_stored(resource.entity, request.identifier)
        refuse_elsewhere(request, resource, found)
    return found


def settle(request: Request, resource: ServedResource, work: Work, document: Document) -> None:
    """Put a new or changed resource below what its address says, which can't be removed until the transaction ends.

    Raises NotFound where that isn't there, Conflict for a document that says otherwise.
    """
    owner, source = owner_of(request, resource), resource.version.sources.get(resource.name)
    if resource.owner:
        if document.setdefault(resource.owner, owner) != owner:
            raise Conflict(f"is '{owner}', as the address says", path=resource.owner, code="notAllowed")
        require_owner(resource, work, owner)
    if source:
        source.admit(work, owner, document)


def guard_within(request: Request, resource: ServedResource, guard: Guard | None) -> Guard | None:
    """Return a guard that also refuses (NotFound) what isn't below what the address says.

    Raises Conflict for what isn't in the table, and so can't be changed.
    """
    source = resource.version.sources.get(resource.name)
    if source:
        source.refuse_change(owner_of(request, resource), request.identifier)
    if not resource.owner:
        return guard

    def refuse(stored: Stored) -> None:
        refuse_elsewhere(request, resource, stored)
        if guard:
            guard(stored)

    return refuse


def owner_of(request: Request, resource: ServedResource) -> str:
    """Return the identifier of what the address is below, "" where that is nothing."""
    return request.parameters[resource.owner] if resource.owner else ""


def require_owner(resource: ServedResource, work: Reading, owner: str) -> None:
    """Refuse (NotFound) an address below what isn't there; a transaction keeps what is there from being removed."""
    source = resource.version.sources.get(resource.row.below)
    if source and source.get(work, "", owner):
        return
    entity = resource.version.resources[resource.row.below].entity
    found = work.hold(entity, owner) if isinstance(work, Work) else work.get(entity, owner)
    if found is None:
        raise NotFound(f"there is no {resource.row.below} '{owner}'", path=resource.owner)


def refuse_elsewhere(request: Request, resource: ServedResource, stored: Stored) -> None:
    """Refuse (NotFound) a resource that is below another one than the address says."""
    if resource.owner and stored.document.get(resource.owner) != owner_of(request, resource):
        raise NotFound(f"there is no {resource.name} '{request.identifier}' at this address", path="id")
