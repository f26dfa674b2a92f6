"""Takes requests in without HTTP: validated, worded and stored by the code that answers a POST, one or many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.errors import InvalidInput

if TYPE_CHECKING:
    from apis.tmf630.version import Operation
    from core.context import Context
    from core.service import Core

Document = dict[str, Any]
JSON = "application/json"


class Desk:
    """Creates resources for a caller, each in the newest version of its API."""

    def __init__(self, core: Core, context: Context) -> None:
        from apis.app import served_versions

        self.core = core
        self.context = context
        operations = [operation for version in served_versions() for operation in version.operations.values()]
        self._operations: dict[str, Operation] = {operation.id: operation for operation in operations}

    def create(self, resource: str, body: Document) -> Document:
        """Store one request body and return the resource as the first caller would see it. Raises as `create_many`."""
        return self.create_many(resource, [body])[0]

    def create_many(self, resource: str, bodies: Sequence[Document]) -> list[Document]:
        """Store request bodies in one transaction and return the resources, in order.

        Raises InvalidInput for a body that breaks the specification, Conflict where a rule forbids one.
        """
        from apis.tmf630.operations import admitted

        operation = self._operations[f"create{resource}"]
        served, validator = operation.resource, operation.request_validator(JSON)
        assert served is not None, "a resource's create operation has its resource"
        for body in bodies:
            if faults := validator.faults(body):
                raise InvalidInput(f"a {resource} breaks the specification", faults=faults)
        return self.core.run(
            self.context, lambda work: work.create_many(served.entity, [admitted(served, body) for body in bodies])
        )
