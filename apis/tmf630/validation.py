"""Validators of one OpenAPI document, each compiled once, on first use: a request body's, a reply's, a resource's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema_rs import Draft7Validator

from apis.tmf630.complaints import UNKNOWN_TYPE, Complaint, complaints_in, faults_in
from apis.tmf630.shapes import Node
from apis.tmf630.validation_form import INSTANT, WHOLE, Instant, ValidationForm, Whole
from core.errors import BssError, Conflict, Fault, InvalidInput


class Validator:
    """One compiled schema."""

    __slots__ = ("_compiled",)

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._compiled = Draft7Validator(dict(schema), validate_formats=True, keywords={WHOLE: Whole, INSTANT: Instant})

    def faults(self, value: Any) -> tuple[Fault, ...]:
        """Return what is wrong with a value, an empty tuple when it is valid."""
        # Telling valid from invalid is several times faster than listing errors, and nearly everything is valid.
        return () if self._compiled.is_valid(value) else faults_in(self._compiled.iter_errors(value))

    def complaints(self, value: Any) -> tuple[Complaint, ...]:
        """Return all that is wrong with a value, for programs that mend it."""
        return () if self._compiled.is_valid(value) else (*complaints_in(self._compiled.iter_errors(value)),)


def refusal(reason: str, faults: tuple[Fault, ...]) -> BssError:
    """Return how a body with these faults is refused: as one that breaks the specification.

    A type that nobody knows breaks nothing, since the specification has no list of them; it is refused as by a rule.
    """
    kind = Conflict if all(fault.code == UNKNOWN_TYPE for fault in faults) else InvalidInput
    return kind(reason, faults=faults)


class Validators:
    """The validators of one document."""

    def __init__(self, document: Node) -> None:
        self._form = ValidationForm(document["components"]["schemas"])
        self._compiled: dict[str, Validator] = {}

    def of(self, node: Node) -> Validator:
        """Return the validator of a schema of the document, compiled when it is asked for the first time."""
        form = self._form.of(node)
        key = repr(form)
        if key not in self._compiled:
            self._compiled[key] = Validator({"allOf": [form], "definitions": self._form.definitions})
        return self._compiled[key]
