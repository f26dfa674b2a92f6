"""The hub of an API version: subscriptions to its events, made, read and ended (TMF630 part 1, notifications)."""

from __future__ import annotations

from typing import Any

from apis.tmf630.exchange import Handler, Reply, Request
from apis.tmf630.listener import receive_notification
from apis.tmf630.notifications import event_types
from apis.tmf630.preconditions import content_tag, is_known, refuse_other_content, unchanged
from apis.tmf630.repetition import read_key, run_once
from core.events import subscriptions
from core.service import Work

PATH = "/hub"


def create_subscription(request: Request) -> Reply:
    """Answer 201 with the subscription and its address. A callback or query that can't be used is refused."""

    def task(work: Work) -> Reply:
        offered = event_types(request.version)
        tenant = request.context.tenant
        created = subscriptions.create(work.connection, tenant, _api(request), request.body, offered, work.now)
        shown = _shown(request, created)
        return Reply(201, shown, {"ETag": content_tag(shown), "Location": request.address(PATH, created["id"])})

    return run_once(request, read_key(request), task)


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
    "retrieveHub": retrieve_subscription,
    "deleteHub": delete_subscription,
    "notify": receive_notification,
}
