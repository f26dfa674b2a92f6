"""Runs an import: line by line through the same checks and rules as the API, in transactions that note how far it came.

An element whose identifier is known is replaced, as far as the file's words can say it; any other is created. A line
that is refused is told in `errorLog` and doesn't keep the others out. What a piece did and how far it came commit
together, so an import that was killed goes on where it stopped, and none of its lines counts twice.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import select, update

from core.catalog.batch import held_by, tell_batch
from core.catalog.exchange import EVERYTHING, entities_of, locate, open_to_read
from core.catalog.forms import form_of
from core.catalog.jobs import end_unless_gone, start_job
from core.catalog.pieces import Entry, Piece, Source
from core.catalog.source import open_source
from core.catalog.tables import import_progress as table
from core.catalog.unpacking import Content
from core.catalog.words import Wordings, Words, words_of
from core.context import Context
from core.entity import Document, copied
from core.errors import BssError, InvalidInput, Unavailable
from core.service import Core, Work
from core.storage.statements import insert_new
from core.tasks import Handler

BATCH = 200
TOLD = 1000


class Place(NamedTuple):
    """Where in its file an import goes on."""

    position: int
    line: int


def import_handler(wordings: Wordings) -> Handler:
    """Return what runs import jobs."""

    def run(core: Core, context: Context, job_id: str) -> None:
        job = start_job(core, context, "ImportJob", job_id)
        if job is None:
            return
        try:
            _run(core, context, job, words_of(job, wordings))
        except Unavailable:
            # No fault of the job: it is tried again.
            raise
        except BssError as error:
            _end(core, context, job_id, error.reason)
        else:
            _end(core, context, job_id)

    return run


def give_up_import(core: Core, context: Context, job_id: str, reason: str) -> None:
    """End an import that keeps failing; what came in stays, and is told of."""
    _end(core, context, job_id, reason)


def _end(core: Core, context: Context, job_id: str, *reasons: str) -> None:
    ends = [*reasons, *core.run(context, lambda work: _summary(work, job_id))]
    end_unless_gone(core, context, "ImportJob", job_id, ends)


def _run(core: Core, context: Context, job: Document, words: Words) -> None:
    file = locate(job["url"], core.settings.exchange_folder)
    form = form_of(job, file)
    with closing(open_to_read(file)) as opened:
        content = Content(opened, core.settings.max_import_bytes, zipped=form.zipped)
        source = open_source(content, form.kind, core.settings.max_body_bytes)
        importer = Importer(source, entities_of(job), words)
        while importer.import_next(core, context, job["id"]):
            pass


class Importer:
    """Takes the entries of one file, piece by piece."""

    def __init__(self, source: Source, entities: tuple[str, ...], words: Words) -> None:
        self.source = source
        self.entities = entities
        self.words = words

    def import_next(self, core: Core, context: Context, job_id: str) -> bool:
        """Import the next piece and note how far it came; tell whether there may be more."""
        place = core.run(context, lambda work: Place(*_progress(work, job_id)[:2]))
        # Unpacking up to the place may take a while, so it isn't done inside a transaction.
        piece = self.source.read(*place, BATCH)
        return core.run(context, lambda work: self._import_piece(work, job_id, place, piece))

    def _import_piece(self, work: Work, job_id: str, place: Place, piece: Piece) -> bool:
        # Locked: of two processes that run the same job one waits, and goes on where the other has stopped.
        *so_far, told = _progress(work, job_id)
        if work.get("ImportJob", job_id) is None:
            return False
        if place != tuple(so_far):
            return True
        left: set[str] = set()
        errors = [told for entry in piece.entries for told in self._import_entry(work, entry, left)]
        tell_batch(work, left)
        refused = len({told.partition(":")[0] for told in errors})
        values = {"position": piece.position, "line": piece.line, "errors": [*told, *errors][:TOLD]}
        mine = (table.c.tenant == work.context.tenant) & (table.c.job_id == job_id)
        work.connection.execute(update(table).where(mine).values(values))
        work.change("ImportJob", job_id, lambda job: _counted(job, len(piece.entries), refused))
        return not piece.is_last

    def _import_entry(self, work: Work, entry: Entry, left: set[str]) -> list[str]:
        """Import one entry and return what is wrong with it, if anything: `line 3: price.unit: ...`.

        The categories that it was in before are added to `left`.
        """
        try:
            if entry.fault:
                raise InvalidInput(entry.fault)
            # What the database refuses must not spoil the transaction for the other entries.
            with work.attempt():
                left |= self._import_text(work, entry.text)
        except BssError as error:
            faults = [(fault.path, fault.reason) for fault in error.faults] or [("", error.reason)]
            return [f"line {entry.line}: {path}{': ' if path else ''}{reason}" for path, reason in faults]
        return []

    def _import_text(self, work: Work, text: bytes) -> set[str]:
        body = self.words.parse(text)
        if not isinstance(body, dict):
            raise InvalidInput("is not an object")
        entity, identifier = self._entity_of(body), body.get("id")
        known = work.get(entity, identifier) if isinstance(identifier, str) else None
        document = self.words.admit(work, entity, body, known)
        try:
            if known is None:
                work.create(entity, document)
            else:
                work.change(entity, known["id"], lambda before: self._replaced(work, entity, before, document))
        except BssError as error:
            error.faults = tuple(replace(one, path=self.words.path_of(entity, one.path)) for one in error.faults)
            raise
        return held_by(entity, known) if known else set()

    def _replaced(self, work: Work, entity: str, before: Document, document: Document) -> Document:
        after: Document = copied(self.words.carry(work, entity, before, document))
        for attribute in ("lifecycleStatus", "version"):
            if attribute in before:
                after.setdefault(attribute, before[attribute])
        # What is sent as it is shown says all that it is: what it lacks was taken out of it.
        if "lastUpdate" not in document:
            work.entities[entity].fill(work, after)
        # Set anew if anything else differs.
        after["lastUpdate"] = before.get("lastUpdate", after["lastUpdate"])
        return after

    def _entity_of(self, body: Document) -> str:
        types = [self.words.entity_of(body.get(name)) for name in ("@type", "@baseType")]
        if len(self.entities) == 1:
            return _held_to(self.entities[0], types[0])
        for name in types:
            if name in self.entities:
                return str(name)
        raise InvalidInput(f"is not one of {', '.join(self.entities)}", path="@type")


def _held_to(entity: str, named: str | None) -> str:
    if named in EVERYTHING and named != entity:
        raise InvalidInput(f"is {named}, but the job is about {entity}", path="@type")
    return entity


def _counted(job: Document, read: int, refused: int) -> Document:
    """Return a job with the lines of one more piece in its counts."""
    more = {"linesRead": read, "linesImported": read - refused, "linesFailed": refused}
    return job | {name: job.get(name, 0) + count for name, count in more.items()}


def _progress(work: Work, job_id: str) -> tuple[Any, ...]:
    """Lock and return how far an import has come: position, line, and what was refused."""
    key = {"tenant": work.context.tenant, "job_id": job_id}
    insert_new(work.connection, table, [key | {"position": 0, "line": 1, "errors": []}])
    columns = (table.c.position, table.c.line, table.c.errors)
    mine = select(*columns).where(table.c.tenant == work.context.tenant, table.c.job_id == job_id)
    return tuple(work.connection.execute(mine.with_for_update()).one())


def _summary(work: Work, job_id: str) -> list[str]:
    job, (*_, errors) = work.get("ImportJob", job_id), _progress(work, job_id)
    if job is None or not job.get("linesFailed"):
        return []
    untold = ["(and more)"] if len(errors) >= TOLD else []
    return [f"{job['linesFailed']} refused, {job['linesImported']} imported", *errors, *untold]
