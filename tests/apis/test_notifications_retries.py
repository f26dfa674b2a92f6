"""What a listener doesn't take is tried again when it is due, and given up in time, each resource in its order."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from core.clock import FixedClock
from core.context import Context
from core.domains import open_core
from core.service import Core
from core.settings import Settings
from tests.apis.announcements import deliveries, relay_over, subscribe, tell
from tests.apis.listeners import Listener, unused_address, wait_until


@pytest.mark.parametrize("failure", [500, 503], ids=["a delivery", "the listener"])
def test_the_relay_wakes_for_what_is_to_be_tried_again(settings: Settings, context: Context, failure: int) -> None:
    core = open_core(settings.model_copy(update={"relay_interval": 600.0, "relay_backoff": 0.2}))
    with Listener(lambda body: failure if len(listener.received) < 4 else 204) as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        relay.start()
        time.sleep(0.2)
        tell(core, context, "c1", "c2")
        wait_until(lambda: [bool(row.delivered_at) for row in deliveries(core)] == [True] * 2)
    core.dispose()


def test_a_failed_notification_is_sent_again_and_holds_back_only_its_own_resource(
    core: Core, context: Context, clock: FixedClock
) -> None:
    def choke(body: dict[str, Any]) -> int:
        return 500 if body["event"]["customer"]["id"] == "bad" else 201

    with Listener(choke) as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, "bad")
        tell(core, context, "bad", "good", kind="Delete")
        assert relay.run_once() == 1
        assert listener.subjects() == ["bad", "good"]
        assert relay.run_once() == 0
        listener.answer = lambda body: 200
        clock.advance(timedelta(seconds=1))
        assert relay.run_once() == 2
    assert listener.subjects() == ["bad", "good", "bad", "bad"]
    first, _, again, _ = listener.received
    assert first == again, "the same notification, with the same identifier"
    assert [row.attempts for row in deliveries(core)] == [2, 1, 1]


def test_a_listener_out_of_service_is_tried_with_one_notification_at_a_time(
    core: Core, context: Context, clock: FixedClock
) -> None:
    with Listener(lambda body: 503) as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, *(f"c{number}" for number in range(10)))
        assert relay.run_once() == 0
        assert listener.subjects() == ["c0"]
        assert relay.run_once() == 0
        clock.advance(timedelta(seconds=1))
        relay.run_once()
        assert listener.subjects() == ["c0", "c1"], "another resource is tried first"
        clock.advance(timedelta(minutes=15))
        listener.answer = lambda body: 204
        assert relay.run_once() == 10


def test_a_notification_that_keeps_failing_is_parked_and_the_next_one_sent(
    core: Core, context: Context, clock: FixedClock
) -> None:
    def choke(body: dict[str, Any]) -> int:
        return 400 if body["eventType"] == "CustomerCreateEvent" else 204

    with Listener(choke) as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, "c1")
        tell(core, context, "c1", kind="Delete")
        relay.run_once()
        clock.advance(timedelta(days=3))
        assert relay.run_once() == 1
        clock.advance(timedelta(days=3))
        assert relay.run_once() == 0
    parked, delivered = deliveries(core)
    assert (parked.delivered_at, parked.attempts, parked.last_error) == (None, 2, "answered 400")
    assert parked.parked_at is not None
    assert delivered.delivered_at is not None


def test_what_waits_behind_a_parked_notification_has_waited_as_long_and_begins_not_anew(
    core: Core, context: Context, clock: FixedClock
) -> None:
    with Listener(lambda body: 500) as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, "c1")
        relay.run_once()
        clock.advance(timedelta(days=1))
        for step in range(3):
            tell(core, context, "c1", kind="AttributeValueChange", step=step)
        relay.run_once()
        clock.advance(timedelta(days=2))
        relay.run_once()
        assert [bool(row.parked_at) for row in deliveries(core)] == [True, False, False, False], "a day is left"
        clock.advance(timedelta(days=1))
        relay.run_once()
        assert [row.attempts for row in deliveries(core)] == [3, 2, 1, 1], "each was tried"
        assert all(row.parked_at for row in deliveries(core))


def test_an_answer_gives_all_that_waits_behind_it_its_whole_time_again(
    core: Core, context: Context, clock: FixedClock
) -> None:
    with Listener(lambda body: 500) as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, "c1")
        tell(core, context, "c1", "c2", kind="Delete")
        tell(core, context, "c1")
        relay.run_once()
        clock.advance(timedelta(days=3))
        listener.answer = lambda body: 204 if body["eventType"] == "CustomerDeleteEvent" else 500
        assert relay.run_once() == 2
        parked, *taken, last = deliveries(core)
        assert (bool(parked.parked_at), [bool(row.delivered_at) for row in taken]) == (True, [True, True])
        assert (last.parked_at, last.failing_since) == (None, clock.now()), "it has failed for the first time"
        clock.advance(timedelta(days=2))
        listener.answer = lambda body: 204
        assert relay.run_once() == 1


def test_what_a_listener_gone_for_good_is_owed_is_parked(core: Core, context: Context, clock: FixedClock) -> None:
    with relay_over(core) as relay:
        subscribe(core, context, unused_address())
        tell(core, context, *(f"c{number}" for number in range(5)))
        relay.run_once()
        clock.advance(timedelta(days=3))
        relay.run_once()
    assert all(row.parked_at for row in deliveries(core))
