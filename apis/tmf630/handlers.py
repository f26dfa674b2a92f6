"""Which function answers an operation, by the regular form of its operationId."""

from __future__ import annotations

from apis.tmf630 import operations
from apis.tmf630.exchange import Handler, Reply, Request
from apis.tmf630.version import Version
from core.errors import NotYet

GENERIC: dict[str, Handler] = {
    "list": operations.list_resources,
    "create": operations.create_resource,
    "retrieve": operations.retrieve_resource,
    "patch": operations.patch_resource,
    "delete": operations.delete_resource,
}


def handlers_of(version: Version, special: dict[str, Handler]) -> dict[str, Handler]:
    """Return the function of every operation of a version.

    `special` holds those of hubs by operationId and of listeners as `notify`. Raises LookupError for an operation
    that nobody answers: a mistake in a specification.
    """
    extra = {route.id: route.handler for route in version.api.extra_routes}
    return {key: {**special, **extra}.get(key) or _regular(key, special) for key in version.operations}


def _regular(operation_id: str, special: dict[str, Handler]) -> Handler:
    if operation_id.startswith("notify") or operation_id.endswith("Hub"):
        return special.get("notify", _not_yet)
    for verb, handler in GENERIC.items():
        if operation_id.startswith(verb) and operation_id[len(verb) :][:1].isupper():
            return handler
    raise LookupError(f"nothing answers the operation {operation_id}")


def _not_yet(request: Request) -> Reply:
    raise NotYet(f"{request.operation.id} is not offered by this release")
