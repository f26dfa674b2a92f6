"""Runs an export: catalog elements streamed to a file, which appears under its name only once it is complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from core.catalog.exchange import Format, conditions_of, entities_of, format_of, locate
from core.catalog.jobs import end_unless_gone, start_job
from core.context import Context
from core.entity import Document, new_id
from core.errors import BssError
from core.reading import Reading
from core.service import Core
from core.storage.json import dumps


def run_export(core: Core, context: Context, job_id: str) -> None:
    """Write what an export job asks for; running it again writes the file anew."""
    job = start_job(core, context, "ExportJob", job_id)
    if job is None:
        return
    errors: list[str] = []
    try:
        file = locate(job["url"], core.settings.exchange_folder)
        form = format_of(job, file)
        with core.reading(context) as reading:
            write_whole(file, lines_of(_elements(reading, job), form))
    except BssError as error:
        errors.append(error.reason)
    except OSError as error:
        errors.append(f"the file can't be written: {error.strerror}")
    end_unless_gone(core, context, "ExportJob", job_id, errors)


def lines_of(elements: Iterator[Document], form: Format) -> Iterator[bytes]:
    """Yield the text of a file of these elements: an array, or one object a line."""
    if form == "ndjson":
        for element in elements:
            yield dumps(element) + b"\n"
        return
    yield b"["
    for number, element in enumerate(elements):
        yield (b",\n" if number else b"\n") + dumps(element)
    yield b"\n]\n"


def write_whole(file: Path, lines: Iterator[bytes]) -> None:
    """Write a file under another name and rename it when all of it is on the disk."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{new_id()}.part")
    try:
        with unfinished.open("xb") as opened:
            _write(opened, lines)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(opened: BinaryIO, lines: Iterator[bytes]) -> None:
    for line in lines:
        opened.write(line)
    opened.flush()
    os.fsync(opened.fileno())


def _elements(reading: Reading, job: Document) -> Iterator[Document]:
    conditions = conditions_of(job)
    return chain.from_iterable(reading.each(entity, conditions) for entity in entities_of(job))
