"""Imports take what is right, tell what is wrong, and count nothing twice."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.catalog import Words, importing, tasks
from core.catalog.jobs import IMPORT
from core.catalog.tables import import_progress
from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.query import Query
from core.reading import Reading
from core.service import Core
from core.storage.tables import outbox
from core.tasks import Worker
from tests.builders.catalog import a_category, a_price, an_offering
from tests.core.catalog.jobs import StrictlyNamed, count, done, ordered, write_lines


def test_an_import_creates_what_the_file_holds(core: Core, context: Context, worker: Worker, folder: Path) -> None:
    write_lines(folder / "all.ndjson", a_category(), {"@type": "ProductOffering", "name": "Plan"}, "", a_category())
    job = ordered(core, context, "ImportJob", url="file:all.ndjson")
    assert (job["status"], job["creationDate"]) == ("Not Started", "2026-01-15T12:00:00.000Z")
    worker.run_due()
    with core.reading(context) as reading:
        job = reading.require("ImportJob", job["id"])
        assert reading.find("ProductOffering", Query()).items[0]["lifecycleStatus"] == "In study"
    assert job["status"] == "Succeeded"
    assert job["completionDate"] == "2026-01-15T12:00:00.000Z"
    assert "errorLog" not in job
    assert count(core, context, "Category") == 2


@pytest.mark.parametrize("text", ['[{"name": "a"}, {"name": "b"}]', '\ufeff[{"name": "a"},\n{"name": "b"}]'])
def test_an_array_is_imported_too(core: Core, context: Context, worker: Worker, folder: Path, text: str) -> None:
    (folder / "two.json").write_text(text)
    job = done(core, context, worker, "ImportJob", url="file:two.json", path="/category")
    assert job["status"] == "Succeeded"
    assert count(core, context, "Category") == 2


def test_each_refused_line_is_told_by_number_path_and_reason(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    lines = [
        a_price(1),
        {"priceType": "oneTime"},
        "{",
        "[1]",
        a_price(-1, tax=[{"taxRate": 101}]),
        f'{{"name": "{"x" * 2_000_000}"}}',
        a_price(2),
    ]
    write_lines(folder / "prices.ndjson", *lines)
    job = done(core, context, worker, "ImportJob", url="file:prices.ndjson", path="/productOfferingPrice")
    log = job["errorLog"].splitlines()
    assert job["status"] == "Failed"
    assert log[0] == "5 refused, 2 imported"
    assert log[1] == "line 2: name: name is mandatory"
    assert [line.partition(":")[0] for line in log[1:]] == [f"line {n}" for n in (2, 3, 4, 5, 5, 6)]
    assert "line 5: price.value: -1 is below zero" in log[4]
    assert count(core, context, "ProductOfferingPrice") == 2


def test_a_type_that_the_catalog_does_not_hold_is_refused(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    special = {"@type": "SpecialOffering", "@baseType": "ProductOffering", "name": "Special"}
    write_lines(folder / "mixed.ndjson", {"@type": "Customer", "name": "Ada"}, special)
    job = done(core, context, worker, "ImportJob", url="file:mixed.ndjson")
    assert "line 1: @type: is not one of" in job["errorLog"]
    write_lines(folder / "price.ndjson", a_price())
    job = done(core, context, worker, "ImportJob", url="file:price.ndjson", path="/category")
    assert "line 1: @type: is ProductOfferingPrice, but the job is about Category" in job["errorLog"]
    assert count(core, context, "ProductOffering") == 1


def test_a_known_identifier_is_replaced_by_the_rules_of_a_change(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    for identifier, state in (("a", "Launched"), ("b", "Launched")):
        ordered(core, context, "ProductOffering", **an_offering(id=identifier, lifecycleStatus=state, colour="red"))
    write_lines(
        folder / "again.ndjson",
        {"id": "a", "name": "Renamed"},
        {"id": "b", "name": "Back", "lifecycleStatus": "In study"},
    )
    job = done(core, context, worker, "ImportJob", url="file:again.ndjson", path="productOffering")
    assert "line 2: lifecycleStatus" in job["errorLog"]
    with core.reading(context) as reading:
        offering = reading.require("ProductOffering", "a")
    assert (offering["name"], offering["lifecycleStatus"], "colour" in offering) == ("Renamed", "Launched", False)


def test_importing_the_same_file_twice_changes_nothing(
    core: Core, context: Context, worker: Worker, folder: Path, clock: FixedClock
) -> None:
    write_lines(folder / "same.ndjson", *[a_category(id=str(n), name=f"C{n}") for n in range(3)])
    done(core, context, worker, "ImportJob", url="file:same.ndjson")
    with core.reading(context) as reading:
        before = reading.find("Category", Query()).items
    assert done(core, context, worker, "ImportJob", url="file:same.ndjson")["status"] == "Succeeded"
    with core.reading(context) as reading:
        assert reading.find("Category", Query()).items == before
        kinds = reading.connection.execute(select(outbox.c.kind).where(outbox.c.entity == "Category")).scalars().all()
    assert kinds == ["Create"] * 3


def test_what_was_taken_out_of_an_element_stays_out_when_its_export_is_imported(
    core: Core, context: Context, worker: Worker, clock: FixedClock
) -> None:
    ordered(core, context, "Category", **a_category(id="bare"))
    with core.work(context) as work:
        work.change("Category", "bare", lambda category: {k: v for k, v in category.items() if k != "version"})
    with core.reading(context) as reading:
        before = reading.require("Category", "bare")
    done(core, context, worker, "ExportJob", url="file:bare.ndjson")
    clock.advance(timedelta(days=1))
    assert done(core, context, worker, "ImportJob", url="file:bare.ndjson")["status"] == "Succeeded"
    with core.reading(context) as reading:
        assert reading.require("Category", "bare") == before
    assert "version" not in before


class Killed(BaseException):
    """What no handler catches."""


@pytest.mark.parametrize("name", ["many.ndjson", "many.json"])
def test_an_import_that_was_killed_goes_on_and_doubles_nothing(
    core: Core, context: Context, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    elements = [{"@type": "Category", "name": f"C{n}"} for n in range(35)]
    if name.endswith("ndjson"):
        write_lines(folder / name, *elements)
    else:
        (folder / name).write_text(json.dumps(elements))
    job = ordered(core, context, "ImportJob", url=f"file:{name}")

    class Deadly(StrictlyNamed):
        left = 25

        def admit(self, reading: Reading, entity: str, body: Any, known: Document | None = None) -> Document:
            self.left -= 1
            if self.left < 0:
                raise Killed
            return super().admit(reading, entity, body)

    with pytest.raises(Killed):
        tasks({"v5": Deadly()})[IMPORT](core, context, job["id"])
    assert count(core, context, "Category") == 20
    tasks({"v5": StrictlyNamed()})[IMPORT](core, context, job["id"])
    tasks({"v5": StrictlyNamed()})[IMPORT](core, context, job["id"])
    with core.reading(context) as reading:
        names = [one["name"] for one in reading.find("Category", Query()).items]
        assert reading.require("ImportJob", job["id"])["status"] == "Succeeded"
        assert reading.connection.execute(select(import_progress)).all() == []
    assert sorted(names) == sorted(f"C{n}" for n in range(35))


def test_deleting_a_job_stops_it(core: Core, context: Context, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    write_lines(folder / "two.ndjson", a_category(), a_category())
    job = ordered(core, context, "ImportJob", url="file:two.ndjson")
    handler = tasks({"v5": StrictlyNamed()})[IMPORT]
    with core.work(context) as work:
        work.delete("ImportJob", job["id"])
    handler(core, context, job["id"])
    assert count(core, context, "Category") == 0


def test_an_import_of_a_missing_or_broken_file_fails(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    (folder / "broken.json").write_text('[{"name": ')
    for name in ("missing.json", "broken.json"):
        job = done(core, context, worker, "ImportJob", url=f"file:{name}", path="category")
        assert job["status"] == "Failed"
        assert job["errorLog"]


def test_the_stand_in_has_words(core: Core, context: Context) -> None:
    words: Words = StrictlyNamed()
    with core.reading(context) as reading:
        assert words.admit(reading, "Category", {"name": "x"}) == {"name": "x"}
