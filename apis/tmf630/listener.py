"""The listener paths of an API version: takes in notifications that other systems send us, and keeps them."""

from __future__ import annotations

from apis.tmf630.exchange import Reply, Request
from core.events.received import receive
from core.service import Work


def receive_notification(request: Request) -> Reply:
    """Keep a notification, which has been checked against its schema, and answer as the document says.

    v5 answers 204. v4 answers 201 with a subscription that the sender never made: it gets the identifier of the event
    and the address it has called.
    """
    event_type = request.operation.id.removeprefix("notify")
    api = (request.version.api.name, request.version.name)

    def task(work: Work) -> str:
        return receive(work.connection, request.context.tenant, api, event_type, request.body, work.now)

    event_id = request.core.run(request.context, task)
    if request.operation.reply_validator(201) is None:
        return Reply(204)
    return Reply(201, {"id": event_id, "callback": request.address(request.operation.path)})
