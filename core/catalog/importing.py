"""Runs an import: line by line through the same checks and rules as the API, in transactions that note how far it came.

An element whose identifier is known is replaced, any other is created. A line that is refused is told in `errorLog`
and doesn't keep the others out. What a batch did and how far it came commit together, so an import that was killed
goes on where it stopped, and none of its lines counts twice.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

from sqlalchemy import select, update

from core.catalog.batch import tell_batch
from core.catalog.exchange import EVERYTHING, entities_of, format_of, locate, open_to_read
from core.catalog.jobs import Validator, end_unless_gone, start_job
from core.catalog.source import Entry, Source, open_source
from core.catalog.tables import import_progress as table
from core.context import Context
from core.entity import Document, copied
from core.errors import BssError, InvalidInput
from core.service import Core, Work
from core.storage.statements import insert_new
from core.tasks import Handler

BATCH = 200
TOLD = 1000


def import_handler(validator: Validator | None) -> Handler:
    """Return what runs import jobs. Without a validator nothing is imported: the task fails and says so."""

    def run(core: Core, context: Context, job_id: str) -> None:
        if validator is None:
            raise RuntimeError("this process can't import: it has no validator, only a server process has one")
        job = start_job(core, context, "ImportJob", job_id)
        if job is None:
            return
        try:
            errors = _run(core, context, job, validator)
        except BssError as error:
            errors = [error.reason]
        end_unless_gone(core, context, "ImportJob", job_id, errors)

    return run


def _run(core: Core, context: Context, job: Document, validator: Validator) -> list[str]:
    file = locate(job["url"], core.settings.exchange_folder)
    entities = entities_of(job)
    with closing(open_to_read(file)) as opened:
        source = open_source(opened, format_of(job, file), core.settings.max_body_bytes)
        importer = Importer(source, entities, validator)
        while core.run(context, lambda work: importer.import_batch(work, job["id"])):
            pass
    return core.run(context, lambda work: _summary(_progress(work, job["id"])))


class Importer:
    """Takes the entries of one file, in batches."""

    def __init__(self, source: Source, entities: tuple[str, ...], validator: Validator) -> None:
        self.source = source
        self.entities = entities
        self.validator = validator

    def import_batch(self, work: Work, job_id: str) -> bool:
        """Import the next entries and note how far it came; tell whether there may be more."""
        # Locked: of two processes that run the same job one waits, and goes on where the other has stopped.
        so_far = _progress(work, job_id)
        piece = self.source.read(so_far["position"], so_far["line"], BATCH)
        if not piece.entries or work.get("ImportJob", job_id) is None:
            return False
        errors = [told for entry in piece.entries for told in self._import_entry(work, entry)]
        tell_batch(work)
        refused = len({told.partition(":")[0] for told in errors})
        values = {
            "position": piece.position,
            "line": piece.line,
            "accepted": so_far["accepted"] + len(piece.entries) - refused,
            "refused": so_far["refused"] + refused,
            "errors": [*so_far["errors"], *errors][:TOLD],
        }
        mine = (table.c.tenant == work.context.tenant) & (table.c.job_id == job_id)
        work.connection.execute(update(table).where(mine).values(values))
        return True

    def _import_entry(self, work: Work, entry: Entry) -> list[str]:
        """Import one entry and return what is wrong with it, if anything: `line 3: price.unit: ...`."""
        try:
            if entry.text is None:
                raise InvalidInput(f"is longer than {work.settings.max_body_bytes} bytes")
            # What the database refuses must not spoil the transaction for the other entries.
            with work.connection.begin_nested():
                self._import_text(work, entry.text)
        except BssError as error:
            faults = [(fault.path, fault.reason) for fault in error.faults] or [("", error.reason)]
            return [f"line {entry.line}: {path}{': ' if path else ''}{reason}" for path, reason in faults]
        return []

    def _import_text(self, work: Work, text: bytes) -> None:
        body = self.validator.parse(text)
        if not isinstance(body, dict):
            raise InvalidInput("is not an object")
        entity = self._entity_of(body)
        document = self.validator.admit(entity, body)
        if document.get("id") and work.get(entity, document["id"]) is not None:
            work.change(entity, document["id"], lambda before: _replaced(work, entity, before, document))
        else:
            work.create(entity, document)

    def _entity_of(self, body: Document) -> str:
        if len(self.entities) == 1:
            return _held_to(self.entities[0], body)
        for name in (body.get("@type"), body.get("@baseType")):
            if name in self.entities:
                return str(name)
        raise InvalidInput(f"is not one of {', '.join(self.entities)}", path="@type")


def _held_to(entity: str, body: Document) -> str:
    if body.get("@type") in EVERYTHING and body["@type"] != entity:
        raise InvalidInput(f"is {body['@type']}, but the job is about {entity}", path="@type")
    return entity


def _replaced(work: Work, entity: str, before: Document, document: Document) -> Document:
    after: Document = copied(document)
    for attribute in ("lifecycleStatus", "version"):
        if attribute in before:
            after.setdefault(attribute, before[attribute])
    work.entities[entity].fill(work, after)
    # Set anew if anything else differs.
    after["lastUpdate"] = before.get("lastUpdate", after["lastUpdate"])
    return after


def _progress(work: Work, job_id: str) -> dict[str, Any]:
    """Lock and return how far an import has come."""
    key = {"tenant": work.context.tenant, "job_id": job_id}
    start = {"position": 0, "line": 1, "accepted": 0, "refused": 0, "errors": []}
    insert_new(work.connection, table, [key | start])
    mine = select(table).where(table.c.tenant == work.context.tenant, table.c.job_id == job_id)
    return {**work.connection.execute(mine.with_for_update()).mappings().one()}


def _summary(so_far: dict[str, Any]) -> list[str]:
    if not so_far["refused"]:
        return []
    untold = ["(and more)"] if len(so_far["errors"]) >= TOLD else []
    return [f"{so_far['refused']} refused, {so_far['accepted']} imported", *so_far["errors"], *untold]
