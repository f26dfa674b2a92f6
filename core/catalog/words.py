"""The port to the wordings of the API: which words the elements in an exchanged file are in, and what may come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from core.catalog.exchange import Filters
from core.entity import Document
from core.errors import InvalidInput
from core.query import Criterion
from core.reading import Reading


class Words(Protocol):
    """The words of one generation of the API. The edge has them, as it has the specifications."""

    def parse(self, text: bytes) -> Any:
        """Read JSON as the body of a request is read. Raises InvalidInput, Conflict."""

    def entity_of(self, type_name: Any) -> str | None:
        """Return the entity that a `@type` stands for, None for what is no catalog element."""

    def admit(self, reading: Reading, entity: str, body: Any, known: Document | None = None) -> Document:
        """Return a valid element as the document to store; `known` is what is stored under its identifier.

        Raises InvalidInput, Conflict.
        """

    def carry(self, reading: Reading, entity: str, stored: Document, document: Document) -> Document:
        """Return what an admitted document makes of a stored one: what these words don't show of it stays."""

    def show(self, reading: Reading, entity: str, document: Document) -> Document:
        """Return a stored document as this generation shows it, without an address."""

    def path_of(self, entity: str, path: str) -> str:
        """Return what this generation calls the attribute at a path that a rule names: `price.tax[0].taxRate`."""

    def criteria(self, reading: Reading, entity: str, filters: Filters) -> tuple[Criterion, ...] | None:
        """Return what filters, as a list of the API takes them, ask of the elements of an entity.

        None where these don't have an attribute that is asked for. Raises InvalidInput.
        """


# By the name of the generation.
Wordings = Mapping[str, Words]
# The generation in whose words documents are stored.
CANONICAL = "v5"


def words_of(job: Document, wordings: Wordings) -> Words:
    """Return the words that a job's file is in: of its `apiVersion`. Raises InvalidInput."""
    name = job["apiVersion"]
    if name not in wordings:
        raise InvalidInput(f"apiVersion must be {' or '.join(wordings)}, not '{name}'", path="apiVersion")
    return wordings[name]
