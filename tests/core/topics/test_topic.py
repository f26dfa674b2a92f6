"""Topics of others: nothing is left of one that is removed, whatever is being added to it at the same time."""

from __future__ import annotations

import threading

import pytest

from core.context import Context
from core.errors import NotFound
from core.events import subscriptions
from core.query import Query
from core.service import Core

CHANNEL = ("tmf688", "v4", "masts")


@pytest.fixture(autouse=True)
def masts(core: Core, context: Context) -> None:
    """Make a topic."""
    with core.work(context) as work:
        work.create("Topic", {"@type": "Topic", "id": "masts"})


def test_a_topic_takes_its_own_events_and_subscriptions_along_and_no_others(core: Core, context: Context) -> None:
    document = {"callback": "http://listener.example/"}
    with core.work(context) as work:
        for topic in ("masts", "cables"):
            work.create("Event", {"@type": "Event", "topicId": topic})
            subscriptions.create(work.connection, context.tenant, (*CHANNEL[:2], topic), document, work.now)
        subscriptions.create(work.connection, context.tenant, CHANNEL[:2], document, work.now)
        work.delete("Topic", "masts")
    with core.reading(context) as reading:
        assert [event["topicId"] for event in reading.find("Event", Query()).items] == ["cables"]
        counts = [
            subscriptions.find(reading.connection, context.tenant, (*CHANNEL[:2], topic)).total
            for topic in ("masts", "cables", "")
        ]
    assert counts == [0, 1, 1]


def test_a_topic_that_is_being_posted_to_is_removed_after_that_with_the_event(core: Core, context: Context) -> None:
    removed = threading.Event()

    def remove() -> None:
        core.run(context, lambda work: work.delete("Topic", "masts"))
        removed.set()

    with core.work(context) as work:
        assert work.hold("Topic", "masts")
        remover = threading.Thread(target=remove)
        remover.start()
        assert not removed.wait(0.3)
        work.create("Event", {"@type": "Event", "topicId": "masts"})
    remover.join(60)
    assert removed.is_set()
    with core.work(context) as work:
        assert work.hold("Topic", "masts") is None
        assert work.find("Event", Query()).total == 0


def test_an_event_says_when_it_came_in_and_under_which_identifier_unless_it_says_so_itself(
    core: Core, context: Context
) -> None:
    with core.work(context) as work:
        bare = work.create("Event", {"@type": "Event", "topicId": "masts"})
        own = {"eventId": "e1", "eventTime": "2020-01-01T00:00:00Z"}
        assert (bare["eventId"], bare["eventTime"]) == (bare["id"], "2026-01-15T12:00:00.000Z")
        assert work.create("Event", {"@type": "Event", "topicId": "masts", **own}).items() >= own.items()
        with pytest.raises(NotFound):
            work.delete("Topic", "cables")
