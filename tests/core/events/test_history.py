"""What has happened can be read, delivered again, and goes when it is older than it is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import FixedClock
from core.context import Context
from core.errors import NotFound
from core.events import replay as replaying
from core.events.booking import Failure, Outcomes, book
from core.events.history import Happened, Span, count_events, find_events, get_event
from core.events.oversight import Wanted, find_deliveries
from core.events.replay import replay
from core.events.retention import remove_expired
from core.service import Core
from tests.core.events.wishes import distribute_all, resources, selections, subscribe, take, tell, waiting

HOUR = timedelta(hours=1)


def events(core: Core, span: Span | None = None, after: int = 0, limit: int = 100) -> list[Happened]:
    """Return what has happened to the default brand."""
    with core.database.reading() as connection:
        return find_events(connection, "default", span or Span(), after, limit)


def told(core: Core) -> list[str]:
    """Deliver what is due to all subscriptions, and return what it was about."""
    found = []
    for subscriber in waiting(core):
        claims = take(core, subscriber)
        book(core.database, subscriber, Outcomes([claim.event_id for claim in claims]), core.clock.now())
        found += resources(claims)
    return found


def hourly(core: Core, context: Context, clock: FixedClock, *identifiers: str) -> None:
    """Let something happen to a resource each hour."""
    for identifier in identifiers:
        tell(core, context, identifier)
        clock.advance(HOUR)
    distribute_all(core)


def test_pages_of_kinds_are_cut_out_of_all_their_events_in_order(
    core: Core, context: Context, clock: FixedClock
) -> None:
    for number in range(6):
        tell(core, context, f"{number}", kind=("Create", "Delete", "StateChange")[number % 3])
        tell(core, Context(tenant="other"), "x")
    span = Span(kinds={("Thing", "Create"), ("Thing", "Delete"), ("Thing", "Burp")})
    every = [event for event in events(core) if event.kind != "StateChange"]
    with core.database.reading() as connection:
        assert count_events(connection, "default", span) == len(every) == 4
        for offset in range(6):
            for limit in (1, 2, 10):
                page = find_events(connection, "default", span, 0, limit, offset)
                assert page == every[offset:][:limit]
        assert find_events(connection, "default", span, every[0].position, 1, 1) == every[2:3]
        chosen = Span(span.kinds, events={every[1].event_id, "nothing"})
        assert find_events(connection, "default", chosen, 0, 9) == every[1:2]
        assert count_events(connection, "default", chosen) == 1


def test_events_are_read_by_kind_and_time_in_pages(core: Core, context: Context, clock: FixedClock) -> None:
    start = clock.now()
    hourly(core, context, clock, "a", "b", "c")
    tell(core, context, "c", kind="Delete")
    tell(core, Context(tenant="other"), "d")
    assert [event.entity_id for event in events(core)] == ["a", "b", "c", "c"]
    assert [event.kind for event in events(core, Span(kinds=[("Thing", "Delete")]))] == ["Delete"]
    assert events(core, Span(kinds=[])) == []
    middle = Span(since=start + HOUR, until=start + 2 * HOUR)
    assert [event.entity_id for event in events(core, middle)] == ["b"]
    first, second = events(core, limit=2)
    assert [event.entity_id for event in events(core, after=second.position)] == ["c", "c"]
    with core.database.reading() as connection:
        assert count_events(connection, "default", Span(kinds=[("Thing", "Create")])) == 3
        assert get_event(connection, "default", first.event_id) == first
        assert get_event(connection, "other", first.event_id) is None


def test_a_replay_delivers_again_what_a_subscription_selects_in_order_and_under_the_same_identifiers(
    core: Core, context: Context, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "PAGE", 2)
    start = clock.now()
    everything = subscribe(core, context)
    hourly(core, context, clock, "a", "b", "c", "d", "e")
    [subscriber] = waiting(core)
    [*claims, parked] = take(core, subscriber)
    outcomes = Outcomes([claim.event_id for claim in claims], [Failure(parked.event_id, "gone", None)])
    book(core.database, subscriber, outcomes, clock.now())
    subscribe(core, context, query="Create:Create of c")  # after all that
    span = Span(since=start + HOUR)
    assert replay(core.database, "default", span, selections, clock.now()) == 5
    [subscriber, filtered] = waiting(core)
    again = take(core, subscriber)
    assert [claim.event_id for claim in again] == [claim.event_id for claim in [*claims, parked][1:]]
    assert {claim.attempts for claim in again} == {0}
    assert resources(take(core, filtered)) == ["c"]
    # What is on its way is left alone.
    assert replay(core.database, "default", span, selections, clock.now(), everything) == 0
    assert replay(core.database, "other", span, selections, clock.now()) == 0
    with pytest.raises(NotFound):
        replay(core.database, "default", span, selections, clock.now(), "nobody")


def test_a_replay_leaves_to_the_relay_what_is_not_distributed_yet(core: Core, context: Context) -> None:
    subscribe(core, context)
    tell(core, context, "a")
    assert replay(core.database, "default", Span(), selections, core.clock.now()) == 0
    distribute_all(core)
    assert told(core) == ["a"]


def test_what_is_older_than_it_is_kept_goes_unless_somebody_is_to_be_told(
    core: Core, context: Context, clock: FixedClock
) -> None:
    start = clock.now()
    hourly(core, context, clock, "nobody's")
    subscribe(core, context)
    hourly(core, context, clock, "delivered")
    assert told(core) == ["delivered"]
    hourly(core, context, clock, "owed", "young")
    tell(core, context, "new")
    assert remove_expired(core.database, start + 3 * HOUR, 100) == 2
    assert [event.entity_id for event in events(core)] == ["owed", "young", "new"]
    with core.database.reading() as connection:
        left = find_deliveries(connection, "default", Wanted(), clock.now(), 100)
    assert [owed.entity_id for owed in left] == ["owed", "young"]
    distribute_all(core)
    assert told(core) == ["owed", "young", "new"]
    assert remove_expired(core.database, clock.now() + HOUR, 1) == 3
    assert events(core) == []
