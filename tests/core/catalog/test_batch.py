"""An import tells of each catalog that it changes, once for each piece that is committed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from core.context import Context
from core.entity import Document
from core.service import Core
from core.storage.tables import outbox
from core.tasks import Worker
from tests.builders.catalog import a_category, a_price, an_offering, refer
from tests.core.catalog.jobs import done, write_lines


def batches(core: Core) -> list[str]:
    """Return the catalogs that were told of as changed in a batch, in order."""
    told = select(outbox.c.entity_id).where(outbox.c.entity == "ProductCatalog", outbox.c.kind == "Batch")
    with core.database.reading() as connection:
        return list(connection.execute(told.order_by(outbox.c.position)).scalars())


def a_catalog(identifier: str, *categories: str) -> Document:
    """Return a catalog of these categories."""
    held = {"category": [refer("Category", category) for category in categories]} if categories else {}
    return {"@type": "ProductCatalog", "id": identifier, "name": identifier, **held}


def test_catalogs_are_told_of_that_hold_what_was_imported(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    with core.work(context) as work:
        for category in ("plans", "phones", "rest"):
            work.create("Category", a_category(id=category))
        for catalog in (
            a_catalog("retail", "plans", "phones"),
            a_catalog("partner", "plans"),
            a_catalog("old", "rest"),
        ):
            work.create("ProductCatalog", catalog)
    write_lines(folder / "phones.ndjson", an_offering(category=[refer("Category", "phones")]), an_offering())
    done(core, context, worker, "ImportJob", url="file:phones.ndjson")
    assert batches(core) == ["retail"]
    write_lines(folder / "plans.ndjson", a_category(id="plans", description="new"), a_catalog("fresh"))
    done(core, context, worker, "ImportJob", url="file:plans.ndjson")
    assert sorted(batches(core)[1:]) == ["fresh", "partner", "retail"]


def test_a_catalog_is_told_of_what_is_imported_anywhere_below_its_categories(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    with core.work(context) as work:
        work.create("Category", a_category(id="consumer"))
        work.create("Category", a_category(id="business", parent="plans"))
        work.create("Category", a_category(id="plans", parent="mobile"))
        work.create("Category", a_category(id="mobile", subCategory=[refer("Category", "consumer")]))
        work.create("ProductCatalog", a_catalog("retail", "mobile"))
        work.create("ProductCatalog", a_catalog("partner", "consumer"))
    for number, category in enumerate(("business", "consumer")):
        write_lines(folder / f"{number}.ndjson", an_offering(category=[refer("Category", category)]))
        done(core, context, worker, "ImportJob", url=f"file:{number}.ndjson")
    assert batches(core) == ["retail", "partner", "retail"]
    write_lines(folder / "category.ndjson", a_category(id="business", parent="plans", description="new"))
    done(core, context, worker, "ImportJob", url="file:category.ndjson")
    assert batches(core)[3:] == ["retail"]


def test_a_catalog_is_told_of_what_an_import_takes_out_of_it(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    with core.work(context) as work:
        for category in ("plans", "phones", "tablets"):
            work.create("Category", a_category(id=category))
        work.create("Category", a_category(id="small", parent="tablets"))
        work.create("ProductOffering", an_offering(id="s", category=[refer("Category", "plans")]))
        work.create("ProductCatalog", a_catalog("retail", "plans"))
        work.create("ProductCatalog", a_catalog("partner", "phones"))
        work.create("ProductCatalog", a_catalog("old", "tablets"))
    write_lines(folder / "s.ndjson", an_offering(id="s", category=[refer("Category", "phones")]))
    done(core, context, worker, "ImportJob", url="file:s.ndjson")
    assert batches(core) == ["partner", "retail"]
    write_lines(folder / "small.ndjson", a_category(id="small", parent="phones"))
    done(core, context, worker, "ImportJob", url="file:small.ndjson")
    assert batches(core)[2:] == ["old", "partner"]
    refused = an_offering(id="s", lifecycleStatus="Nonsense", category=[refer("Category", "plans")])
    write_lines(folder / "refused.ndjson", refused)
    done(core, context, worker, "ImportJob", url="file:refused.ndjson")
    assert batches(core)[4:] == []


def test_categories_that_are_above_each_other_end_no_import(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    with core.work(context) as work:
        above = work.create("Category", a_category(id="a"))
        work.create("Category", a_category(id="b", parent="a"))
        # Rules refuse such a ring; two who change a category each at the same moment may make one.
        ring = above | {"parent": {"@type": "CategoryRef", "id": "b"}}
        core.repositories["Category"].update(work.connection, context.tenant, ring, 2, work.now)
        work.create("ProductCatalog", a_catalog("retail", "b"))
    write_lines(folder / "ring.ndjson", an_offering(category=[refer("Category", "a")]))
    done(core, context, worker, "ImportJob", url="file:ring.ndjson")
    assert batches(core) == ["retail"]


def test_nobody_is_told_of_a_catalog_that_an_import_leaves_as_it_is(
    core: Core, context: Context, worker: Worker, folder: Path
) -> None:
    with core.work(context) as work:
        work.create("Category", a_category(id="plans"))
        work.create("ProductCatalog", a_catalog("retail", "plans"))
    refused = an_offering(category=[refer("Category", "plans")], lifecycleStatus="Lost")
    write_lines(folder / "prices.ndjson", a_price(), refused)
    job = done(core, context, worker, "ImportJob", url="file:prices.ndjson")
    assert "lifecycleStatus" in job["errorLog"]
    assert batches(core) == []
