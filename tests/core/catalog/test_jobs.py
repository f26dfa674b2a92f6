"""Jobs that can't be done are captured, and shown as failed at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from core.context import Context
from core.service import Core
from core.storage.tables import outbox
from core.tasks import Worker
from tests.core.catalog.jobs import done, ordered


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
