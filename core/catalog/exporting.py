"""Runs an export: catalog elements streamed to a file, which appears under its name only once it is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from tempfile import TemporaryFile

from core.catalog.exchange import entities_of, filters_of, locate
from core.catalog.forms import Kind, form_of
from core.catalog.jobs import end_unless_gone, start_job
from core.catalog.rows import Table
from core.catalog.whole_file import WholeFile
from core.catalog.words import Wordings, Words, words_of
from core.context import Context
from core.entity import Document
from core.errors import BssError, InvalidInput, NotFound, Unavailable
from core.query import Criterion
from core.reading import Reading
from core.service import Core
from core.storage.json import dumps, loads
from core.tasks import Handler

TOLD_EVERY = 1000


def export_handler(wordings: Wordings) -> Handler:
    """Return what runs export jobs; running one again writes its file anew."""

    def run(core: Core, context: Context, job_id: str) -> None:
        job = start_job(core, context, "ExportJob", job_id)
        if job is None:
            return
        errors: list[str] = []
        try:
            _run(core, context, job, words_of(job, wordings))
        except Unavailable:
            # No fault of the job: it is tried again.
            raise
        except BssError as error:
            errors.append(error.reason)
        except OSError as error:
            errors.append(f"the file can't be written: {error.strerror}")
        end_unless_gone(core, context, "ExportJob", job_id, errors)

    return run


def give_up_export(core: Core, context: Context, job_id: str, reason: str) -> None:
    """End an export that keeps failing."""
    end_unless_gone(core, context, "ExportJob", job_id, [reason])


def _run(core: Core, context: Context, job: Document, words: Words) -> None:
    file = locate(job["url"], core.settings.exchange_folder)
    form = form_of(job, file)
    with core.reading(context) as reading:
        elements = _elements(reading, job, words)
        counted = _counting(elements, lambda count: _note(core, context, job["id"], count))
        WholeFile(file, f"{context.tenant}/{job['id']}").write(lines_of(counted, form.kind), zipped=form.zipped)


def lines_of(elements: Iterator[Document], kind: Kind) -> Iterator[bytes]:
    """Yield the text of a file of these elements: an array, one object a line, or a table."""
    if kind == "csv":
        yield from _rows(elements)
    elif kind == "ndjson":
        yield from _object_lines(elements)
    else:
        yield b"["
        for number, element in enumerate(elements):
            yield (b",\n" if number else b"\n") + dumps(element)
        yield b"\n]\n"


def _object_lines(elements: Iterator[Document]) -> Iterator[bytes]:
    for element in elements:
        yield dumps(element) + b"\n"


def _rows(elements: Iterator[Document]) -> Iterator[bytes]:
    # The header comes first and is known last, so the elements wait in a file that vanishes with the process.
    table = Table()
    with TemporaryFile() as waiting:
        for element in elements:
            table.look_at(element)
            waiting.write(dumps(element) + b"\n")
        waiting.seek(0)
        yield from table.lines(loads(line) for line in waiting)


def _elements(reading: Reading, job: Document, words: Words) -> Iterator[Document]:
    entities, filters = entities_of(job), filters_of(job)
    asked = {entity: words.criteria(reading, entity, filters) for entity in entities}
    # What an entity's elements don't have, none of them has with that value.
    meeting = {entity: criteria for entity, criteria in asked.items() if criteria is not None}
    if not meeting:
        names = ", ".join(name for name, _ in filters)
        raise InvalidInput(f"query: {' or '.join(entities)} has no such attribute: {names}", path="query")
    return _found(reading, meeting, words)


def _found(reading: Reading, meeting: Mapping[str, Sequence[Criterion]], words: Words) -> Iterator[Document]:
    for entity, criteria in meeting.items():
        yield from (words.show(reading, entity, document) for document in reading.each(entity, criteria))


def _counting(elements: Iterator[Document], note: Callable[[int], None]) -> Iterator[Document]:
    count = 0
    for count, element in enumerate(elements, start=1):
        if count % TOLD_EVERY == 0:
            note(count)
        yield element
    note(count)


def _note(core: Core, context: Context, job_id: str, count: int) -> None:
    """Say in a job how far it has come; it may have been deleted meanwhile."""
    with suppress(NotFound):
        core.run(context, lambda work: work.change("ExportJob", job_id, lambda job: job | {"linesWritten": count}))
