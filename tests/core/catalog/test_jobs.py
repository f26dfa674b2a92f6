"""Jobs that can't be done are captured, and shown as failed: at once, or when trying again has not helped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from core.catalog import ENDINGS, Filters, tasks
from core.catalog.importing import Importer
from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.errors import Unavailable
from core.query import Condition
from core.reading import Reading
from core.service import Core
from core.storage.tables import outbox
from core.tasks import MOST_FAILURES, Worker
from tests.core.catalog.jobs import StrictlyNamed, done, ordered


@pytest.mark.parametrize("entity", ["ImportJob", "ExportJob"])
@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"url": "file:///etc/passwd.json"}, "outside of the exchange folder"),
        ({"url": "file:../up.json"}, "outside of the exchange folder"),
        ({"url": "ftp://ftp.example/a.json"}, "ftp"),
        ({"url": "file:a.xml"}, "contentType must be"),
        ({"url": "file:a.csv", "contentType": "text/xml"}, "contentType must be"),
        ({"url": "file:a.json", "path": "/customer"}, "path must end with"),
    ],
)
def test_a_job_that_cannot_be_done_is_captured_and_shown_as_failed(
    core: Core, context: Context, entity: str, attributes: dict[str, str], told: str
) -> None:
    job = ordered(core, context, entity, **attributes, status="Succeeded", completionDate="2020-01-01T00:00:00Z")
    assert job["status"] == "Failed"
    assert told in job["errorLog"]
    assert job["completionDate"] == "2026-01-15T12:00:00.000Z"
    with core.reading(context) as reading:
        kinds = reading.connection.execute(select(outbox.c.kind).order_by(outbox.c.id)).scalars().all()
    assert kinds[:2] == ["Create", "StateChange"]


def test_a_job_says_how_far_it_has_come_whatever_was_sent(core: Core, context: Context) -> None:
    job = ordered(core, context, "ImportJob", url="file:a.csv", linesRead=7, linesFailed="x", errorLog="x")
    assert (job["linesRead"], job["linesImported"], job["linesFailed"]) == (0, 0, 0)
    assert "errorLog" not in job


def test_a_file_in_the_words_of_a_generation_that_is_not_served_fails(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    (folder / "a.csv").write_text("name\na\n")
    job = done(core, context, worker, "ImportJob", url="file:a.csv", apiVersion="v3")
    assert (job["status"], job["errorLog"]) == ("Failed", "apiVersion must be v5, not 'v3'")


class Broken(StrictlyNamed):
    """Asks the database for what it doesn't have, and can't read the third line of a file."""

    def criteria(self, reading: Reading, entity: str, filters: Filters) -> tuple[Condition, ...] | None:
        reading.connection.execute(text("SELECT * FROM nowhere"))
        raise AssertionError("unreachable: there is no such table")

    def admit(self, reading: Reading, entity: str, body: Document, known: Document | None = None) -> Document:
        if body["name"] == "third":
            raise KeyError("third")
        return super().admit(reading, entity, body, known)


def tried(core: Core, context: Context, clock: FixedClock, worker: Worker, job: Document, times: int) -> Document:
    """Run what is due so many times, with the pauses between, and return the job as it is then."""
    for _ in range(times):
        worker.run_due()
        clock.advance(timedelta(minutes=10))
    with core.reading(context) as reading:
        return reading.require(job["@type"], job["id"])


@pytest.mark.parametrize(
    ("entity", "told"),
    [("ExportJob", "nowhere"), ("ImportJob", "our mistake")],
)
def test_a_job_that_keeps_failing_ends_as_failed_and_says_why(
    core: Core, context: Context, clock: FixedClock, folder: Path, entity: str, told: str
) -> None:
    (folder / "a.csv").write_text("name\nfirst\nthird\n")
    worker = Worker(core, tasks({"v5": Broken()}), endings=ENDINGS)
    job = ordered(core, context, entity, url="file:a.csv", path="/category")
    running = tried(core, context, clock, worker, job, MOST_FAILURES - 1)
    assert (running["status"], "errorLog" in running) == ("Running", False)
    failed = tried(core, context, clock, worker, job, 1)
    assert failed["status"] == "Failed"
    assert told in failed["errorLog"]
    assert "8 attempts" in failed["errorLog"]
    assert context.correlation_id in failed["errorLog"]
    assert worker.run_due() == 0


def busy(*_: object) -> None:
    """Stand for a database that others keep busy."""
    raise Unavailable("the database is busy; try again later")


@pytest.mark.parametrize("entity", ["ExportJob", "ImportJob"])
def test_a_job_that_the_database_had_no_time_for_is_tried_again(
    core: Core, context: Context, clock: FixedClock, folder: Path, monkeypatch: pytest.MonkeyPatch, entity: str
) -> None:
    (folder / "a.csv").write_text("name\nfirst\n")
    worker = Worker(core, tasks({"v5": StrictlyNamed()}), endings=ENDINGS)
    job = ordered(core, context, entity, url="file:a.csv", path="/category")
    with monkeypatch.context() as patched:
        patched.setattr(StrictlyNamed, "criteria", busy)
        patched.setattr(Importer, "import_next", busy)
        assert tried(core, context, clock, worker, job, 2)["status"] == "Running"
    assert tried(core, context, clock, worker, job, 1)["status"] == "Succeeded"


def test_a_job_that_the_database_never_had_time_for_says_so(
    core: Core, context: Context, clock: FixedClock, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StrictlyNamed, "criteria", busy)
    job = ordered(core, context, "ExportJob", url="file:a.csv")
    failed = tried(core, context, clock, worker, job, MOST_FAILURES)
    assert (failed["status"], "the database is busy" in failed["errorLog"]) == ("Failed", True)
