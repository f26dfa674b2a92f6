"""Lets elements of an import file in as the API lets in the body of a POST, and words those of an export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apis.tmf630.carrying import carry
from apis.tmf630.criteria import attributes_in, has_absent, read_criteria
from apis.tmf630.dialect import CANONICAL
from apis.tmf630.extensions import refuse_unfit_extensions, written_extensions
from apis.tmf630.json_body import parse_body
from apis.tmf630.notifications import public_origin
from apis.tmf630.operations import admitted
from apis.tmf630.refusals import refused_in_words_of, worded
from apis.tmf630.validation import refusal
from apis.tmf630.version import JSON, Version
from core.catalog import Filters, Words
from core.entity import Document, copied
from core.errors import Conflict
from core.query import Criterion
from core.reading import Reading

# What every resource of the catalog is shown with.
SHOWN = {"id", "lastUpdate"}


def wordings_of(versions: Sequence[Version]) -> dict[str, Words]:
    """Return the words of each served version of the API, oldest first, for `core.catalog.tasks`."""
    return {version.name: CatalogWords(version) for version in versions}


class CatalogWords:
    """The words (`core.catalog.Words`) of one version of the API."""

    def __init__(self, version: Version) -> None:
        self._resources = {resource.entity: resource for resource in version.resources.values()}
        self._entities = {resource.name: resource.entity for resource in version.resources.values()}
        self._operations = version.operations

    def parse(self, text: bytes) -> Any:
        """Read JSON as the body of a request is read. Raises InvalidInput, Conflict."""
        return parse_body(text, is_line=True)

    def entity_of(self, type_name: Any) -> str | None:
        """Return the entity that a `@type` of this version stands for."""
        return self._entities.get(type_name) if isinstance(type_name, str) else None

    def admit(self, reading: Reading, entity: str, body: Any, known: Document | None = None) -> Document:
        """Return a valid element as the document to store. Raises InvalidInput, Conflict with all faults.

        What a GET shows, with its identifier and the time of its last change, is held to what a resource is held to:
        the other generation may have asked for less when it was made. Anything else is the body of a creation.
        Nobody's request says under which origin we are known here: schemas of ours are below the settings' one.
        """
        resource = self._resources[entity]
        is_shown = body.keys() >= SHOWN
        creation = self._operations[f"create{resource.name}"].request_validator(JSON)
        if faults := (resource.validator if is_shown else creation).faults(body):
            raise refusal("breaks the specification", faults)
        # The resource may demand more than its creation does.
        if faults := resource.validator.faults(body):
            raise Conflict("can't be kept as it is", faults=faults)
        document = admitted(resource, body)
        with refused_in_words_of(resource.dialect):
            before = written_extensions(known) if known else frozenset()
            refuse_unfit_extensions(reading, public_origin(reading.settings), document, before)
        return document

    def carry(self, reading: Reading, entity: str, stored: Document, document: Document) -> Document:
        """Return what an admitted document makes of a stored one, as a PATCH to what this version shows would."""
        resource = self._resources[entity]
        shown = resource.read(self.show(reading, entity, copied(stored)))
        return resource.stored(carry(stored, shown, document))

    def show(self, reading: Reading, entity: str, document: Document) -> Document:
        """Return a stored document in the words of this version, valid there, without an address."""
        resource = self._resources[entity]
        # Where we are is what the complete address of a schema of ours begins with.
        href = public_origin(reading.settings) + resource.version.base_path
        worded = {"href": href, **resource.dialect.dump(document)}
        if not any(self.entity_of(worded.get(name)) for name in ("@type", "@baseType")):
            # A type of the caller's own doesn't tell which of all kinds an element in a file is.
            worded["@baseType"] = resource.name
        shown = resource.fitted(worded)
        return {name: value for name, value in shown.items() if name != "href"}

    def path_of(self, entity: str, path: str) -> str:
        """Return what this version calls the attribute at a path that a rule names."""
        dialect = self._resources[entity].dialect
        return path if dialect is CANONICAL else worded(dialect, path)

    def criteria(self, reading: Reading, entity: str, filters: Filters) -> tuple[Criterion, ...] | None:
        """Return what filters ask of resources of a kind; None for an attribute that these don't have."""
        attributes = attributes_in(reading, self._resources[entity])
        criteria = read_criteria(filters, attributes)
        return None if criteria is None or has_absent(reading, attributes) else criteria
