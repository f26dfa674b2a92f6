"""Whatever the catalog holds, exported in any form and imported into an empty one, is the same catalog."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from apis.tmf620_catalog.words import CatalogWords, wordings_of
from core.catalog import tasks
from core.catalog.exchange import EVERYTHING
from core.context import Context
from core.entity import Document, copied, new_id
from core.errors import BssError
from core.query import Query
from core.service import Core
from core.storage.json import dumps, loads
from core.storage.tables import outbox
from core.tasks import Worker
from tests.apis.generated import Resources
from tests.apis.generations import generations
from tests.builders.catalog import a_category, a_monthly_price, an_offering

V4, V5 = generations("tmf620")
WORDS = wordings_of([V4, V5])
FILES = ["all.json", "all.ndjson", "all.csv", "all.json.gz", "all.ndjson.gz", "all.csv.gz"]
SET = {"lifecycleStatus": "Active", "lastUpdate": "2026-01-01T00:00:00Z", "name": "=1+1"}
NASTY = st.sampled_from(["", "7", "true", "null", "'", '"', "=A1", "-1", "@x", "a,b\r\nc", " x", "\ufeff", "{}"])
brands = count(1)


@st.composite
def elements(draw: st.DrawFn) -> list[tuple[str, Document]]:
    """Draw valid elements of some kinds; rules may still be against them."""
    found = []
    for entity in draw(st.lists(st.sampled_from(EVERYTHING), min_size=1, max_size=4)):
        element = draw(Resources(V5).of(V5.resources[entity].schema))
        note = draw(st.dictionaries(NASTY, NASTY | st.lists(NASTY, max_size=2), max_size=2))
        found.append((entity, element | SET | {"@type": entity, "id": new_id(), "description": draw(NASTY), "x": note}))
    return found


def stored(core: Core, context: Context) -> dict[str, bytes]:
    """Return all elements of a brand, written so that the order of attributes doesn't matter and digits do."""
    with core.reading(context) as reading:
        found = [one for entity in EVERYTHING for one in reading.find(entity, Query()).items]
    return {one["id"]: dumps(in_order(one)) for one in found}


def in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: in_order(value[name]) for name in sorted(value)}
    return [in_order(member) for member in value] if isinstance(value, list) else value


def done(core: Core, context: Context, entity: str, **attributes: Any) -> Document:
    job = core.run(context, lambda work: work.create(entity, attributes))
    Worker(core, tasks(WORDS)).run_due()
    with core.reading(context) as reading:
        return reading.require(entity, job["id"])


def admitted(core: Core, context: Context, entity: str, element: Document) -> Document:
    words = WORDS["v5"]
    with core.reading(context) as reading:
        return words.admit(reading, entity, words.parse(dumps(element)))


@pytest.mark.slow
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(elements(), st.sampled_from(FILES))
def test_an_exported_catalog_is_the_same_catalog_once_imported(
    core: Core, drawn: list[tuple[str, Document]], file: str
) -> None:
    ours, theirs = Context(f"brand-{next(brands)}"), Context(f"brand-{next(brands)}")
    for entity, element in drawn:
        try:
            document = admitted(core, ours, entity, element)
            core.run(ours, lambda work, entity=entity, document=document: work.create(entity, document))
        except BssError:
            continue
    before = stored(core, ours)
    assume(before)
    assert done(core, ours, "ExportJob", url=f"file:{file}")["status"] == "Succeeded"
    job = done(core, theirs, "ImportJob", url=f"file:{file}")
    assert (job["status"], job.get("errorLog"), job["linesImported"]) == ("Succeeded", None, len(before))
    assert stored(core, theirs) == before
    for version in ("v4", "v5"):
        assert done(core, ours, "ExportJob", url=f"file:{file}", apiVersion=version)["status"] == "Succeeded"
        assert done(core, ours, "ImportJob", url=f"file:{file}", apiVersion=version)["status"] == "Succeeded"
    assert (stored(core, ours), changes(core, ours)) == (before, 0), "nobody touched the files"


# What v4 takes in and v5's creations don't, and what v5 says and v4 has no word for.
MADE_IN_V4: list[tuple[str, Document]] = [
    ("ProductOfferingPrice", {"name": "x", "id": "price"}),
    ("ProductSpecification", {"name": "s", "id": "s", "relatedParty": [{"id": "p", "@referredType": "Individual"}]}),
    ("ProductOffering", {"name": "o", "id": "o", "attachment": [{"url": "https://brand.example/o.png"}]}),
    ("Category", {"name": "c", "id": "c"}),
]
PARENT = {"@type": "CategoryRef", "id": "c", "name": "c", "@referredType": "Category", "href": "no address"}
MADE_IN_V5: list[tuple[str, Document]] = [
    ("Category", {"@type": "Category", "name": "below", "id": "below", "parent": PARENT}),
    (
        "ProductOffering",
        {
            "@type": "ProductOffering",
            "name": "p",
            "id": "p",
            "category": [PARENT],
            "channel": [{"@type": "ChannelRef", "id": "shop", "href": "the shop"}],
            "attachment": [{"@type": "Attachment", "attachmentType": "picture", "url": "a picture"}],
        },
    ),
]


def made_in_both(core: Core, context: Context) -> None:
    """Make elements in v4, and in v5."""
    with core.work(context) as work:
        for version, made in ((V4, MADE_IN_V4), (V5, MADE_IN_V5)):
            for entity, body in made:
                resource = next(one for one in version.resources.values() if one.entity == entity)
                work.create(entity, resource.read(copied(body)))


@pytest.mark.parametrize("file", ["all.ndjson", "all.csv"])
def test_an_export_of_what_either_generation_made_is_the_same_catalog_once_imported(
    core: Core, context: Context, file: str
) -> None:
    made_in_both(core, context)
    done(core, context, "ExportJob", url=f"file:{file}")
    job = done(core, Context("other"), "ImportJob", url=f"file:{file}")
    assert (job["status"], job.get("errorLog")) == ("Succeeded", None)
    assert stored(core, Context("other")) == stored(core, context)


@pytest.mark.parametrize("version", ["v4", "v5"])
@pytest.mark.parametrize("file", ["all.ndjson", "all.csv"])
def test_an_export_that_nobody_touched_changes_nothing(core: Core, context: Context, version: str, file: str) -> None:
    made_in_both(core, context)
    before = stored(core, context)
    done(core, context, "ExportJob", url=f"file:{file}", apiVersion=version)
    job = done(core, context, "ImportJob", url=f"file:{file}", apiVersion=version)
    # With the specification of the offerings that name none.
    assert (job["status"], job["linesImported"]) == ("Succeeded", 7), job.get("errorLog")
    assert stored(core, context) == before
    assert changes(core, context) == 0


@pytest.mark.parametrize("version", ["v4", "v5"])
@pytest.mark.parametrize("file", ["all.ndjson", "all.csv"])
def test_an_export_tells_what_an_element_of_a_type_of_the_callers_own_is(
    core: Core, context: Context, version: str, file: str
) -> None:
    with core.work(context) as work:
        for entity in ("Category", "ProductCatalog"):
            resource = V4.by_entity[entity]
            work.create(entity, resource.read({"@type": "Mine", "name": "x", "id": entity, **SET}))
    before = stored(core, context)
    done(core, context, "ExportJob", url=f"file:{file}", apiVersion=version)
    for brand in (context, Context("other")):
        job = done(core, brand, "ImportJob", url=f"file:{file}", apiVersion=version)
        assert (job["status"], job["linesImported"]) == ("Succeeded", 2), job.get("errorLog")
    assert (stored(core, context), changes(core, context)) == (before, 0)
    for entity in before:
        dialect = V4.by_entity[entity].dialect
        ours, theirs = (dialect.dump(one_of(core, brand, entity, entity)) for brand in (context, Context("other")))
        assert theirs.items() >= ours.items() >= {"@type": "Mine"}.items()


def test_a_changed_line_changes_only_what_its_words_can_say(core: Core, context: Context) -> None:
    made_in_both(core, context)
    done(core, context, "ExportJob", url="file:all.ndjson", apiVersion="v4")
    file = core.settings.exchange_folder / "all.ndjson"
    lines = [loads(line) for line in file.read_bytes().splitlines()]
    renamed = [line | {"name": "renamed"} if line["id"] == "below" else line for line in lines]
    file.write_bytes(b"\n".join(map(dumps, renamed)))
    before = one_of(core, context, "Category", "below")
    done(core, context, "ImportJob", url="file:all.ndjson", apiVersion="v4")
    after = one_of(core, context, "Category", "below")
    assert changes(core, context) == 1
    assert after | {"name": "below", "lastUpdate": before["lastUpdate"]} == before


def one_of(core: Core, context: Context, entity: str, identifier: str) -> Document:
    with core.reading(context) as reading:
        return reading.require(entity, identifier)


def changes(core: Core, context: Context) -> int:
    """Return how many events tell of changes of catalog elements."""
    told = (outbox.c.tenant == context.tenant) & outbox.c.entity.in_(EVERYTHING) & (outbox.c.kind != "Create")
    with core.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(outbox).where(told)).scalar_one()


@pytest.mark.parametrize("file", ["all.ndjson", "all.csv.gz"])
def test_a_file_is_in_the_words_of_the_generation_that_the_job_came_in(core: Core, context: Context, file: str) -> None:
    parent = a_category(**SET)
    child = a_category(**SET) | {"parent": {"@type": "CategoryRef", "id": parent["id"]}}
    price = a_monthly_price(**SET)
    with core.work(context) as work:
        for element in (
            parent,
            child,
            {"@type": "ProductCatalog", "id": "c1", **SET},
            price,
            an_offering(price, **SET),
        ):
            work.create(element["@type"], element)
    job = V4.resources["ExportJob"].read({"url": f"file:{file}"})
    assert job["apiVersion"] == "v4"
    assert done(core, context, "ExportJob", **job)["status"] == "Succeeded"
    if file == "all.ndjson":
        lines = [loads(line) for line in (core.settings.exchange_folder / file).read_bytes().splitlines()]
        assert {"Catalog"} == {one["@type"] for one in lines if one["id"] == "c1"}
        assert [one["parentId"] for one in lines if one["id"] == child["id"]] == [parent["id"]]
        assert not any("href" in one for one in lines)
    other = Context("other")
    imported = done(core, other, "ImportJob", **V4.resources["ImportJob"].read({"url": f"file:{file}"}))
    assert (imported["status"], imported.get("errorLog")) == ("Succeeded", None)
    assert stored(core, other) == stored(core, context)


def test_an_export_asks_in_the_words_of_its_generation(core: Core, context: Context) -> None:
    parent = a_category(**SET)
    with core.work(context) as work:
        for element in (parent, a_category(parent=parent["id"], **SET)):
            work.create("Category", element)
    asked = {"url": "file:some.csv", "path": "category", "query": f"parentId={parent['id']}"}
    assert done(core, context, "ExportJob", apiVersion="v4", **asked)["linesWritten"] == 1
    for query in ("name.regex=^C&parentId!=nobody", "filter=$[?(@.parentId)]", f"version>0&parentId={parent['id']}"):
        asked["query"] = query
        assert "linesWritten" in done(core, context, "ExportJob", apiVersion="v4", **asked), query
    asked["query"] = f"parentId={parent['id']}"
    assert "has no such attribute: parentId" in done(core, context, "ExportJob", **asked)["errorLog"]


def test_a_rule_is_told_in_the_words_of_the_file() -> None:
    words = CatalogWords(V4)
    assert words.path_of("ProductOfferingPrice", "policy[0].id") == "constraint[0].id"
    assert words.path_of("Category", "validFor") == "validFor"


def test_a_job_says_in_whose_words_its_file_is(core: Core, context: Context) -> None:
    assert done(core, context, "ExportJob", url="file:a.csv", path="category")["apiVersion"] == "v5"
