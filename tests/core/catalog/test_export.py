"""Exports write all of it, or nothing."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core.catalog import tasks
from core.catalog.jobs import EXPORT
from core.context import Context
from core.entity import Document
from core.reading import Reading
from core.service import Core
from core.storage.json import loads
from core.storage.tables import outbox
from core.tasks import Worker
from tests.builders.catalog import a_price, a_specification, an_offering
from tests.core.catalog.jobs import StrictlyNamed, count, done, ordered


@pytest.fixture
def filled(core: Core, context: Context) -> Iterator[list[Document]]:
    with core.work(context) as work:
        prices = work.create_many("ProductOfferingPrice", [a_price(n, id=f"p{n:04}") for n in range(1200)])
        line = work.create("ProductSpecification", a_specification())
        offering = work.create("ProductOffering", an_offering(prices[0], specification=line["id"]))
    return [*prices, line, offering]


def test_an_export_writes_everything_and_can_be_imported_again(
    core: Core, context: Context, worker: Worker, folder: Path, filled: list[Document]
) -> None:
    for name in ("all.ndjson", "deep/all.json", "all.csv", "all.ndjson.gz"):
        job = done(core, context, worker, "ExportJob", url=f"file:{name}")
        assert (job["status"], job["completionDate"]) == ("Succeeded", "2026-01-15T12:00:00.000Z")
        assert job["linesWritten"] == len(filled)
    lines = [loads(line) for line in (folder / "all.ndjson").read_bytes().splitlines()]
    assert sorted(lines, key=lambda one: one["id"]) == sorted(filled, key=lambda one: one["id"])
    assert loads((folder / "deep" / "all.json").read_bytes()) == lines
    assert list(folder.rglob("*.part")) == []
    assert gzip.decompress((folder / "all.ndjson.gz").read_bytes()) == (folder / "all.ndjson").read_bytes()
    for name in ("all.ndjson", "all.csv"):
        job = done(core, context, worker, "ImportJob", url=f"file:{name}")
        assert (job["status"], job["linesImported"]) == ("Succeeded", len(filled))
    assert count(core, context, "ProductOfferingPrice") == 1200


def test_an_export_may_ask_for_some(
    core: Core, context: Context, worker: Worker, folder: Path, filled: list[Document]
) -> None:
    query = "price.value=5,7&lifecycleStatus=Active"
    done(core, context, worker, "ExportJob", url="file:some.json", path="/productOfferingPrice", query=query)
    assert [one["id"] for one in loads((folder / "some.json").read_bytes())] == ["p0005", "p0007"]
    done(core, context, worker, "ExportJob", url="file:none.json", path="/category")
    assert loads((folder / "none.json").read_bytes()) == []


def test_brands_do_not_export_each_other(core: Core, worker: Worker, folder: Path, filled: list[Document]) -> None:
    other = Context(tenant="other")
    assert done(core, other, worker, "ExportJob", url="file:theirs.ndjson")["status"] == "Succeeded"
    assert (folder / "theirs.ndjson").read_bytes() == b""


def test_an_export_that_cannot_be_written_fails_and_leaves_nothing(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    (folder / "taken.json").mkdir()
    job = done(core, context, worker, "ExportJob", url="file:taken.json")
    assert job["status"] == "Failed"
    assert "can't be written" in job["errorLog"]
    assert list(folder.rglob("*.part")) == []


class Killed(BaseException):
    """What no handler catches."""


@pytest.mark.parametrize("name", ["all.ndjson", "all.csv.gz"])
def test_an_export_that_was_killed_is_written_anew_and_leaves_nothing_behind(
    core: Core,
    context: Context,
    worker: Worker,
    folder: Path,
    filled: list[Document],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    class Deadly(StrictlyNamed):
        def show(self, reading: Reading, entity: str, document: Document) -> Document:
            if document["id"] == "p1100":
                raise Killed
            return document

    (folder / name).write_text("as it was")
    job = ordered(core, context, "ExportJob", url=f"file:{name}")
    with monkeypatch.context() as patched:
        # A process that is killed cleans nothing up.
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(Killed):
            tasks({"v5": Deadly()})[EXPORT](core, context, job["id"])
    assert (folder / name).read_text() == "as it was"
    assert len(list(folder.glob(".*.part"))) == 1
    with core.reading(context) as reading:
        half = reading.require("ExportJob", job["id"])
    assert (half["status"], half["linesWritten"]) == ("Running", 1000)
    worker.run_due()
    whole = done(core, context, worker, "ExportJob", url=f"file:again-{name}")
    assert whole["status"] == "Succeeded"
    assert (folder / name).read_bytes() == (folder / f"again-{name}").read_bytes()
    assert list(folder.glob(".*")) == []


def test_a_query_by_what_no_element_has_fails_instead_of_writing_nothing(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    job = done(core, context, worker, "ExportJob", url="file:red.json", query="colour=red")
    assert job["status"] == "Failed"
    assert "has no such attribute: colour" in job["errorLog"]
    assert not (folder / "red.json").exists()


def test_progress_is_no_news(core: Core, context: Context, worker: Worker, filled: list[Document]) -> None:
    done(core, context, worker, "ExportJob", url="file:all.ndjson")
    with core.reading(context) as reading:
        told = select(outbox.c.kind).where(outbox.c.entity == "ExportJob").order_by(outbox.c.id)
        assert reading.connection.execute(told).scalars().all() == ["Create", "StateChange", "StateChange"]
