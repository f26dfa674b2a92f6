"""Jobs that can't be done are captured, and shown as failed at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.context import Context
from core.service import Core
from core.storage.tables import outbox
from tests.core.catalog.jobs import ordered


@pytest.mark.parametrize("entity", ["ImportJob", "ExportJob"])
@pytest.mark.parametrize(
    ("attributes", "told"),
    [
        ({"url": "file:///etc/passwd.json"}, "outside of the exchange folder"),
        ({"url": "file:../up.json"}, "outside of the exchange folder"),
        ({"url": "ftp://ftp.example/a.json"}, "ftp"),
        ({"url": "file:a.csv"}, "contentType"),
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
