"""Checks each notification with openapi-core, as a request to the listener operation of the complete document.

openapi-core finds the operation and media type and decodes the bytes that are about to be sent. For the schema it is
given our compiled validators, through the setting it has for that: its own take 2 to 6 ms for an order and recurse
without end where a discriminator maps a type to itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request.validators import V30RequestBodyValidator
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from openapi_core.validation.schemas.factories import SchemaValidatorsFactory
from openapi_core.validation.schemas.validators import SchemaValidator

from apis.tmf630.validation import Validator, Validators
from apis.tmf630.version import JSON, Operation, Version
from core.errors import Fault
from core.storage.json import loads

HOST = "http://listener"


class NotificationCheck:
    """The listener operations of one API version."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._schemas = CompiledSchemas(version.validators)
        self._checks: dict[str, V30RequestBodyValidator] = {}

    def faults(self, event_type: str, body: bytes) -> tuple[Fault, ...]:
        """Return what is wrong with a notification of this type, an empty tuple when it may be sent."""
        request = ListenerRequest(f"{self._version.base_path}{self._operation(event_type).path}", body)
        return tuple(fault for error in self._check(event_type).iter_errors(request) for fault in _faults_of(error))

    def _check(self, event_type: str) -> V30RequestBodyValidator:
        if event_type not in self._checks:
            path, document = self._operation(event_type).path, self._version.specification.document
            # openapi-core tries the paths in turn; the one in question is enough.
            document = {**document, "paths": {path: document["paths"][path]}}
            self._checks[event_type] = V30RequestBodyValidator(
                SchemaPath.from_dict(
                    {**document, "paths": {path: document["paths"][path]}}, resolved_cache_maxsize=256
                ),
                schema_validators_factory=self._schemas,
                extra_media_type_deserializers={JSON: loads},
            )
        return self._checks[event_type]

    def _operation(self, event_type: str) -> Operation:
        return self._version.operations[f"notify{event_type}"]


@dataclass(slots=True)
class ListenerRequest:
    """The request that a notification is going to be, in the form that openapi-core reads."""

    path: str
    body: bytes
    host_url: str = HOST
    method: str = "post"
    content_type: str = JSON
    parameters: RequestParameters = field(default_factory=RequestParameters)


class InvalidNotification(InvalidSchemaValue):
    """What openapi-core is told when a notification breaks its schema."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(value="notification", type="object")
        self.faults = faults


class CompiledSchemas(SchemaValidatorsFactory):
    """Gives openapi-core compiled validators instead of its own, each made once."""

    def __init__(self, validators: Validators) -> None:
        self._validators = validators
        self._made: dict[tuple[Any, ...], CompiledSchema] = {}

    def create(self, spec: SchemaPath, schema: SchemaPath, *_rest: Any, **_options: Any) -> SchemaValidator:
        """Return the validator of a schema of the document."""
        if schema.parts not in self._made:
            node = schema.parent.read_value()[schema.parts[-1]]
            self._made[schema.parts] = CompiledSchema(self._validators.of(node))
        return self._made[schema.parts]


class CompiledSchema(SchemaValidator):
    """One compiled schema behind openapi-core's interface."""

    def __init__(self, validator: Validator) -> None:
        self._compiled = validator

    def validate(self, value: Any) -> None:
        """Raise InvalidNotification, with every fault, for a value that breaks the schema."""
        if faults := self._compiled.faults(value):
            raise InvalidNotification(faults)


def _faults_of(error: Exception) -> Iterator[Fault]:
    cause = error.__cause__ or error
    if isinstance(cause, InvalidNotification):
        yield from cause.faults
    else:
        # Only the kind of error: its text may quote the notification, which holds customers' data.
        yield Fault("", "invalid", f"openapi-core refuses it: {type(cause).__name__}")
