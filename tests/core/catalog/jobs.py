"""Ordering import and export jobs, and seeing what became of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.catalog.exchange import EVERYTHING, Filters
from core.context import Context
from core.entity import Document
from core.errors import Fault, InvalidInput
from core.query import Condition, Query
from core.reading import Reading
from core.service import Core
from core.storage.json import loads
from core.tasks import Worker


class StrictlyNamed:
    """Stands for the edge: everything needs a name, and nothing is known of colours."""

    def parse(self, text: bytes) -> Any:
        try:
            return loads(text)
        except ValueError as error:
            raise InvalidInput(f"is not JSON: {error}") from error

    def admit(self, reading: Reading, entity: str, body: Any, known: Document | None = None) -> Document:
        if "name" not in body:
            raise InvalidInput("not valid", faults=[Fault("name", "missing", "name is mandatory")])
        return dict(body)

    def carry(self, reading: Reading, entity: str, stored: Document, document: Document) -> Document:
        return document

    def entity_of(self, type_name: Any) -> str | None:
        return type_name if type_name in EVERYTHING else None

    def show(self, reading: Reading, entity: str, document: Document) -> Document:
        return document

    def path_of(self, entity: str, path: str) -> str:
        return path

    def criteria(self, reading: Reading, entity: str, filters: Filters) -> tuple[Condition, ...] | None:
        if any(name == "colour" for name, _ in filters):
            return None
        return tuple(Condition(tuple(name.split(".")), tuple(text.split(","))) for name, text in filters)


def ordered(core: Core, context: Context, entity: str, **attributes: Any) -> Document:
    with core.work(context) as work:
        return work.create(entity, attributes)


def done(core: Core, context: Context, worker: Worker, entity: str, **attributes: Any) -> Document:
    job = ordered(core, context, entity, **attributes)
    worker.run_due()
    with core.reading(context) as reading:
        return reading.require(entity, job["id"])


def count(core: Core, context: Context, entity: str) -> int:
    with core.reading(context) as reading:
        return reading.find(entity, Query()).total


def write_lines(file: Path, *lines: Any) -> None:
    texts = [line if isinstance(line, str) else json.dumps(line, default=str) for line in lines]
    file.write_text("\n".join(texts) + "\n")
