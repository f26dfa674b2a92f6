"""Each event becomes one delivery a subscription that wants it, once, whoever distributes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from core.clock import FixedClock, wire_instant
from core.context import Context
from core.events import subscriptions
from core.events.distribution import distribute
from core.events.selection import ENVELOPE, Selection
from core.events.tables import delivery
from core.query import Condition
from core.service import Core
from core.storage.tables import outbox
from tests.core.events.wishes import API, distribute_all, resources, selections, subscribe, take, tell, waiting


def _deliveries(core: Core) -> list[tuple[str, str]]:
    with core.database.reading() as connection:
        rows = connection.execute(
            select(delivery.c.subscription_id, delivery.c.entity_id).order_by(delivery.c.position)
        )
        return [tuple(row) for row in rows]


def test_an_event_reaches_every_subscription_that_wants_its_type(core: Core, context: Context) -> None:
    everything = subscribe(core, context)
    creations = subscribe(core, context, query="Create")
    subscribe(core, context, api=("tmf000", "v2"))
    subscribe(core, Context(tenant="other"))
    tell(core, context, "a")
    tell(core, context, "a", kind="Delete")
    assert distribute_all(core) == 2
    assert sorted(_deliveries(core)) == sorted([(everything, "a"), (creations, "a"), (everything, "a")])


def test_an_event_whose_payload_does_not_meet_a_filter_is_not_delivered(core: Core, context: Context) -> None:
    filtered = subscribe(core, context, query="Create:Create of a,Delete")
    everything = subscribe(core, context)
    for kind in ("Create", "Delete"):
        tell(core, context, "a", "b", kind=kind)
    distribute_all(core)
    delivered = _deliveries(core)
    assert [entity_id for identifier, entity_id in delivered if identifier == filtered] == ["a", "a", "b"]
    assert [entity_id for identifier, entity_id in delivered if identifier == everything] == ["a", "b", "a", "b"]


def test_a_filter_may_be_about_the_event_itself(core: Core, clock: FixedClock) -> None:
    subscribe(core, Context("brand"))
    tell(core, Context("brand", correlation_id="c-1"), "a")
    clock.advance(timedelta(hours=1))
    tell(core, Context("brand", correlation_id="c-2"), "b")
    later = Condition((ENVELOPE, "eventTime"), (wire_instant(clock.now()),), "gte", "instant")
    named = Condition((ENVELOPE, "correlationId"), ("c-2",))
    asked = Selection({("Thing", "Create"): (later, named)})
    distribute(core.database, lambda _channel, _query: asked, clock.now(), 1000)
    assert [entity_id for _, entity_id in _deliveries(core)] == ["b"]


def test_a_kind_of_event_that_the_api_does_not_define_is_told_to_nobody(core: Core, context: Context) -> None:
    subscribe(core, context)
    tell(core, context, "a", kind="Milestone")
    tell(core, context, "b", entity="Other")
    assert distribute_all(core) == 2
    assert _deliveries(core) == []
    assert distribute_all(core) == 0


def test_what_happened_before_a_subscription_is_not_sent_to_it(core: Core, context: Context, clock: FixedClock) -> None:
    tell(core, context, "before")
    clock.advance(timedelta(seconds=1))
    identifier = subscribe(core, context)
    tell(core, context, "after")
    distribute_all(core)
    assert _deliveries(core) == [(identifier, "after")]


def test_ending_a_subscription_takes_its_deliveries_with_it(core: Core, context: Context) -> None:
    identifier = subscribe(core, context)
    tell(core, context, "a")
    distribute_all(core)
    with core.work(context) as work:
        subscriptions.remove(work.connection, context.tenant, API, identifier)
    assert _deliveries(core) == []
    assert waiting(core) == []


def test_positions_rise_in_the_order_in_which_events_were_written(core: Core, context: Context) -> None:
    for number in range(3):
        tell(core, context, f"{number}-a", f"{number}-b")
    with core.database.reading() as connection:
        rows = connection.execute(select(outbox.c.entity_id).order_by(outbox.c.position)).scalars().all()
    assert rows == ["0-a", "0-b", "1-a", "1-b", "2-a", "2-b"]


def test_many_who_distribute_at_once_make_one_delivery_an_event_and_subscription(core: Core, context: Context) -> None:
    subscribers = [subscribe(core, context, callback=f"http://listener.example/{number}") for number in range(3)]
    for number in range(40):
        tell(core, context, *(f"{number}-{part}" for part in range(5)))

    def distribute_some(_turn: int) -> int:
        return distribute(core.database, selections, core.clock.now(), 7)

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(distribute_some, range(60)))
    assert taken == 200
    assert len(_deliveries(core)) == len(set(_deliveries(core))) == 200 * len(subscribers)


def test_an_event_is_not_claimed_while_an_earlier_one_of_its_resource_is_undistributed(
    core: Core, context: Context
) -> None:
    subscribe(core, context)
    tell(core, context, "a")
    tell(core, context, "a", "b", kind="Delete")
    distribute_all(core)
    with core.database.writing() as connection:  # as seen while another process is still distributing the first
        first = select(outbox.c.id).where(outbox.c.kind == "Create").scalar_subquery()
        connection.execute(delivery.delete().where(delivery.c.event_id == first))
        connection.execute(outbox.update().where(outbox.c.kind == "Create").values(distributed_at=None))
    [subscriber] = waiting(core)
    assert resources(take(core, subscriber)) == ["b"]
