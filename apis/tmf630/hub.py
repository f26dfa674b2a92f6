"""The hubs: subscriptions to the events of an API version or a topic, made, listed, read and ended (TMF630 part 1).

The secret that signs what a subscription is sent is in a header of the reply that makes it, and never told again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from apis.tmf630.channels import PostedWording
from apis.tmf630.criteria import attributes_in, has_absent
from apis.tmf630.exchange import Handler, Reply, Request
from apis.tmf630.expansion import SECRET
from apis.tmf630.extensions import extended_types
from apis.tmf630.fields import read_selection, select
from apis.tmf630.identifiers import refuse_unreachable_identifier
from apis.tmf630.notifications import wordings_of
from apis.tmf630.paging import is_partial, page_headers
from apis.tmf630.preconditions import content_tag, is_known, refuse_other_content, unchanged
from apis.tmf630.query import read_list_request, read_page, refuse_unknown_parameters
from apis.tmf630.repetition import read_key, run_once
from apis.tmf630.shapes import Shape
from apis.tmf630.sources import owner_of, require_owner
from apis.tmf630.subscription_query import read_selection_of_events, read_selection_of_posted
from apis.tmf630.version import JSON, ServedResource, Version
from core.errors import Conflict, Fault, InvalidInput
from core.evaluation import holds
from core.events import subscriptions
from core.events.addresses import Addresses, refuse_forbidden_callback
from core.events.secrets import secret_of
from core.events.selection import Channel
from core.query import Condition, Query
from core.reading import Reading
from core.service import Work

PATH = "/hub"


@dataclass(frozen=True, slots=True)
class Hub:
    """Where subscriptions are made: the address, the channel that they are to, and the API version that is told of.

    `resource` is what a subscription is below a topic (its `version` is None where the topic's events are posted), None
    for the hub of an API version.
    """

    path: str
    channel: Channel
    version: Version | None
    resource: ServedResource | None = None


def create_subscription(request: Request) -> Reply:
    """Answer 201 with the subscription and its address. A callback or query that can't be used is refused."""
    tenant, settings, hub = request.context.tenant, request.core.settings, hub_of(request)
    _refuse_unclear_query(request, hub)
    # Before the transaction: a name server may take its time.
    refuse_forbidden_callback(request.body["callback"], Addresses(settings))
    document, identifier = _admitted(request.body, hub)

    def task(work: Work) -> Reply:
        _require_topic(request, hub, work)
        made = subscriptions.create(work.connection, tenant, hub.channel, document, work.now, identifier)
        shown, address = _shown(request, hub, made), request.address(hub.path, made["id"])
        headers = {"ETag": content_tag(shown), "Location": address, "Cache-Control": "no-store"}
        headers[SECRET] = secret_of(work.connection, tenant, made["id"])
        return Reply(201, _selected(request, hub, shown), headers)

    return run_once(request, read_key(request), task)


def list_subscriptions(request: Request) -> Reply:
    """Answer 200 with a page of the brand's subscriptions to this channel, oldest first."""
    hub, settings = hub_of(request), request.core.settings
    with request.core.reading(request.context) as work:
        query = _query_of(request, hub, work)
        page = subscriptions.find(work.connection, request.context.tenant, hub.channel, query)
    headers = page_headers(page, query, request.address(hub.path), request.query)
    status = settings.partial_status if is_partial(page, query) else 200
    return Reply(status, [_selected(request, hub, _shown(request, hub, each)) for each in page.items], headers)


def retrieve_subscription(request: Request) -> Reply:
    """Answer 200 with one subscription to this channel, 304 to a caller that has it already."""
    hub = hub_of(request)
    with request.core.reading(request.context) as work:
        found = subscriptions.get(work.connection, request.context.tenant, hub.channel, request.identifier)
    shown = _selected(request, hub, _shown(request, hub, found))
    tag = content_tag(shown)
    return unchanged(tag) if is_known(request, tag) else Reply(200, shown, {"ETag": tag})


def delete_subscription(request: Request) -> Reply:
    """Answer 204 once the subscription has ended; nothing is sent to its callback from then on."""
    hub = hub_of(request)

    def task(work: Work) -> None:
        found = subscriptions.get(work.connection, request.context.tenant, hub.channel, request.identifier)
        refuse_other_content(request, content_tag(_shown(request, hub, found)))
        subscriptions.remove(work.connection, request.context.tenant, hub.channel, request.identifier)

    request.core.run(request.context, task)
    return Reply(204)


def hub_of(request: Request) -> Hub:
    """Return the hub that a request is to.

    A hub below a topic that tells of an API version makes subscriptions to that version, like its own.
    """
    version, resource = request.version, request.operation.resource
    if resource is None:
        return Hub(PATH, Channel(version.api.name, version.name), version)
    owner = owner_of(request, resource)
    bound, source = resource.belonging_to(owner), version.sources.get(resource.row.below)
    told = source.told_by(owner) if source else None
    if told is None:
        return Hub(bound.path, Channel(version.api.name, version.name, owner), None, bound)
    return Hub(bound.path, Channel(told.api.name, told.name), told, bound)


def _query_of(request: Request, hub: Hub, work: Reading) -> Query:
    """Return what a list is asked for: those of API versions have pages only. Raises InvalidInput, NotFound."""
    settings, tenant = request.core.settings, request.context.tenant
    if hub.resource is None:
        refuse_unknown_parameters(request.query, request.operation.query_names)
        return read_page(request.query, settings)
    _require_topic(request, hub, work)
    wanted = read_list_request(request.query, hub.resource, settings, lambda: extended_types(work))
    if extensions := wanted.view.extensions:
        known = subscriptions.find(work.connection, tenant, hub.channel).items
        faults = [
            Fault(place, "unknownAttribute", "is not an attribute of Hub")
            for path, place in extensions.items()
            if not any(holds(Condition(path, operator="present"), each) for each in known)
        ]
        if faults:
            raise InvalidInput("the query can't be understood", faults=faults)
    return wanted.query


def _require_topic(request: Request, hub: Hub, work: Reading) -> None:
    if hub.resource is not None:
        require_owner(hub.resource, work, owner_of(request, hub.resource))


def _refuse_unclear_query(request: Request, hub: Hub) -> None:
    with request.core.reading(request.context) as reading:
        _require_topic(request, hub, reading)
        query, is_absent = request.body.get("query") or "", partial(has_absent, reading)
        if hub.version is None:
            events = request.version.resources[request.version.api.posted or ""]
            attributes = attributes_in(reading, events)
            read_selection_of_posted(query, PostedWording(events), hub.channel.topic, attributes, is_absent)
        else:
            read_selection_of_events(query, wordings_of(hub.version), partial(attributes_in, reading), is_absent)


def _admitted(body: Mapping[str, Any], hub: Hub) -> tuple[dict[str, Any], str | None]:
    """Return a subscription as it is kept, and the identifier that it is to have: below a topic, whoever makes it says.

    It has to be one of the API version that is told of as well. Raises Conflict where it can't be.
    """
    document = dict(body)
    if hub.resource is None:
        return document, None
    refuse_unreachable_identifier(document)
    if hub.version is not None:
        if "@type" in _shape_of(hub.version).required:
            document.setdefault("@type", "Hub")
        faults = hub.version.operations["createHub"].request_validator(JSON).faults(document)
        if faults:
            raise Conflict(f"can't be a subscription of {hub.version.specification.title}", faults=faults)
    return document, document.get("id")


def _shown(request: Request, hub: Hub, subscription: dict[str, Any]) -> dict[str, Any]:
    # v5 subscriptions and those below topics are resources with an address, those of v4 aren't.
    if hub.resource is None and "href" not in _shape_of(request.version).properties:
        return subscription
    shown = {"id": subscription["id"], "href": request.address(hub.path, subscription["id"]), **subscription}
    # What the hub of an API version took may not be valid by the document that has the topics.
    return hub.resource.fitting.fit(shown) if hub.resource else shown


def _selected(request: Request, hub: Hub, shown: dict[str, Any]) -> dict[str, Any]:
    if hub.resource is None:
        return shown
    selection = read_selection(request.query)
    unknown = [name for name in selection or () if not hub.resource.knows((name,)) and name not in shown]
    if unknown:
        faults = [Fault("fields", "unknownAttribute", f"a subscription has no attribute '{name}'") for name in unknown]
        raise InvalidInput("the query can't be understood", faults=faults)
    return select(shown, selection, hub.resource.schema, request.version.shapes, hub.resource.mandatory)


def _shape_of(version: Version) -> Shape:
    """Return the shape of a subscription to an API version."""
    document = version.specification.document
    media = next(iter(document["paths"][PATH]["post"]["responses"]["201"]["content"].values()))
    return version.shapes.of(media["schema"])


HANDLERS: dict[str, Handler] = {
    "create": create_subscription,
    "list": list_subscriptions,
    "retrieve": retrieve_subscription,
    "delete": delete_subscription,
}
