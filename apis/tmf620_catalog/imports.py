"""Lets elements of an import file in as the API lets in the body of a POST: the same parser, schemas and filling."""

from __future__ import annotations

from typing import Any

from apis.tmf630.json_body import parse_body
from apis.tmf630.operations import admitted
from apis.tmf630.validation import refusal
from apis.tmf630.version import JSON, Version
from core.entity import Document
from core.errors import Conflict


class ImportValidator:
    """The validator (`core.catalog.Validator`) that import jobs need, by the canonical version of the API."""

    def __init__(self, canonical: Version) -> None:
        self._version = canonical

    def parse(self, text: bytes) -> Any:
        """Read JSON as the body of a request is read. Raises InvalidInput, Conflict."""
        return parse_body(text)

    def admit(self, entity: str, body: Any) -> Document:
        """Return a valid body of a creation as the document to store. Raises InvalidInput, Conflict with all faults."""
        creation = self._version.operations[f"create{entity}"]
        faults = creation.request_validator(JSON).faults(body)
        if faults:
            raise refusal("breaks the specification", faults)
        assert creation.resource is not None, "every creation is of a resource"
        # The resource may demand more than its creation does.
        if faults := creation.resource.validator.faults(body):
            raise Conflict("can't be kept as it is", faults=faults)
        return admitted(creation.resource, body)
