"""Claims are leases, taken in the order of each resource's events, and booked in sets."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.clock import FixedClock
from core.context import Context
from core.events.booking import Failure, Outcomes, book, leave_alone, park_overdue, pause_after
from core.events.tables import delivery, subscription
from core.service import Core
from core.settings import Settings
from tests.core.events.wishes import LEASE, distribute_all, resources, subscribe, take, tell, waiting

SECOND = timedelta(seconds=1)


@pytest.fixture
def told(core: Core, context: Context) -> Core:
    """A core with one subscription that is owed two events about `a`, then one about `b`."""
    subscribe(core, context)
    tell(core, context, "a")
    tell(core, context, "a", kind="StateChange")
    tell(core, context, "b")
    distribute_all(core)
    return core


def test_a_claim_brings_the_events_in_order_with_all_that_is_known_of_them(told: Core, context: Context) -> None:
    [subscriber] = waiting(told)
    first, second, third = take(told, subscriber)
    assert [first.kind, second.kind, third.entity_id] == ["Create", "StateChange", "b"]
    assert first.payload == {"id": "a", "name": "Create of a"}
    assert first.correlation_id == context.correlation_id
    assert (first.occurred_at, first.attempts, first.changed) == (told.clock.now(), 0, ())


def test_claimed_events_are_not_due_until_the_lease_runs_out(told: Core, clock: FixedClock) -> None:
    [subscriber] = waiting(told)
    taken = take(told, subscriber)
    assert (waiting(told), take(told, subscriber)) == ([], [])
    clock.advance(LEASE)
    assert take(told, waiting(told)[0]) == taken


def test_a_later_event_waits_while_an_earlier_one_of_its_resource_is_claimed(told: Core) -> None:
    [subscriber] = waiting(told)
    assert resources(take(told, subscriber, limit=1)) == ["a"]
    assert resources(take(told, subscriber)) == ["b"]


def test_a_delivered_event_is_never_due_again(told: Core, clock: FixedClock) -> None:
    [subscriber] = waiting(told)
    first, *others = take(told, subscriber)
    released = [each.event_id for each in others]
    book(told.database, subscriber, Outcomes(delivered=[first.event_id], released=released), clock.now())
    assert [each.event_id for each in take(told, subscriber)] == released
    clock.advance(timedelta(days=9))
    assert [each.event_id for each in take(told, subscriber)] == released


def test_a_failed_event_is_due_again_later_and_holds_back_only_its_resource(told: Core, clock: FixedClock) -> None:
    [subscriber] = waiting(told)
    first, second, third = take(told, subscriber)
    failure = Failure(first.event_id, "answered 500", clock.now() + SECOND)
    failing = {("Thing", "a"): clock.now()}
    outcomes = Outcomes(failed=[failure], released=[second.event_id, third.event_id], failing=failing)
    book(told.database, subscriber, outcomes, clock.now())
    assert resources(take(told, subscriber)) == ["b"]
    clock.advance(SECOND)
    again, behind = take(told, subscriber)
    assert (again.event_id, again.attempts, again.failing_since) == (first.event_id, 1, clock.now() - SECOND)
    assert (behind.event_id, behind.failing_since) == (second.event_id, again.failing_since)


def test_a_parked_event_is_given_up_and_lets_the_later_ones_pass(told: Core, clock: FixedClock) -> None:
    [subscriber] = waiting(told)
    first, second, third = take(told, subscriber)
    parked = Outcomes(failed=[Failure(first.event_id, "no", None)], released=[second.event_id, third.event_id])
    book(told.database, subscriber, parked, clock.now())
    assert [each.event_id for each in take(told, subscriber)] == [second.event_id, third.event_id]
    with told.database.reading() as connection:
        row = connection.execute(select(delivery).where(delivery.c.event_id == first.event_id)).one()
    assert (row.parked_at, row.delivered_at, row.attempts, row.last_error) == (clock.now(), None, 1, "no")


def test_a_listener_out_of_reach_is_left_alone_for_a_while(told: Core, clock: FixedClock) -> None:
    [subscriber] = waiting(told)
    leave_alone(told.database, subscriber, clock.now(), clock.now() + SECOND)
    assert waiting(told) == []
    clock.advance(SECOND)
    leave_alone(told.database, subscriber, clock.now(), clock.now() + SECOND)
    leave_alone(told.database, subscriber, clock.now(), clock.now() + 9 * SECOND)  # by a second thread, too late
    clock.advance(SECOND)
    assert [each.failures for each in waiting(told)] == [2]


def test_one_answer_makes_a_listener_well_again(told: Core, clock: FixedClock) -> None:
    [subscriber] = waiting(told)
    first, *_ = take(told, subscriber)
    leave_alone(told.database, subscriber, clock.now(), clock.now() + SECOND)
    book(told.database, subscriber, Outcomes(delivered=[first.event_id]), clock.now())
    with told.database.reading() as connection:
        row = connection.execute(select(subscription)).one()
    assert (row.failures, row.failing_since, row.paused_until) == (0, None, None)


def test_what_a_listener_out_of_reach_is_owed_is_parked_once_that_has_lasted(
    told: Core, context: Context, clock: FixedClock
) -> None:
    [subscriber] = waiting(told)
    leave_alone(told.database, subscriber, clock.now(), clock.now() + SECOND)
    clock.advance(timedelta(hours=1))
    tell(told, context, "young")
    distribute_all(told)
    hour_ago, two_hours_ago = clock.now() - timedelta(hours=1), clock.now() - timedelta(hours=2)
    assert park_overdue(told.database, subscriber, clock.now(), two_hours_ago, "gone") == 0
    assert park_overdue(told.database, subscriber, clock.now(), hour_ago, "gone") == 3
    assert resources(take(told, subscriber)) == ["young"]


def test_an_old_delivery_is_not_parked_while_its_listener_answers(told: Core, clock: FixedClock) -> None:
    clock.advance(timedelta(days=30))
    assert park_overdue(told.database, waiting(told)[0], clock.now(), clock.now(), "gone") == 0


def test_pauses_double_up_to_the_limit_and_differ_by_chance() -> None:
    settings = Settings(relay_backoff=2, relay_backoff_limit=60)
    for failures, longest in ((1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (10_000, 60)):
        pauses = {pause_after(failures, settings) for _ in range(50)}
        assert timedelta(seconds=longest / 2) <= min(pauses) <= max(pauses) <= timedelta(seconds=longest)
        assert len(pauses) > 1
