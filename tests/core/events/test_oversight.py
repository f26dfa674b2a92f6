"""What an operator sees of deliveries, and what becomes of those that are tried again or given up."""

from __future__ import annotations

from datetime import timedelta

from core.clock import FixedClock
from core.context import Context
from core.events.booking import Failure, Outcomes, book, leave_alone
from core.events.oversight import Owed, Wanted, find_deliveries, park, retry
from core.service import Core
from tests.core.events.wishes import distribute_all, resources, subscribe, take, tell, waiting

OTHER_BRAND = Context(tenant="other")


def find(core: Core, wanted: Wanted | None = None, tenant: str = "default") -> list[Owed]:
    """Return what is owed, at most 100."""
    with core.database.reading() as connection:
        return find_deliveries(connection, tenant, wanted or Wanted(), core.clock.now(), 100)


def states(core: Core) -> dict[str, str]:
    """Return the states of all deliveries, by what they are about."""
    return {owed.entity_id: owed.state for owed in find(core)}


def four_states(core: Core, context: Context) -> str:
    """Leave a delivery in each state behind; return the subscription."""
    identifier = subscribe(core, context)
    tell(core, context, "delivered", "parked", "waiting")
    distribute_all(core)
    [subscriber] = waiting(core)
    delivered, parked, failed = (claim.event_id for claim in take(core, subscriber))
    now = core.clock.now()
    failures = [Failure(parked, "gone", None), Failure(failed, "busy", now + timedelta(hours=1))]
    book(core.database, subscriber, Outcomes([delivered], failures), now)
    tell(core, context, "sending")
    distribute_all(core)
    assert resources(take(core, subscriber)) == ["sending"]
    return identifier


def test_each_delivery_is_seen_in_its_state_and_found_by_it(core: Core, context: Context) -> None:
    identifier = four_states(core, context)
    assert states(core) == {name: name for name in ("delivered", "parked", "waiting", "sending")}
    [parked] = find(core, Wanted(states=("parked",)))
    assert (parked.entity_id, parked.last_error, parked.attempts) == ("parked", "gone", 1)
    assert (parked.subscription_id, parked.api, parked.kind) == (identifier, "tmf000", "Create")
    assert len(find(core, Wanted(states=("waiting", "sending"), subscription=identifier))) == 2
    assert find(core, Wanted(subscription="another")) == find(core, tenant="other") == []


def test_what_is_tried_again_is_due_at_once_and_its_listener_called(
    core: Core, context: Context, clock: FixedClock
) -> None:
    identifier = four_states(core, context)
    clock.advance(timedelta(seconds=1))
    [subscriber] = waiting(core) or [None]  # nothing is due: the rest waits or is on its way
    assert subscriber is None
    with core.work(OTHER_BRAND) as work:
        assert retry(work.connection, "other", Wanted(), work.now) == 0
    with core.work(context) as work:
        assert retry(work.connection, "default", Wanted(subscription=identifier), work.now) == 2
    [subscriber] = waiting(core)
    leave_alone(core.database, subscriber, clock.now(), clock.now() + timedelta(days=1))
    assert waiting(core) == []
    with core.work(context) as work:
        assert retry(work.connection, "default", Wanted(), work.now) == 2
    [subscriber] = waiting(core)
    assert subscriber.failures == 0
    assert resources(take(core, subscriber)) == ["parked", "waiting"]


def test_what_is_given_up_is_not_sent_and_lets_later_events_pass(core: Core, context: Context) -> None:
    four_states(core, context)
    tell(core, context, "waiting", kind="Delete")
    distribute_all(core)
    [subscriber] = waiting(core) or [None]
    assert subscriber is None or take(core, subscriber) == []
    [owed] = [owed for owed in find(core) if owed.last_error == "busy"]
    with core.work(context) as work:
        assert park(work.connection, "default", Wanted(events=[owed.event_id]), work.now) == 1
    [subscriber] = waiting(core)
    [claim] = take(core, subscriber)
    assert (claim.entity_id, claim.kind) == ("waiting", "Delete")
    with core.work(context) as work:
        park(work.connection, "default", Wanted(), work.now)
    assert {owed.state for owed in find(core)} == {"delivered", "parked"}
