"""Events of a topic of ours are a list like every other: bounded counts, cursors in any order, and bounded looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from apis.app import create_app
from apis.tmf688_event import pages
from apis.tmf688_event.own_topics import OwnTopic
from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.events.history import Happened
from core.reading import Reading
from core.service import Core
from tests.apis.tmf688_event.test_topics import EVENTS, refused
from tests.builders.catalog import a_category
from tests.builders.customer import a_customer

OURS = f"{EVENTS}/topic/customerManagement/event"
NAMES = ["Ada", "Bob", "Ann", "Cid", "Abe", "Bea"]
QUERIES = [
    "",
    "eventType=CustomerCreateEvent",
    "sort=eventTime",
    "sort=-timeOccurred",
    "sort=-event.customer.name",
    "sort=eventType,-event.customer.name",
    "sort=id",
    "event.customer.name*=^A",
    "event.customer.name*=^A&sort=-eventTime",
    "event.customer.name*=^A&sort=event.customer.name",
    "eventTime.gte=2026-01-15T12:02:00Z",
    "eventTime.gte=2026-01-15T12:02:00Z&sort=-eventTime",
    "eventTime.lt=2026-01-15T12:05:00Z&title=Customer create",
    "eventTime.regex=^2026-01-15T12:0[0-3]",
    "timeOccurred*=12:02",
    "filter=$[?(@.eventTime =~ /:0[12]:/)]",
    "source.name=nobody",
    "eventType=MastFell&sort=-eventTime",
]


@pytest.fixture
def told(core: Core, context: Context, clock: FixedClock) -> None:
    """Let customers come, and half of them go, among other things; two events have each time."""
    for number, name in enumerate(NAMES):
        with core.work(context) as work:
            work.create("Category", a_category())
            customer = work.create("Customer", a_customer(name=name))
            if number % 2:
                work.delete("Customer", customer["id"])
        clock.advance(timedelta(minutes=1))


@contextmanager
def client(core: Core, **settings: Any) -> Iterator[httpx.Client]:
    """Return a client of an app with some settings of its own."""
    chosen = core.settings.model_copy(update=settings)
    changed = Core(chosen, core.database, core.entities.values(), core.clock)
    with create_app(chosen, changed).test_client(base_url="http://testserver") as http:
        yield http


def pages_of(http: httpx.Client, query: str, limit: int) -> list[httpx.Response]:
    """Follow `next` from the first page on."""
    replies = [http.get(f"{OURS}?{query}&limit={limit}")]
    while following := replies[-1].links.get("next"):
        assert "after=" in following["url"]
        replies.append(http.get(following["url"]))
        assert len(replies) < 20
    return replies


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(("few", "most"), [(2000, 25_000), (1, 25_000), (1, 15), (3, 10)])
def test_pages_that_follow_one_another_are_the_whole_list_however_much_may_be_looked_at(
    core: Core, monkeypatch: pytest.MonkeyPatch, few: int, most: int
) -> None:
    monkeypatch.setattr(pages, "FEW", few)
    monkeypatch.setattr(pages, "BATCH", 2)
    with client(core) as http:
        whole = {query: http.get(f"{OURS}?{query}").json() for query in QUERIES}
    assert [len(events) for events in whole.values()] == [9, 6, 9, 9, 9, 9, 9, 3, 3, 3, 6, 6, 5, 6, 1, 3, 0, 0]
    with client(core, scan_limit=most) as http:
        for query, events in whole.items():
            for limit in (1, 2, 4):
                found = [event for reply in pages_of(http, query, limit) for event in reply.json()]
                assert found == events, query
                if len(events) > 2:
                    assert http.get(f"{OURS}?{query}&offset=2&limit={limit}").json() == events[2:][:limit]


@pytest.mark.usefixtures("told")
def test_a_total_is_counted_up_to_the_limit_of_counts_and_says_so(core: Core) -> None:
    with client(core, count_limit=3) as http:
        for query in ("", "sort=eventTime", "sort=-event.customer.name", "source.@referredType=Customer"):
            reply = http.get(f"{OURS}?{query}&limit=2")
            assert (reply.headers["X-Total-Count"], reply.headers["X-Total-Count-Relation"]) == ("3", "gte"), query
            assert reply.links.keys() == {"first", "next"}
        exact = http.get(f"{OURS}?eventType=CustomerDeleteEvent&limit=1")
    assert exact.headers["X-Total-Count"] == "3"
    assert "X-Total-Count-Relation" not in exact.headers


@pytest.mark.usefixtures("told")
def test_a_list_that_would_look_at_too_many_events_is_refused_with_what_has_an_index(core: Core) -> None:
    with client(core, scan_limit=4) as http:
        for query in ("event.customer.name=nobody", "sort=-event.customer.name", "eventTime.gte=2026-01-15T12:04:00Z"):
            reply = http.get(f"{OURS}?{query}&limit=2")
            assert "more than 4 resources" in refused(reply, 400, "query")
            assert reply.json()["code"] == "tooManyToScan"
        assert len(http.get(f"{OURS}?eventType=CustomerDeleteEvent&sort=-event.customer.name").json()) == 3
        assert [each["event"]["customer"]["name"] for each in http.get(f"{OURS}?sort=-eventTime&limit=1").json()] == [
            "Bea"
        ]


@pytest.mark.usefixtures("told")
def test_a_place_of_another_list_is_refused(core: Core) -> None:
    with client(core) as http:
        places = {}
        for query in ("", "sort=eventTime", "sort=event.customer.name"):
            link = http.get(f"{OURS}?{query}&limit=1").links["next"]["url"]
            places[query] = httpx.URL(link).params["after"]
        customers = http.get("/tmf-api/customerManagement/v5/customer?limit=1").links["next"]["url"]
        places["of customers"] = httpx.URL(customers).params["after"]
        for origin, after in places.items():
            for query in {"", "sort=eventTime", "sort=event.customer.name"} - {origin}:
                refused(http.get(f"{OURS}?{query}&after={after}"), 400, "after")
                refused(http.get(f"{OURS}?{query}&eventType=MastFell&after={after}"), 400, "after")


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("event.customer.name=Ada", 1),
        ("filter=$[?(@.event.customer.name=='Ada' || @.title=='Customer delete')]", 4),
        ("eventType=CustomerDeleteEvent&event.customer.name!=Bob", 2),
        ("title*=delete$", 3),
        ("title*=zzz", 0),
        ("correlationId=nobody's", 0),
        ("source.id=nobody", 0),
        ("event.customer.name=Ada&sort=-event.customer.name", 1),
        ("event.customer.name=Ada&description*=Customer", 1),
        ("event.customer.name*=^B&sort=event.customer.name&limit=2", 2),
    ],
)
def test_no_event_is_worded_that_the_database_can_tell_not_to_be_wanted(
    core: Core, monkeypatch: pytest.MonkeyPatch, query: str, found: int
) -> None:
    worded = set[str]()
    word = OwnTopic.word

    def noted(topic: OwnTopic, work: Reading, event: Happened) -> Document:
        # What all events of a kind have in common is told by one that isn't in the outbox.
        worded.update({event.event_id} - {""})
        return word(topic, work, event)

    monkeypatch.setattr(OwnTopic, "word", noted)
    with client(core) as http:
        assert {event["id"] for event in http.get(f"{OURS}?{query}").json()} == worded
    assert len(worded) == found


@pytest.mark.usefixtures("told")
def test_of_what_only_worded_events_tell_a_few_are_looked_at(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_WORDED", 2)
    monkeypatch.setattr(pages, "FEW", 2)
    with client(core) as http:
        for query in ("description*=^C", "sort=-description"):
            reply = http.get(f"{OURS}?{query}&limit=3")
            assert "more than 2 resources" in refused(reply, 400, "query")
            assert reply.json()["code"] == "tooManyToScan"
        for query in ("description*=^C&limit=2", "description*=^C&event.customer.name=Bob", "eventType=x&sort=-title"):
            assert http.get(f"{OURS}?{query}").status_code == 200, query
