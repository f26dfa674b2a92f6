"""Import and export jobs: captured, judged at once, done in the background (TMF620 ImportJob, ExportJob)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import delete

from core.catalog.exchange import entities_of, filters_of, locate
from core.catalog.forms import form_of
from core.catalog.tables import import_progress
from core.catalog.words import CANONICAL
from core.clock import wire_instant
from core.context import Context
from core.entity import Document, Entity
from core.errors import BssError
from core.lifecycle import Lifecycle
from core.tasks import enqueue

if TYPE_CHECKING:
    from core.service import Core, Work

IMPORT, EXPORT = "catalog.import", "catalog.export"

JOB = Lifecycle.parse(
    """
    Not Started -> Running, Failed
    Running -> Succeeded, Failed
    Succeeded
    Failed
    """,
    initial="Not Started",
)


class Job(Entity):
    """What both kinds of job have in common. `errorLog` says what went wrong, line by line."""

    state_attribute = "status"
    lifecycle = JOB
    touched = None
    task: ClassVar[str]
    # How far it has come: attributes of ours beside those of TMF620.
    counts: ClassVar[tuple[str, ...]]

    def fill(self, work: Work, document: Document) -> None:
        """Set type, date and the words of its file; how far it has come is for the server to say."""
        document.setdefault("@type", self.name)
        document.setdefault("creationDate", wire_instant(work.now))
        document["apiVersion"] = document.get("apiVersion") or CANONICAL
        document["status"] = JOB.initial
        document |= dict.fromkeys(self.counts, 0)
        for attribute in ("completionDate", "errorLog"):
            document.pop(attribute, None)

    def is_ahead(self, document: Document, now: datetime) -> bool:
        """A job that was taken in is done in the background; one that can't be done has ended already."""
        return not JOB.is_final(document["status"])

    def after_create(self, work: Work, document: Document) -> Document:
        """Ask for the job to be done, or end it as failed where it can't be: the reply shows that already."""
        try:
            self.judge(work, document)
        except BssError as error:
            return end_job(work, self.name, document["id"], error.reason)
        enqueue(work, self.task, document["id"])
        return document

    def judge(self, work: Work, document: Document) -> None:
        """Raise a BssError for a job that can't be done: its file, its format, what it is about."""
        form_of(document, locate(document["url"], work.settings.exchange_folder))
        entities_of(document)


class ImportJob(Job):
    """Takes catalog elements from a file."""

    name = "ImportJob"
    table = "import_job"
    task = IMPORT
    counts = ("linesRead", "linesImported", "linesFailed")
    untold = frozenset(counts)

    def on_delete(self, work: Work, document: Document) -> None:
        """Forget how far it has come; a running import stops."""
        forget_progress(work, document["id"])


class ExportJob(Job):
    """Writes catalog elements to a file."""

    name = "ExportJob"
    table = "export_job"
    task = EXPORT
    counts = ("linesWritten",)
    untold = frozenset(counts)

    def judge(self, work: Work, document: Document) -> None:
        """Raise a BssError as for every job, and for a query that can't be understood."""
        super().judge(work, document)
        filters_of(document)


def start_job(core: Core, context: Context, entity: str, job_id: str) -> Document | None:
    """Mark a job as running and return it; None when it has ended already or was deleted."""

    def start(work: Work) -> Document | None:
        job = work.get(entity, job_id)
        if job is None or JOB.is_final(job["status"]):
            return None
        return work.change(entity, job_id, lambda one: one | {"status": "Running"})

    return core.run(context, start)


def end_job(work: Work, entity: str, job_id: str, *errors: str) -> Document:
    """Note that a job is done: failed if there are errors, which it then tells."""
    done = {"completionDate": wire_instant(work.now), "status": "Failed" if errors else "Succeeded"}
    if errors:
        done["errorLog"] = "\n".join(errors)
    return work.change(entity, job_id, lambda job: job | done)


def forget_progress(work: Work, job_id: str) -> None:
    """Remove the note on how far an import has come."""
    table = import_progress
    work.connection.execute(delete(table).where(table.c.tenant == work.context.tenant, table.c.job_id == job_id))


def end_unless_gone(core: Core, context: Context, entity: str, job_id: str, errors: Sequence[str]) -> None:
    """End a job that may have been deleted while it ran."""

    def end(work: Work) -> None:
        forget_progress(work, job_id)
        job = work.get(entity, job_id)
        if job is not None and not JOB.is_final(job["status"]):
            end_job(work, entity, job_id, *errors)

    core.run(context, end)
