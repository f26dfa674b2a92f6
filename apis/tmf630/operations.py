"""The five operations that every TM Forum resource has, written once: list, create, retrieve, patch, delete."""

from __future__ import annotations

from typing import Any

from apis.tmf630.carrying import carry
from apis.tmf630.complaints import written_path
from apis.tmf630.exchange import Reply, Request
from apis.tmf630.extensions import extended_types, refuse_unfit_extensions, written_extensions
from apis.tmf630.fields import select
from apis.tmf630.identifiers import refuse_unreachable_identifier
from apis.tmf630.paging import is_partial, page_headers
from apis.tmf630.patch import Change, read_patch
from apis.tmf630.preconditions import guard_of, is_known, tag_of
from apis.tmf630.query import read_list_request, read_view
from apis.tmf630.refusals import refused_in_words_of
from apis.tmf630.repetition import read_key, run_once
from apis.tmf630.sources import guard_within, page_of, refuse_unknown, settle, stored_of
from apis.tmf630.version import ServedResource
from apis.tmf630.views import refuse_absent_attributes, refuse_unknown_attributes, shown_as_asked
from core.entity import copied
from core.errors import Conflict, Fault, NotYet, refuse
from core.service import Work
from core.storage.json import dumps, loads

Document = dict[str, Any]


class InvalidOutcome(Exception):
    """Rules have made a resource that breaks the specification."""


# What a resource may grow to by patches, in bodies of the largest size.
MOST_BODIES = 8


def list_resources(request: Request) -> Reply:
    """Answer 200 with a page of resources and what tells of the others (or 206, see the setting `partial_status`)."""
    resource, settings = served(request), request.core.settings
    with request.core.reading(request.context) as work:
        wanted = read_list_request(request.query, resource, settings, lambda: extended_types(work))
        if wanted.view.extensions:
            refuse_unknown_attributes(work, resource, wanted.view)
        refuse_unknown(request, resource, work, wanted.view.named)
        page = page_of(request, resource, work, wanted.query)
        items = shown_as_asked(request, resource, work, page.items, wanted.view)
    headers = page_headers(page, wanted.query, request.address(resource.path), request.query)
    status = settings.partial_status if is_partial(page, wanted.query) else 200
    return Reply(status, items, headers)


def create_resource(request: Request) -> Reply:
    """Answer 201 with the new resource as it is after judging, and its address; 202 where its work is still ahead.

    That is for the entity to say, and for the version's document whether it may be answered so (v4 has 201 alone).
    """
    resource, key = served(request), read_key(request)
    document = admitted(resource, request.body)
    # Rules amend the document; a transaction that has to be repeated starts from what was sent.
    sent, unspent = dumps(document), [document]

    def task(work: Work) -> Reply:
        wanted = unspent.pop() if unspent else loads(sent)
        refuse_unfit_extensions(work, request.origin, wanted)
        settle(request, resource, work, wanted)
        created = work.create(resource.entity, wanted)
        worded = undo_invalid(request, resource, created, sent)
        tag = tag_of(request, work.stamp(resource.entity, created["id"]))
        headers = {"ETag": tag, "Location": request.address(resource.path, created["id"])}
        deferred = request.operation.may_defer and work_is_ahead(request, resource, created)
        shown = _selected(request, resource, work, created, worded)
        return _checked(202 if deferred else 201, resource, worded, shown, headers)

    with refused_in_words_of(resource.dialect):
        return run_once(request, key, task)


def retrieve_resource(request: Request) -> Reply:
    """Answer 200 with one resource and its entity tag, 304 to a caller that has it already.

    What shows other resources too has no tag: they may change while this one doesn't.
    """
    resource = served(request)
    with request.core.reading(request.context) as work:
        view = read_view(request.query, resource, request.core.settings, lambda: extended_types(work))
        stored = stored_of(request, resource, work)
        refuse_absent_attributes(stored.document, resource, view)
        refuse_unknown(request, resource, work, view.named)
        tag = tag_of(request, stored.stamp)
        headers = {} if view.depth else {"ETag": tag}
        if is_known(request, tag):
            return Reply(304, headers=headers)
        return Reply(200, shown_as_asked(request, resource, work, [stored.document], view)[0], headers)


def patch_resource(request: Request) -> Reply:
    """Answer 200 with the changed resource; the whole of it is valid, or nothing has changed.

    The change is made to the resource as it is then, under a lock: without If-Match, what others have changed since
    the caller read it stays.
    """
    resource = served(request)
    guard = guard_within(request, resource, guard_of(request))
    most_bytes = MOST_BODIES * request.core.settings.max_body_bytes
    change = read_patch(request.media_type, request.body, resource, most_bytes, request.repeated)

    def task(work: Work) -> Reply:
        def mutate(document: Document) -> Document:
            before = written_extensions(document)
            after = patched(request, resource, change, document)
            refuse_unfit_extensions(work, request.origin, after, before)
            settle(request, resource, work, after)
            return after

        changed = work.change(resource.entity, request.identifier, mutate, caller=True, guard=guard)
        worded = undo_invalid(request, resource, changed)
        tag = tag_of(request, work.stamp(resource.entity, request.identifier))
        shown = _selected(request, resource, work, changed, worded)
        return _checked(200, resource, worded, shown, {"ETag": tag})

    with refused_in_words_of(resource.dialect):
        return request.core.run(request.context, task)


def delete_resource(request: Request) -> Reply:
    """Answer 204 once the resource is gone."""
    resource = served(request)
    guard = guard_within(request, resource, guard_of(request))
    request.core.run(request.context, lambda work: work.delete(resource.entity, request.identifier, guard=guard))
    return Reply(204)


def work_is_ahead(request: Request, resource: ServedResource, document: Document) -> bool:
    """Tell whether what a creation asks for is still to be done, for its state to be followed."""
    return request.core.entities[resource.entity].is_ahead(document, request.core.clock.now())


def admitted(resource: ServedResource, body: Any) -> Document:
    """Return a valid body of a creation as the document to store: canonical wording, typed, without an address."""
    # Creations have no attribute of either name, so these may be anything; they aren't to be kept for being odd.
    document = {name: value for name, value in body.items() if name != "href"}
    refuse_unreachable_identifier(document)
    refuse_unfit_additions(resource, document)
    return resource.read(document)


def refuse_unfit_additions(resource: ServedResource, document: Document) -> None:
    """Refuse (Conflict) values that a resource can't have, of attributes that its creation doesn't know.

    A creation may hold anything there, and rules take what stands in a resource for valid.
    """
    sent = resource.added & document.keys()
    if not sent:
        return
    complaints = [each for each in resource.validator.complaints(document) if each.path[:1] and each.path[0] in sent]
    refuse(Fault(written_path(each.path), each.code, each.reason) for each in complaints)


def undo_invalid(request: Request, resource: ServedResource, document: Document, sent: bytes | None = None) -> Document:
    """Return a document that is to be committed in the words of its version; one that it can't show is undone.

    Once stored, it would make every list that it is in fail. A resource may demand more than its creation does (TMF629
    v5, `engagedParty.id`), for somebody to fill in. Raises Conflict for what `sent`, the creation in canonical wording,
    has left open and nobody has filled in, and for what the canonical version couldn't show; else InvalidOutcome: then
    the mistake is ours.
    """
    if not resource.version.is_canonical and (unfit := resource.canonical_validator.faults(document)):
        raise Conflict("can't be kept, since it would not be valid in other versions of the API", faults=unfit)
    worded = resource.word(request, document)
    faults = resource.validator.faults(worded)
    if faults and not resource.version.is_canonical:
        worded = resource.fitted(worded)
        faults = resource.validator.faults(worded)
    if faults:
        if sent and {fault.path for fault in faults} <= faulty_paths(resource, loads(sent)):
            raise Conflict("can't be kept as it is", faults=faults)
        raise InvalidOutcome("; ".join(f"{resource.name} {fault.path} {fault.reason}" for fault in faults))
    return worded


def faulty_paths(resource: ServedResource, document: Document) -> set[str]:
    """Return where a document in canonical wording isn't valid yet as a resource of its version."""
    return {fault.path for fault in resource.validator.faults(resource.dialect.dump(document))}


def served(request: Request) -> ServedResource:
    """Return the resource an operation is about. Raises NotYet where no entity stands behind it."""
    resource = request.operation.resource
    if resource is None or resource.entity not in request.core.entities:
        raise NotYet(f"{request.operation.id} is not offered by this release")
    return resource.belonging_to(request.parameters[resource.owner]) if resource.owner else resource


def patched(request: Request, resource: ServedResource, change: Change, document: Document) -> Document:
    """Return a stored document after a change to what its version shows. Raises Conflict where that makes it invalid.

    A version that can't show all of it changes only what it can: the difference is carried over.
    """
    shown = resource.fitted(resource.word(request, document))
    own, demanded = {name: shown[name] for name in ("id", "href")}, resource.mandatory & shown.keys()
    wanted = change(shown if resource.version.is_canonical else copied(shown))
    refuse(Fault(name, "unchangeable", "can't be changed") for name in own if wanted.get(name) != own[name])
    if resource.version.is_canonical:
        resource.version.types.fill(wanted, resource.canonical)
    lost = [Fault(name, "missing", "is mandatory and can't be taken away") for name in sorted(demanded - wanted.keys())]
    if faults := [*lost, *resource.validator.faults(wanted)]:
        raise Conflict("the patched resource would not be valid", faults=faults)
    after = resource.read(resource.unplaced(wanted))
    if resource.version.is_canonical:
        return after
    # What is shown has parts in common with what is stored, and reading fills in types.
    return resource.stored(carry(document, resource.read(copied(resource.unplaced(shown))), after))


def _checked(
    status: int, resource: ServedResource, worded: Document, shown: Document, headers: dict[str, str]
) -> Reply:
    """Return a reply with a document that has been validated already, or with the part of it that is to be shown."""
    return Reply(status, shown, headers, valid_by=resource.validator if shown is worded else None)


def _selected(request: Request, resource: ServedResource, work: Work, document: Document, worded: Document) -> Document:
    """Return what was asked for of a document, given as it is stored and as its version words it."""
    view = read_view(request.query, resource, request.core.settings, lambda: extended_types(work))
    refuse_absent_attributes(document, resource, view)
    return select(worded, view.selection, resource.schema, resource.version.shapes, resource.mandatory)
