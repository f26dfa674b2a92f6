"""Offerings that name no specification have one that stands for that: made once, in time, and there to stay."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.catalog import CHORES
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.reading import Reading
from core.service import Core, Work
from core.storage.json import written
from core.storage.tables import outbox
from core.tasks import Worker
from core.unspecified import UNSPECIFIED
from tests.builders.catalog import a_bundle, a_specification, an_offering, part


def made(reading: Reading) -> list[str]:
    """Return what was told of the specification, which is there if it was told of."""
    mine = (outbox.c.entity == "ProductSpecification") & (outbox.c.entity_id == UNSPECIFIED)
    told = list(reading.connection.execute(select(outbox.c.kind).where(mine)).scalars())
    assert bool(told) is bool(reading.get("ProductSpecification", UNSPECIFIED))
    return told


def test_the_first_offering_that_names_none_makes_it(core: Core, context: Context) -> None:
    with core.work(context) as work:
        work.create("ProductSpecification", a_specification(id="line"))
        work.create("ProductOffering", an_offering(id="plan", specification="line"))
        work.create("ProductOffering", a_bundle(part("plan")))
    with core.reading(context) as reading:
        assert made(reading) == []
    for _ in range(2):
        with core.work(context) as work:
            work.create_many("ProductOffering", [an_offering(), an_offering()])
    with core.reading(context) as reading:
        assert made(reading) == ["Create"]


def test_an_offering_that_names_none_any_more_makes_it(core: Core, context: Context) -> None:
    with core.work(context) as work:
        work.create("ProductOffering", an_offering(id="plan", specification="line"))
        work.change("ProductOffering", "plan", lambda it: {k: v for k, v in it.items() if k != "productSpecification"})
    with core.reading(context) as reading:
        assert made(reading) == ["Create"]


def test_offerings_that_come_in_at_once_make_one(core: Core, context: Context) -> None:
    def create(number: int) -> str:
        return str(core.run(context, lambda work: work.create("ProductOffering", an_offering(id=f"p{number}")))["id"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(create, range(16)))) == 16
    with core.reading(context) as reading:
        assert made(reading) == ["Create"]


def test_nothing_is_told_of_one_that_was_undone_with_its_offering(core: Core, context: Context) -> None:
    with core.work(context) as work:
        for _ in range(2):
            with pytest.raises(Conflict), work.attempt():
                work.create("ProductOffering", a_bundle(part("self"), id="self", isBundle=False))
        work.create("ProductOffering", an_offering(specification="line"))
    with core.reading(context) as reading:
        assert made(reading) == []


def store(work: Work, offerings: Sequence[Document]) -> None:
    """Store offerings as an earlier release did, without what is done on creation today."""
    repository = work.core.repositories["ProductOffering"]
    news = [(offering, written(offering)) for offering in offerings]
    repository.insert(work.connection, repository.new_rows(work.context.tenant, news, work.now))


def test_it_is_made_for_offerings_that_were_there_before(core: Core, context: Context) -> None:
    with core.work(context) as work:
        old = [
            an_offering(id="plan", isBundle=False, specification="line"),
            a_bundle(part("plan"), isBundle=True),
        ]
        store(work, old)
    Worker(core, {}, chores=CHORES).do_chores()
    with core.reading(context) as reading:
        assert made(reading) == []
    with core.work(context) as work:
        old = [an_offering(isBundle=False)]
        store(work, old)
    for _ in range(2):
        Worker(core, {}, chores=CHORES).do_chores()
    with core.reading(context) as reading:
        assert made(reading) == ["Create"]


def test_nobody_can_delete_it_even_when_no_offering_needs_it(core: Core, context: Context) -> None:
    with core.work(context) as work:
        work.create("ProductOffering", an_offering(id="plan"))
        work.delete("ProductOffering", "plan")
        with pytest.raises(Conflict, match="stands for"):
            work.delete("ProductSpecification", UNSPECIFIED)
