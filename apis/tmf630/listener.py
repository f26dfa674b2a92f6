"""The listener paths of an API version: takes in notifications that other systems send us, and keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apis.tmf630.exchange import Reply, Request
from core.errors import Conflict
from core.events.received import receive
from core.service import Work


def receive_notification(request: Request) -> Reply:
    """Keep a notification, which has been checked against its schema, and answer as the document says.

    v5 answers 204. v4 answers 201 with a subscription that the sender never made: it gets the identifier of the event
    and the address it has called.
    """
    event_type = request.operation.id.removeprefix("notify")
    _refuse_other_events(event_type, request.body)
    api = (request.version.api.name, request.version.name)

    def task(work: Work) -> str:
        return receive(work.connection, request.context.tenant, api, event_type, request.body, work.now)

    event_id = request.core.run(request.context, task)
    if request.operation.reply_validator(201) is None:
        return Reply(204)
    return Reply(201, {"id": event_id, "callback": request.address(request.operation.path)})


def _refuse_other_events(expected: str, body: Mapping[str, Any]) -> None:
    """Refuse a notification of another event than its path is for; capitals aside, and it need not say."""
    said = body.get("eventType")
    if isinstance(said, str) and said.lower() != expected.lower():
        reason = f"'{said}' isn't told here; {expected} is expected"
        raise Conflict(reason, path="eventType", code="otherEvent")
