"""The backlog is rated in sets, as often and by as many processes as one likes, with the same end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.context import Context
from core.service import Core
from core.usage import backlog, rate_backlog
from core.usage.tables import allowance_use, rated_usage
from tests.builders.usage import a_call, a_subscriber, a_voice_allowance, a_voice_price, charged

CALLS = 60


@pytest.fixture(autouse=True)
def small_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate in sets of ten, so that there are several."""
    monkeypatch.setattr(backlog, "SET", 10)


@pytest.fixture
def waiting(core: Core, context: Context) -> Core:
    """Sixty calls of a minute that wait for rating; forty minutes are included, then a minute costs 1 EUR."""
    settings = core.settings.model_copy(update={"rate_on_receipt": False})
    later = Core(settings, core.database, core.entities.values(), core.clock)
    later.run(context, lambda work: a_subscriber(work, a_voice_price("1"), a_voice_allowance(40)))
    made = later.run(context, lambda work: work.create_many("Usage", [a_call(60) for _ in range(CALLS)]))
    assert {usage["status"] for usage in made} == {"received"}
    return later


def assert_all_rated(core: Core, context: Context) -> None:
    """Hold the end of the backlog against what the calls must cost together."""
    with core.reading(context) as reading:
        usages = reading.find_by("Usage", status="rated")
    assert len(usages) == CALLS
    assert sum((charged(usage) for usage in usages), Decimal(0)) == CALLS - 40
    with core.database.reading() as connection:
        assert connection.execute(select(allowance_use.c.used)).scalar_one() == 40 * 60
        assert connection.execute(select(func.sum(rated_usage.c.amount))).scalar_one() == CALLS - 40


def test_what_waits_is_rated_in_sets(waiting: Core, context: Context) -> None:
    heard: list[int] = []
    assert rate_backlog(waiting, context, heard.append) == {"rated": CALLS}
    assert heard == [10] * 6
    assert_all_rated(waiting, context)
    assert rate_backlog(waiting, context) == {}


def test_a_backlog_killed_in_the_middle_is_finished_by_the_next(waiting: Core, context: Context) -> None:
    class Killed(BaseException):
        pass

    def die(_: int) -> None:
        raise Killed

    for _ in range(2):
        with pytest.raises(Killed):
            rate_backlog(waiting, context, die)
    assert rate_backlog(waiting, context) == {"rated": CALLS - 20}
    assert_all_rated(waiting, context)


def test_several_processes_share_the_backlog(waiting: Core, context: Context) -> None:
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: rate_backlog(waiting, context), range(4)))
    assert sum(count.get("rated", 0) for count in counts) == CALLS
    assert_all_rated(waiting, context)


def test_rejected_usage_is_recycled_when_asked_for(core: Core, context: Context) -> None:
    core.run(context, lambda work: work.create_many("Usage", [a_call() for _ in range(25)]))
    assert rate_backlog(core, context) == {}
    assert rate_backlog(core, context, rejected=True) == {"rejected": 25}
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    assert rate_backlog(core, context, rejected=True) == {"rated": 25}
