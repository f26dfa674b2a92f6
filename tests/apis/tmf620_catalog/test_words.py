"""An import lets in what a POST lets in, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from apis.tmf620_catalog import API
from apis.tmf620_catalog.words import CatalogWords
from apis.tmf630.specification import load
from apis.tmf630.version import Version
from core.catalog import tasks
from core.context import Context
from core.entity import Document
from core.errors import Conflict, InvalidInput
from core.query import Query
from core.service import Core
from core.storage.json import dumps
from core.tasks import Worker
from tests.builders.catalog import (
    a_bundle,
    a_category,
    a_monthly_price,
    a_specification,
    an_allowance,
    an_offering,
    part,
)

MANDATORY = {"lastUpdate": "2026-01-01T00:00:00Z", "lifecycleStatus": "Active"}


@pytest.fixture(scope="module")
def words() -> CatalogWords:
    return CatalogWords(Version(API, load("tmf620", [*API.versions][-1])))


def elements() -> list[Document]:
    specification = a_specification(**MANDATORY)
    price, allowance = a_monthly_price(**MANDATORY), an_allowance(5, "GB") | MANDATORY
    offering = an_offering(price, allowance, specification=specification["id"], **MANDATORY)
    return [a_category(), specification, price, allowance, offering, a_bundle(part(offering["id"]), **MANDATORY)]


def test_what_a_post_would_accept_is_imported(core: Core, context: Context, words: CatalogWords) -> None:
    folder: Path = core.settings.exchange_folder
    (folder / "plans.ndjson").write_bytes(b"\n".join(dumps(element) for element in elements()))
    with core.work(context) as work:
        job = work.create("ImportJob", {"url": "file:plans.ndjson"})
    Worker(core, tasks({"v5": words})).run_due()
    with core.reading(context) as reading:
        job = reading.require("ImportJob", job["id"])
        assert (job["status"], job.get("errorLog")) == ("Succeeded", None)
        assert reading.find("ProductOffering", Query()).total == 2


@pytest.mark.parametrize(
    ("element", "path"),
    [
        (a_specification(), "lastUpdate"),
        (a_specification(**MANDATORY) | {"name": 5}, "name"),
        (a_specification(**MANDATORY) | {"lastUpdate": "yesterday"}, "lastUpdate"),
    ],
)
def test_what_a_post_would_refuse_is_refused_by_path(
    core: Core, context: Context, words: CatalogWords, element: Document, path: str
) -> None:
    with core.reading(context) as reading, pytest.raises(InvalidInput) as refusal:
        words.admit(reading, "ProductSpecification", element)
    assert [fault.path for fault in refusal.value.faults] == [path]


@pytest.mark.parametrize("text", [b'{"name": "\\u0000"}', b'{"a": 1, "a": 2}', b'{"a": 1e400}', b'{"a": NaN}', b"{"])
def test_json_that_a_post_would_refuse_is_refused(words: CatalogWords, text: bytes) -> None:
    with pytest.raises((InvalidInput, Conflict)):
        words.parse(text)


def test_what_was_exported_can_be_imported(core: Core, context: Context, words: CatalogWords) -> None:
    worker = Worker(core, tasks({"v5": words}))
    with core.work(context) as work:
        for element in elements():
            work.create(element["@type"], element)
        work.create("ExportJob", {"url": "file:all.json"})
    worker.run_due()
    with core.work(context) as work:
        job = work.create("ImportJob", {"url": "file:all.json"})
    worker.run_due()
    with core.reading(context) as reading:
        job = reading.require("ImportJob", job["id"])
    assert (job["status"], job.get("errorLog")) == ("Succeeded", None)
