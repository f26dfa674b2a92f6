"""The hub of an API version: subscriptions to its events, made, listed, read and ended (TMF630 part 1, notifications).

The secret that signs what a subscription is sent is in a header of the reply that makes it, and never told again.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from apis.tmf630.criteria import attributes_in, has_absent
from apis.tmf630.exchange import Handler, Reply, Request
from apis.tmf630.expansion import SECRET
from apis.tmf630.listener import receive_notification
from apis.tmf630.notifications import wordings_of
from apis.tmf630.paging import is_partial, page_headers
from apis.tmf630.preconditions import content_tag, is_known, refuse_other_content, unchanged
from apis.tmf630.query import read_page, refuse_unknown_parameters
from apis.tmf630.repetition import read_key, run_once
from apis.tmf630.subscription_query import read_selection_of_events
from core.events import subscriptions
from core.events.addresses import Addresses, refuse_forbidden_callback
from core.events.secrets import secret_of
from core.service import Work

PATH = "/hub"


def create_subscription(request: Request) -> Reply:
    """Answer 201 with the subscription and its address. A callback or query that can't be used is refused."""
    tenant, settings = request.context.tenant, request.core.settings
    _refuse_unclear_query(request)
    # Before the transaction: a name server may take its time.
    refuse_forbidden_callback(request.body["callback"], Addresses(settings))

    def task(work: Work) -> Reply:
        made = subscriptions.create(work.connection, tenant, _api(request), request.body, work.now)
        shown, address = _shown(request, made), request.address(PATH, made["id"])
        reply = Reply(201, shown, {"ETag": content_tag(shown), "Location": address, "Cache-Control": "no-store"})
        reply.headers[SECRET] = secret_of(work.connection, tenant, made["id"])
        return reply

    return run_once(request, read_key(request), task)


def list_subscriptions(request: Request) -> Reply:
    """Answer 200 with a page of the brand's subscriptions to this API version, oldest first."""
    refuse_unknown_parameters(request.query, request.operation.query_names)
    query = read_page(request.query, request.core.settings)
    with request.core.reading(request.context) as work:
        page = subscriptions.find(work.connection, request.context.tenant, _api(request), query)
    headers = page_headers(page, query, request.address(PATH), request.query)
    status = request.core.settings.partial_status if is_partial(page, query) else 200
    return Reply(status, [_shown(request, each) for each in page.items], headers)


def retrieve_subscription(request: Request) -> Reply:
    """Answer 200 with one subscription to this API version, 304 to a caller that has it already."""
    with request.core.reading(request.context) as work:
        found = subscriptions.get(work.connection, request.context.tenant, _api(request), request.identifier)
    shown = _shown(request, found)
    tag = content_tag(shown)
    return unchanged(tag) if is_known(request, tag) else Reply(200, shown, {"ETag": tag})


def delete_subscription(request: Request) -> Reply:
    """Answer 204 once the subscription has ended; nothing is sent to its callback from then on."""

    def task(work: Work) -> None:
        found = subscriptions.get(work.connection, request.context.tenant, _api(request), request.identifier)
        refuse_other_content(request, content_tag(_shown(request, found)))
        subscriptions.remove(work.connection, request.context.tenant, _api(request), request.identifier)

    request.core.run(request.context, task)
    return Reply(204)


def _refuse_unclear_query(request: Request) -> None:
    with request.core.reading(request.context) as reading:
        read_selection_of_events(
            request.body.get("query") or "",
            wordings_of(request.version),
            partial(attributes_in, reading),
            partial(has_absent, reading),
        )


def _shown(request: Request, subscription: dict[str, Any]) -> dict[str, Any]:
    # v5 subscriptions are resources with an address, v4 ones aren't.
    document = request.version.specification.document
    media = next(iter(document["paths"][PATH]["post"]["responses"]["201"]["content"].values()))
    if "href" not in request.version.shapes.of(media["schema"]).properties:
        return subscription
    return {"id": subscription["id"], "href": request.address(PATH, subscription["id"]), **subscription}


def _api(request: Request) -> tuple[str, str]:
    return request.version.api.name, request.version.name


HANDLERS: dict[str, Handler] = {
    "createHub": create_subscription,
    "listHub": list_subscriptions,
    "retrieveHub": retrieve_subscription,
    "deleteHub": delete_subscription,
    "notify": receive_notification,
}
