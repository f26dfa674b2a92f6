"""One schema of an extension: what is demanded of it, and what it knows once it is compiled."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from jsonschema_rs import Draft7Validator, Draft202012Validator, ReferencingError, ValidationError, Validator

from core.entity import Document
from core.errors import Conflict, Fault, InvalidInput
from core.schemas.attributes import knows
from core.storage.json import dumps

NEWEST = "https://json-schema.org/draft/2020-12/schema"
DRAFTS: dict[str, type[Validator]] = {
    NEWEST: Draft202012Validator,
    "http://json-schema.org/draft-07/schema": Draft7Validator,
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")
LONGEST_TYPE = 200
REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


@dataclass(frozen=True, slots=True)
class ExtensionSchema:
    """A schema that is sound: the type it extends, and its validator."""

    name: str
    digest: str
    base_type: str
    document: Document
    validator: Validator

    def errors(self, value: Any) -> Iterator[ValidationError]:
        """Yield what is wrong with an object that says it follows the schema."""
        return self.validator.iter_errors(value)

    def knows(self, path: tuple[str, ...]) -> bool:
        """Tell whether the schema has an attribute at a path that counts from the object that follows it."""
        return knows(self.document, path)


def read_schema(document: Any, name: str | None = None, types: Collection[str] | None = None) -> ExtensionSchema:
    """Return the schema in a JSON document, compiled, under `name` or the last step of its `$id`.

    JSON Schema 2020-12, or draft 7 where `$schema` says so; `properties.@baseType.const` names the type that it
    extends, one of `types` where they are given. Raises InvalidInput for what is no such schema, Conflict for one that
    refers to something outside of itself: nothing is ever fetched.
    """
    if not isinstance(document, dict):
        raise InvalidInput("a JSON Schema of an extension is a JSON object", path="", code="invalidSchema")
    base_type = _base_type(document, types)
    if faults := [*_references_outside(document, "")]:
        raise Conflict("a schema can't refer to anything outside of itself", faults=faults)
    # The address follows from the name; what the file says would only be in the way of references inside.
    inner = {key: value for key, value in document.items() if key != "$id"}
    validator = _compiled(inner, _draft(document))
    digest = sha256(dumps(_ordered(document))).hexdigest()
    return ExtensionSchema(_name(document, name), digest, base_type, document, validator)


def _ordered(value: Any) -> Any:
    """Return a document with its names in order, since PostgreSQL keeps them in one of its own."""
    if isinstance(value, list):
        return [_ordered(member) for member in value]
    return {name: _ordered(value[name]) for name in sorted(value)} if isinstance(value, dict) else value


def _name(document: Document, given: str | None) -> str:
    name = given or _last_step(document.get("$id"))
    if not NAME.fullmatch(name):
        reason = "must end with the schema's name: letters, digits, '.', '_', '~' and '-', at most 100 of them"
        raise InvalidInput(f"'{name}' can't be a schema's name", faults=[Fault("$id", "invalidName", reason)])
    return name


def _last_step(identifier: Any) -> str:
    try:
        return urlsplit(identifier).path.rstrip("/").rpartition("/")[2] if isinstance(identifier, str) else ""
    except ValueError:
        return ""


def _base_type(document: Document, types: Collection[str] | None) -> str:
    properties = document.get("properties")
    said = properties.get("@baseType") if isinstance(properties, dict) else None
    base_type = said.get("const") if isinstance(said, dict) else None
    place = "properties.@baseType.const"
    if not isinstance(base_type, str) or not base_type:
        raise InvalidInput('must name the type that is extended, such as "ContactMedium"', path=place, code="missing")
    if len(base_type) > LONGEST_TYPE or (types is not None and base_type not in types):
        raise InvalidInput(f"no API has a type '{base_type[:LONGEST_TYPE]}'", path=place, code="unknownType")
    return base_type


def _draft(document: Document) -> type[Validator]:
    said = document.get("$schema", NEWEST)
    draft = DRAFTS.get(said.removesuffix("#")) if isinstance(said, str) else None
    if draft is None:
        raise InvalidInput(f"must be one of: {', '.join(DRAFTS)}", path="$schema", code="notAllowed")
    return draft


def _references_outside(value: Any, path: str) -> Iterator[Fault]:
    if isinstance(value, list):
        for number, member in enumerate(value):
            yield from _references_outside(member, f"{path}[{number}]")
    elif isinstance(value, dict):
        for name, member in value.items():
            below = f"{path}.{name}" if path else name
            if name in REFERENCES and isinstance(member, str) and not member.startswith("#"):
                yield Fault(below, "notAllowed", "must stay within the schema: '#/$defs/Name'")
            elif name == "$id" and path and isinstance(member, str):
                yield Fault(below, "notAllowed", "stands only at the top of a schema")
            else:
                yield from _references_outside(member, below)


def _compiled(document: Document, draft: type[Validator]) -> Validator:
    try:
        return draft(document, validate_formats=True, offline=True)
    except (ValidationError, ReferencingError) as error:
        place = ".".join(str(step) for step in getattr(error, "instance_path", ()))
        raise InvalidInput(f"is not a JSON Schema: {error.message[:300]}", path=place, code="invalidSchema") from error
