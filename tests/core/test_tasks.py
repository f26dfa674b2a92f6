"""Tasks run once after their commit, again after a failure, and survive the process that had claimed them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from core.clock import FixedClock
from core.context import Context
from core.domains import open_core
from core.service import Core, Work
from core.settings import Settings
from core.tasks import MOST_FAILURES, Worker, enqueue, forget_done, task_table
from tests.apis.listeners import wait_until


def ask(core: Core, context: Context, subject: str = "s1") -> None:
    core.run(context, lambda work: enqueue(work, "greet", subject))


def test_a_task_runs_once_with_the_context_it_was_asked_in(core: Core, context: Context) -> None:
    seen: list[tuple[str, str, str]] = []
    worker = Worker(core, {"greet": lambda _, c, subject: seen.append((subject, c.tenant, c.correlation_id))})
    ask(core, context)
    assert worker.run_due() == 1
    assert worker.run_due() == 0
    assert seen == [("s1", "default", "test-correlation")]


def test_tasks_that_were_done_long_ago_are_forgotten(core: Core, context: Context, clock: FixedClock) -> None:
    worker = Worker(core, {"greet": lambda *_: None})
    ask(core, context)
    worker.run_due()
    clock.advance(timedelta(seconds=core.settings.event_retention) + timedelta(seconds=1))
    ask(core, context, "s2")
    assert forget_done(core) == 1
    assert worker.run_due() == 1
    assert forget_done(core) == 0


def test_a_task_of_a_transaction_that_failed_never_runs(core: Core, context: Context) -> None:
    def ask_and_fail(work: Work) -> None:
        enqueue(work, "greet", "s1")
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError):
        core.run(context, ask_and_fail)
    assert Worker(core, {"greet": lambda *_: None}).run_due() == 0


def test_a_failed_task_is_tried_again_later(core: Core, context: Context, clock: FixedClock) -> None:
    attempts: list[str] = []

    def fail_at_first(_: Core, __: Context, subject: str) -> None:
        attempts.append(subject)
        if len(attempts) == 1:
            raise ConnectionError("not now")

    worker = Worker(core, {"greet": fail_at_first})
    ask(core, context)
    assert worker.run_due() == 1
    assert worker.run_due() == 0
    clock.advance(timedelta(seconds=3))
    assert worker.run_due() == 1
    assert attempts == ["s1", "s1"]


def test_a_claim_of_a_dead_process_is_free_again_when_its_lease_ends(
    core: Core, context: Context, clock: FixedClock
) -> None:
    class Killed(BaseException):
        """Stands for SIGKILL: nothing after it runs."""

    def die(*_: object) -> None:
        raise Killed

    seen: list[str] = []
    ask(core, context)
    with pytest.raises(Killed):
        Worker(core, {"greet": die}).run_due()
    survivor = Worker(core, {"greet": lambda _, __, subject: seen.append(subject)})
    assert survivor.run_due() == 0
    clock.advance(timedelta(seconds=core.settings.task_lease + 1))
    assert survivor.run_due() == 1
    assert seen == ["s1"]


def fail(*_: object) -> None:
    """Stand for a handler that never works."""
    raise ConnectionError("not now")


def test_a_task_without_an_ending_is_tried_however_often_it_has_failed(
    core: Core, context: Context, clock: FixedClock
) -> None:
    ask(core, context)
    worker = Worker(core, {"greet": fail})
    for _ in range(60):
        assert worker.run_due() == 1
        clock.advance(timedelta(minutes=10))


def test_a_task_with_an_ending_is_given_up_and_that_says_why(core: Core, context: Context, clock: FixedClock) -> None:
    ask(core, context)
    ended: list[tuple[str, str]] = []
    worker = Worker(core, {"greet": fail}, endings={"greet": lambda _, __, *said: ended.append(said)})
    for _ in range(MOST_FAILURES):
        assert ended == []
        assert worker.run_due() == 1
        clock.advance(timedelta(minutes=10))
    [(subject, reason)] = ended
    assert (subject, reason.partition(":")[0]) == ("s1", "given up after 8 attempts")
    assert worker.run_due() == 0


def test_a_task_whose_process_is_killed_has_not_failed(core: Core, context: Context, clock: FixedClock) -> None:
    class Killed(BaseException):
        """Stands for SIGKILL: nothing after it runs."""

    def die(*_: object) -> None:
        raise Killed

    ask(core, context)
    ended: list[str] = []
    endings = {"greet": lambda _, __, subject, ___: ended.append(subject)}
    for _ in range(MOST_FAILURES):
        with pytest.raises(Killed):
            Worker(core, {"greet": die}, endings=endings).run_due()
        clock.advance(timedelta(seconds=core.settings.task_lease + 1))
    assert Worker(core, {"greet": fail}, endings=endings).run_due() == 1
    assert ended == []


def test_a_task_that_runs_longer_than_its_lease_stays_with_its_worker(
    settings: Settings, context: Context, clock: FixedClock
) -> None:
    core = open_core(settings.model_copy(update={"task_lease": 0.3}), clock)
    seen: list[str] = []
    others: list[int] = []

    def claimed_until() -> datetime:
        with core.database.reading() as connection:
            return connection.execute(select(task_table.c.claimed_until)).scalar_one()

    def take_long(*_: object) -> None:
        seen.append("first")
        for _step in range(4):
            clock.advance(timedelta(seconds=0.2))
            others.append(second.run_due())
            wait_until(lambda: claimed_until() >= clock.now() + timedelta(seconds=0.3))

    second = Worker(core, {"greet": lambda *_: seen.append("second")})
    ask(core, context)
    assert Worker(core, {"greet": take_long}).run_due() == 1
    assert others == [0] * 4
    assert second.run_due() == 0
    assert seen == ["first"]
    core.dispose()
