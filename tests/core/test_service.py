"""Rules, row and event go together: all of them are there after a commit, none after a refusal."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.clock import FixedClock
from core.context import Context
from core.errors import Conflict, NotFound
from core.query import Query
from core.service import Core
from core.storage.tables import outbox


def events(core: Core) -> list[tuple[str, str, int]]:
    """Return the events written so far, in their order."""
    with core.database.reading() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.id))
        return [(row.entity_id, row.kind, row.entity_version) for row in rows]


def test_what_a_caller_sent_comes_back_with_what_the_server_set(things: Core, context: Context) -> None:
    made = things.run(context, lambda work: work.create("Thing", {"name": "pan", "x-own": [{"deep": 1}]}))
    with things.reading(context) as reading:
        assert reading.require("Thing", made["id"]) == made
    assert made["x-own"] == [{"deep": 1}]
    assert made["state"] == "raw"
    assert made["lastUpdate"] == "2026-01-15T12:00:00.000Z"


def test_a_create_a_state_change_and_a_delete_each_leave_their_event(things: Core, context: Context) -> None:
    made = things.run(context, lambda work: work.create("Thing", {"name": "pan"}))
    things.run(context, lambda work: work.change("Thing", made["id"], lambda d: d | {"state": "cooked"}))
    things.run(context, lambda work: work.change("Thing", made["id"], lambda d: d | {"state": "eaten", "name": "x"}))
    things.run(context, lambda work: work.delete("Thing", made["id"]))
    assert [(kind, version) for _, kind, version in events(things)] == [
        ("Create", 1),
        ("StateChange", 2),
        ("StateChange", 3),
        ("Delete", 4),
    ]


def test_an_event_is_of_the_time_at_which_its_change_is_done(things: Core, context: Context, clock: FixedClock) -> None:
    with things.work(context) as work:
        began = work.now
        work.create("Thing", {"name": "pan"})
        # As where it waits for a lock that another change holds, which tells of its own time meanwhile.
        clock.advance(timedelta(seconds=3))
    with things.database.reading() as connection:
        assert connection.execute(select(outbox.c.occurred_at)).scalars().all() == [began + timedelta(seconds=3)]


def test_what_a_caller_changes_beside_the_state_is_told_of_too(things: Core, context: Context) -> None:
    things.run(context, lambda work: work.create("Thing", {"id": "t1", "state": "cooked", "name": "pan"}))
    eaten = {"state": "eaten", "name": "pot", "taste": "good"}
    things.run(context, lambda work: work.change("Thing", "t1", lambda d: d | eaten, caller=True))
    things.run(context, lambda work: work.create("Thing", {"id": "t2", "state": "cooked"}))
    things.run(context, lambda work: work.change("Thing", "t2", lambda d: d | {"state": "eaten"}, caller=True))
    things.run(context, lambda work: work.create("Thing", {"id": "t3", "state": "cooked"}))
    things.run(context, lambda work: work.change("Thing", "t3", lambda d: d | eaten))
    with things.database.reading() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.kind != "Create").order_by(outbox.c.position)).all()
    assert [(row.entity_id, row.kind, row.entity_version, row.changed) for row in rows] == [
        ("t1", "StateChange", 2, ["left", "state"]),
        ("t1", "AttributeValueChange", 2, ["name", "taste"]),
        ("t2", "StateChange", 2, ["left", "state"]),
        ("t3", "StateChange", 2, ["left", "name", "state", "taste"]),
    ]
    assert rows[0].payload == rows[1].payload


def test_a_change_that_changes_nothing_leaves_no_event(things: Core, context: Context) -> None:
    made = things.run(context, lambda work: work.create("Thing", {"name": "pan"}))
    things.run(context, lambda work: work.change("Thing", made["id"], lambda d: d))
    assert len(events(things)) == 1


@pytest.mark.parametrize(("old", "new"), [(1, True), ([0], [False]), (Decimal("1.5"), Decimal("1.50"))])
def test_what_python_takes_for_equal_is_a_change_all_the_same(
    things: Core, context: Context, old: object, new: object
) -> None:
    things.run(context, lambda work: work.create("Thing", {"id": "t1", "x": old}))
    things.run(context, lambda work: work.change("Thing", "t1", lambda d: d | {"x": new}))
    with things.reading(context) as reading:
        assert str(reading.require("Thing", "t1")["x"]) == str(new)
    assert events(things)[1:] == [("t1", "AttributeValueChange", 2)]


def test_a_refused_resource_leaves_neither_row_nor_event(things: Core, context: Context) -> None:
    with pytest.raises(Conflict, match="forbidden"):
        things.run(context, lambda work: work.create("Thing", {"name": "forbidden", "id": "t1"}))
    with things.reading(context) as reading:
        assert reading.get("Thing", "t1") is None
    assert events(things) == []


def test_an_identifier_that_is_taken_is_refused(things: Core, context: Context) -> None:
    things.run(context, lambda work: work.create("Thing", {"id": "t1"}))
    with pytest.raises(Conflict) as refusal:
        things.run(context, lambda work: work.create("Thing", {"id": "t1"}))
    assert refusal.value.faults[0].path == "id"


def test_the_resources_of_another_brand_are_out_of_reach(things: Core, context: Context) -> None:
    things.run(context, lambda work: work.create("Thing", {"id": "t1"}))
    other = Context(tenant="other")
    with things.reading(other) as reading:
        assert reading.find("Thing", Query()).items == []
    with pytest.raises(NotFound):
        things.run(other, lambda work: work.delete("Thing", "t1"))
    things.run(other, lambda work: work.create("Thing", {"id": "t1"}))


def test_a_caller_cant_change_what_is_fixed_but_the_domain_can(things: Core, context: Context) -> None:
    things.run(context, lambda work: work.create("Thing", {"id": "t1", "colour": "red"}))
    with pytest.raises(Conflict) as refusal:
        things.run(context, lambda w: w.change("Thing", "t1", lambda d: d | {"colour": "blue", "id": "x"}, caller=True))
    assert [fault.path for fault in refusal.value.faults] == ["colour", "id"]
    assert things.run(context, lambda w: w.change("Thing", "t1", lambda d: d | {"colour": "blue"}))["colour"] == "blue"


def test_a_removal_that_a_rule_forbids_leaves_the_resource(things: Core, context: Context) -> None:
    things.run(context, lambda work: work.create("Thing", {"id": "t1", "state": "cooked"}))
    with pytest.raises(Conflict, match="can't be deleted"):
        things.run(context, lambda work: work.delete("Thing", "t1"))
    with things.reading(context) as reading:
        assert reading.get("Thing", "t1")


def test_two_writers_at_once_lose_none_of_their_changes(things: Core, context: Context) -> None:
    things.run(context, lambda work: work.create("Thing", {"id": "t1", "count": 0}))

    def count_up() -> None:
        for _ in range(20):
            things.run(context, lambda w: w.change("Thing", "t1", lambda d: d | {"count": d["count"] + 1}))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with things.reading(context) as reading:
        assert reading.require("Thing", "t1")["count"] == 80


def test_many_are_stored_in_the_order_given(things: Core, context: Context) -> None:
    made = things.run(context, lambda work: work.create_many("Thing", [{"name": str(n)} for n in range(50)]))
    with things.reading(context) as reading:
        page = reading.find("Thing", Query(offset=10, limit=5))
    assert [item["name"] for item in page.items] == ["10", "11", "12", "13", "14"]
    assert page.total == len(made) == 50
