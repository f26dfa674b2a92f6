"""The five operations that every TM Forum resource has, written once: list, create, retrieve, patch, delete."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from apis.tmf630.carrying import carry
from apis.tmf630.exchange import Reply, Request
from apis.tmf630.fields import Selection, read_selection, select
from apis.tmf630.paging import is_partial, page_headers
from apis.tmf630.patch import Change, read_patch
from apis.tmf630.query import read_list_request, read_view
from apis.tmf630.refusals import refused_in_words_of
from apis.tmf630.version import ServedResource
from apis.tmf630.views import refuse_absent_attributes, refuse_unknown_attributes, shown_as_asked
from core.entity import copied
from core.errors import Conflict, Fault, NotYet
from core.service import Work
from core.storage.json import dumps, loads

Document = dict[str, Any]


class InvalidOutcome(Exception):
    """Rules have made a resource that breaks the specification."""


# What a resource may grow to by patches, in bodies of the largest size.
MOST_BODIES = 8
LONGEST_ID = 255


def list_resources(request: Request) -> Reply:
    """Answer 200 with a page of resources and what tells of the others (or 206, see the setting `partial_status`)."""
    resource, settings = served(request), request.core.settings
    wanted = read_list_request(request.query, resource, settings)
    with request.core.reading(request.context) as work:
        if wanted.view.extensions:
            refuse_unknown_attributes(work, resource, wanted.view, settings)
        page = work.find(resource.entity, wanted.query)
        items = shown_as_asked(request, resource, work, page.items, wanted.view)
    headers = page_headers(page, wanted.query, request.address(resource.path), request.query)
    status = settings.partial_status if is_partial(page, wanted.query) else 200
    return Reply(status, items, headers)


def create_resource(request: Request) -> Reply:
    """Answer 201 with the new resource as it is after judging, and its address."""
    resource = served(request)
    # The resource may demand more than its creation (TMF629 v5, `engagedParty.id`), for somebody to fill in.
    left_open = {fault.path for fault in resource.validator.faults(request.body)}
    document = admitted(resource, request.body)
    # Rules amend the document; a transaction that has to be repeated starts from what was sent.
    sent, unspent = dumps(document), [document]

    def task(work: Work) -> Document:
        created = work.create(resource.entity, unspent.pop() if unspent else loads(sent))
        return undo_invalid(request, resource, created, left_open)

    with refused_in_words_of(resource.dialect):
        stored = request.core.run(request.context, task)
    reply = Reply(201, _shown(request, resource, stored, read_selection(request.query)))
    reply.headers["Location"] = request.address(resource.path, stored["id"])
    return reply


def retrieve_resource(request: Request) -> Reply:
    """Answer 200 with one resource."""
    resource = served(request)
    view = read_view(request.query, resource, request.core.settings)
    with request.core.reading(request.context) as work:
        document = work.require(resource.entity, request.identifier)
        refuse_absent_attributes(document, resource, view)
        return Reply(200, shown_as_asked(request, resource, work, [document], view)[0])


def patch_resource(request: Request) -> Reply:
    """Answer 200 with the changed resource; the whole of it is valid, or nothing has changed."""
    resource = served(request)
    most_bytes = MOST_BODIES * request.core.settings.max_body_bytes
    change = read_patch(request.media_type, request.body, resource, most_bytes)

    def mutate(document: Document) -> Document:
        return patched(request, resource, change, document)

    def task(work: Work) -> Document:
        changed = work.change(resource.entity, request.identifier, mutate, caller=True)
        return undo_invalid(request, resource, changed)

    with refused_in_words_of(resource.dialect):
        stored = request.core.run(request.context, task)
    return Reply(200, _shown(request, resource, stored, read_selection(request.query)))


def delete_resource(request: Request) -> Reply:
    """Answer 204 once the resource is gone."""
    resource = served(request)
    request.core.run(request.context, lambda work: work.delete(resource.entity, request.identifier))
    return Reply(204)


def admitted(resource: ServedResource, body: Any) -> Document:
    """Return a valid body of a creation as the document to store: canonical wording, typed, without an address."""
    document = resource.read(body)
    document.pop("href", None)
    refuse_unreachable_identifier(document)
    return document


def undo_invalid(
    request: Request, resource: ServedResource, document: Document, left_open: Collection[str] = ()
) -> Document:
    """Return a document that is to be committed; one that its version can't show is undone.

    Once stored, it would make every list that it is in fail. Raises Conflict for what a creation has left open and
    nobody has filled in, else InvalidOutcome: then the mistake is ours.
    """
    if faults := resource.validator.faults(resource.word(request, document)):
        if all(fault.path in left_open for fault in faults):
            raise Conflict("can't be kept as it is", faults=faults)
        raise InvalidOutcome("; ".join(f"{resource.name} {fault.path} {fault.reason}" for fault in faults))
    return document


def served(request: Request) -> ServedResource:
    """Return the resource an operation is about. Raises NotYet where no entity stands behind it."""
    resource = request.operation.resource
    if resource is None or resource.entity not in request.core.entities:
        raise NotYet(f"{request.operation.id} is not offered by this release")
    return resource


def refuse_unreachable_identifier(document: Document) -> None:
    """Refuse an identifier that no address can hold: empty, too long, a path step of its own, control characters."""
    identifier = document.get("id")
    if identifier is None:
        document.pop("id", None)
    elif not 0 < len(identifier) <= LONGEST_ID or identifier in (".", "..") or not identifier.isprintable():
        reason = f"must have 1 to {LONGEST_ID} printable characters and can't be '.' or '..'"
        raise Conflict(reason, path="id", code="notAllowed")


def patched(request: Request, resource: ServedResource, change: Change, document: Document) -> Document:
    """Return a stored document after a change to what its version shows. Raises Conflict where that makes it invalid.

    A version that can't show all of it changes only what it can: the difference is carried over.
    """
    shown = resource.fitted(resource.word(request, document))
    href, demanded = shown["href"], resource.mandatory & shown.keys()
    wanted = change(shown if resource.version.is_canonical else copied(shown))
    if wanted.get("href") != href:
        raise Conflict("can't be changed", path="href", code="unchangeable")
    if resource.version.is_canonical:
        resource.version.types.fill(wanted, resource.canonical)
    lost = [Fault(name, "missing", "is mandatory and can't be taken away") for name in sorted(demanded - wanted.keys())]
    if faults := [*lost, *resource.validator.faults(wanted)]:
        raise Conflict("the patched resource would not be valid", faults=faults)
    after = resource.read(without_address(wanted))
    if resource.version.is_canonical:
        return after
    return resource.stored(carry(document, resource.read(without_address(shown)), after))


def without_address(document: Document) -> Document:
    """Return a resource without what only its address says."""
    return {name: value for name, value in document.items() if name != "href"}


def _shown(request: Request, resource: ServedResource, document: Document, selection: Selection | None) -> Document:
    worded = resource.word(request, document)
    if selection is None:
        return worded
    return select(worded, selection, resource.schema, resource.version.shapes, resource.mandatory)
