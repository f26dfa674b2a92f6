"""Usages that follow no specification refer to one that stands for that: made once, in time, and there to stay."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.context import Context
from core.domains import CHORES, task_handlers
from core.entity import Document
from core.errors import Conflict
from core.query import Query
from core.reading import Reading
from core.service import Core, Work
from core.storage.json import written
from core.storage.tables import outbox
from core.tasks import Worker
from core.unspecified import UNSPECIFIED
from core.usage import unspecified
from tests.builders.usage import a_call, a_subscriber, a_usage, a_usage_specification, a_voice_price

REFERENCE = {"@type": "UsageSpecificationRef", "id": UNSPECIFIED, "name": "Not specified"}


def made(reading: Reading) -> list[str]:
    """Return what was told of the specification, which is there if it was told of."""
    mine = (outbox.c.entity == "UsageSpecification") & (outbox.c.entity_id == UNSPECIFIED)
    told = list(reading.connection.execute(select(outbox.c.kind).where(mine)).scalars())
    assert bool(told) is bool(reading.get("UsageSpecification", UNSPECIFIED))
    return told


def work_off(core: Core) -> None:
    """Do the chores, and then all tasks that are due."""
    worker = Worker(core, task_handlers(), chores=CHORES)
    worker.do_chores()
    worker.run_due()


def found(core: Core, context: Context) -> list[str]:
    """Return the usages that a filter finds by the specification."""
    with core.reading(context) as reading:
        wanted = Query.matching({"usageSpecification.id": UNSPECIFIED})
        return sorted(usage["id"] for usage in reading.find("Usage", wanted).items)


@pytest.mark.parametrize("sent", [{}, {"usageType": "voip"}, {"usageType": "VOICE"}])
def test_a_usage_that_follows_none_refers_to_it(core: Core, context: Context, sent: Document) -> None:
    with core.work(context) as work:
        work.create("UsageSpecification", a_usage_specification(id="voice", name="voice", lifecycleStatus="Active"))
        work.create("Usage", a_call())
    with core.reading(context) as reading:
        assert made(reading) == []
    for _ in range(2):
        with core.work(context) as work:
            both = work.create_many("Usage", [dict(sent), dict(sent), a_call()])
            assert [usage["usageSpecification"]["id"] for usage in both] == [UNSPECIFIED, UNSPECIFIED, "voice"]
            assert both[0]["usageSpecification"] == REFERENCE
    with core.reading(context) as reading:
        assert made(reading) == ["Create"]
        assert reading.require("UsageSpecification", UNSPECIFIED)["lifecycleStatus"] == "Active"


def test_a_usage_that_refers_to_it_by_itself_makes_it_too(core: Core, context: Context) -> None:
    said = {"id": UNSPECIFIED}
    with core.work(context) as work:
        assert work.create("Usage", {"usageSpecification": said})["usageSpecification"] == said
    with core.reading(context) as reading:
        assert made(reading) == ["Create"]


def test_usages_that_come_in_at_once_make_one(core: Core, context: Context) -> None:
    def create(number: int) -> str:
        return str(core.run(context, lambda work: work.create("Usage", {"id": f"u{number}"}))["id"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(create, range(16)))) == 16
    with core.reading(context) as reading:
        assert made(reading) == ["Create"]
    assert len(found(core, context)) == 16


def test_nothing_is_told_of_one_that_was_undone_with_its_usage(core: Core, context: Context) -> None:
    strict = Core(
        core.settings.model_copy(update={"judge": "before"}), core.database, core.entities.values(), core.clock
    )
    with pytest.raises(Conflict):
        strict.run(context, lambda work: work.create("Usage", {}))
    with core.reading(context) as reading:
        assert made(reading) == []


def test_one_whose_specification_is_taken_away_refers_to_it(core: Core, context: Context) -> None:
    def bare(usage: Document) -> Document:
        return {name: value for name, value in usage.items() if name != "usageSpecification"}

    with core.work(context) as work:
        work.create("Usage", {"id": "u", "usageSpecification": {"id": "elsewhere"}})
        assert work.change("Usage", "u", bare, caller=True)["usageSpecification"] == REFERENCE
    assert found(core, context) == ["u"]


def test_nobody_can_delete_it_even_when_no_usage_needs_it(core: Core, context: Context) -> None:
    with core.work(context) as work:
        work.create("Usage", {"id": "u"})
        work.delete("Usage", "u")
        with pytest.raises(Conflict, match="stands for"):
            work.delete("UsageSpecification", UNSPECIFIED)


def store(work: Work, usages: Sequence[Document]) -> None:
    """Store usages as an earlier release did, without what is done on creation today."""
    repository = work.core.repositories["Usage"]
    news = [(usage, written(usage)) for usage in usages]
    repository.insert(work.connection, repository.new_rows(work.context.tenant, news, work.now))


def told(core: Core) -> int:
    """Return how many events there are about usages."""
    with core.database.reading() as connection:
        return len(connection.execute(select(outbox).where(outbox.c.entity == "Usage")).all())


@pytest.mark.parametrize("arrival", [True, False], ids=["with the next one", "by a chore"])
def test_usages_that_were_there_before_are_completed_in_sets_and_nobody_is_told(
    core: Core, context: Context, monkeypatch: pytest.MonkeyPatch, arrival: bool
) -> None:
    monkeypatch.setattr(unspecified, "SET", 3)
    named = {"id": "u5", "status": "received", "usageSpecification": {"id": "voice"}}
    old = [{"id": f"u{number}", "status": "billed" if number % 2 else "rejected"} for number in range(10)]
    with core.work(context) as work:
        store(work, [{**usage, **(named if usage["id"] == "u5" else {})} for usage in old])
    if arrival:
        core.run(context, lambda work: work.create("Usage", {"id": "a"}))
    before = told(core)
    for _ in range(2):
        work_off(core)
    expected = [usage["id"] for usage in old if usage["id"] != "u5"]
    assert found(core, context) == (["a"] if arrival else []) + expected
    assert told(core) == before
    with core.reading(context) as reading:
        assert made(reading) == ["Create"]
        assert reading.require_stored("Usage", "u0").version == 2
        assert reading.require("Usage", "u1") == {**old[1], "usageSpecification": REFERENCE}
        assert reading.require_stored("Usage", "u5").version == 1


def test_a_completion_that_is_done_again_ends_the_same(core: Core, context: Context) -> None:
    with core.work(context) as work:
        store(work, [{"id": "u0", "status": "rejected"}])
        work.create("Usage", {"id": "u1"})
    for _ in range(2):
        unspecified.complete_usages(core, context, "")
    work_off(core)
    with core.reading(context) as reading:
        assert reading.require_stored("Usage", "u0").version == 2
    assert found(core, context) == ["u0", "u1"]


def test_no_specification_is_made_where_all_usages_have_one(core: Core, context: Context) -> None:
    with core.work(context) as work:
        store(work, [{"id": "u0", "status": "rejected", "usageSpecification": {"id": "voice"}}])
    work_off(core)
    with core.reading(context) as reading:
        assert made(reading) == []


def test_an_old_usage_that_is_described_is_not_rated_anew(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    rated = core.run(context, lambda work: work.create("Usage", a_usage(duration=60)))
    assert rated["status"] == "rated"
    old = {name: value for name, value in rated.items() if name != "usageSpecification"}
    core.run(context, lambda work: work.change("Usage", rated["id"], lambda _: old))
    changed = core.run(
        context, lambda work: work.change("Usage", rated["id"], lambda d: d | {"description": "x"}, caller=True)
    )
    assert changed == {**rated, "description": "x"}
