"""Which function answers an operation, by the regular form of its operationId."""

from __future__ import annotations

from apis.tmf630 import hub, operations
from apis.tmf630.exchange import Handler
from apis.tmf630.listener import receive_notification
from apis.tmf630.resources import HUB
from apis.tmf630.version import Version

GENERIC: dict[str, Handler] = {
    "list": operations.list_resources,
    "create": operations.create_resource,
    "retrieve": operations.retrieve_resource,
    "patch": operations.patch_resource,
    "delete": operations.delete_resource,
    "notify": receive_notification,
}


def handlers_of(version: Version) -> dict[str, Handler]:
    """Return the function of every operation of a version.

    Raises LookupError for an operation that nobody answers: a mistake in a specification.
    """
    special = {route.id: route.handler for route in version.api.extra_routes}
    return {key: special.get(key) or _regular(key) for key in version.operations}


def _regular(operation_id: str) -> Handler:
    for verb, handler in (hub.HANDLERS if operation_id.endswith(HUB) else GENERIC).items():
        if operation_id.startswith(verb) and operation_id[len(verb) :][:1].isupper():
            return handler
    raise LookupError(f"nothing answers the operation {operation_id}")
