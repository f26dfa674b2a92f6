"""Exports write all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.context import Context
from core.entity import Document
from core.service import Core
from core.storage.json import loads
from core.tasks import Worker
from tests.builders.catalog import a_price, an_offering
from tests.core.catalog.jobs import count, done


@pytest.fixture
def filled(core: Core, context: Context) -> Iterator[list[Document]]:
    with core.work(context) as work:
        prices = work.create_many("ProductOfferingPrice", [a_price(n, id=f"p{n:04}") for n in range(1200)])
        offering = work.create("ProductOffering", an_offering(prices[0]))
    return [*prices, offering]


def test_an_export_writes_everything_and_can_be_imported_again(
    core: Core, context: Context, worker: Worker, folder: Path, filled: list[Document]
) -> None:
    for name in ("all.ndjson", "deep/all.json"):
        job = done(core, context, worker, "ExportJob", url=f"file:{name}")
        assert (job["status"], job["completionDate"]) == ("Succeeded", "2026-01-15T12:00:00.000Z")
    lines = [loads(line) for line in (folder / "all.ndjson").read_bytes().splitlines()]
    assert sorted(lines, key=lambda one: one["id"]) == sorted(filled, key=lambda one: one["id"])
    assert loads((folder / "deep" / "all.json").read_bytes()) == lines
    assert list(folder.rglob("*.part")) == []
    assert done(core, context, worker, "ImportJob", url="file:all.ndjson")["status"] == "Succeeded"
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
