"""Events below topics over HTTP, on both databases: ours as they were told, those of others as they were posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from apis.app import create_app
from core.clock import FixedClock
from core.service import Core
from core.storage.tables import outbox
from core.topics import remove_expired_events
from tests.apis.listeners import Listener, wait_until
from tests.apis.tmf688_event.test_topics import CUSTOMERS, EVENTS, a_topic, refused

PARTY = {"@type": "PartyRef", "id": "p1"}
OURS = f"{EVENTS}/topic/customerManagement"
MAST = {"eventType": "MastFell", "priority": "high", "event": {"mast": {"id": "m1", "height": 30.50}}}


@pytest.fixture
def http(core: Core) -> Iterator[httpx.Client]:
    """Return a client of the whole app over the core."""
    with create_app(core.settings, core).test_client(base_url="http://testserver") as client:
        yield client


def customers(http: httpx.Client, *names: str) -> list[dict[str, Any]]:
    """Make customers, one after the other."""
    bodies = [{"@type": "Customer", "name": name, "engagedParty": PARTY} for name in names]
    return [http.post(f"{CUSTOMERS}/customer", json=body).json() for body in bodies]


def posted(http: httpx.Client, topic: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """Post an event to a topic."""
    reply = http.post(f"{topic['href']}/event", json=MAST | attributes)
    assert reply.status_code == 201, reply.text
    event: dict[str, Any] = reply.json()
    assert reply.headers["Location"] == event["href"] == f"{topic['href']}/event/{event['id']}"
    return event


def test_what_has_happened_is_listed_as_it_is_told_to_subscribers(http: httpx.Client) -> None:
    with Listener() as listener:
        http.post(f"{CUSTOMERS}/hub", json={"@type": "Hub", "callback": listener.url})
        jo, _jim = customers(http, "Jo", "Jim")
        http.patch(jo["href"], json={"@type": "Customer", "name": "Joe", "engagedParty": PARTY})
        wait_until(lambda: len(listener.received) == 3)
    listed = http.get(f"{OURS}/event")
    assert listed.headers["X-Total-Count"] == "3"
    events = listed.json()
    told = {body["eventId"]: body for body in listener.received}
    assert [event["event"]["customer"]["name"] for event in events] == ["Jo", "Jim", "Joe"]
    for event in events:
        assert event.items() >= told[event["id"]].items()
        assert event.keys() - told[event["id"]].keys() <= {"id", "href", "topicId", "fieldPath"}
        assert http.get(event["href"]).json() == event


def test_events_of_ours_are_paged_and_filtered(http: httpx.Client) -> None:
    jo, _jim = customers(http, "Jo", "Jim")
    assert http.delete(jo["href"]).status_code == 204

    def found(**query: str) -> list[str]:
        reply = http.get(f"{OURS}/event", params=query)
        assert reply.status_code == 200, reply.text
        assert reply.headers["X-Result-Count"] == str(len(reply.json()))
        return [f"{each['eventType']} {each['event']['customer']['name']}" for each in reply.json()]

    born, gone = "CustomerCreateEvent", "CustomerDeleteEvent"
    assert found(eventType=born, limit="1", offset="1") == [f"{born} Jim"]
    assert found(eventType=gone) == found(title="Customer delete") == [f"{gone} Jo"]
    assert found(**{"event.customer.name": "Jo"}) == [f"{born} Jo", f"{gone} Jo"]
    assert found(**{"event.customer.name": "Jo", "eventType": born, "source.id": jo["id"]}) == [f"{born} Jo"]
    assert found(eventType=born, eventTime="2026-01-15T13:00:00+01:00") == [f"{born} Jo", f"{born} Jim"]
    assert found(eventTime="2026-01-15T12:00:00.001Z") == found(eventType="MastFell") == []
    assert found(id="nobody") == found(topicId="usageManagement") == []
    assert found(**{"eventTime.gte": "2026-01-15T12:00:00Z", "eventTime.lt": "2026-01-15T12:00:00.001Z"}) == found()
    assert found(**{"eventTime.gt": "2026-01-15T12:00:00Z"}) == found(**{"eventTime.lt": "2026-01-15T12:00:00Z"}) == []
    assert found(filter=f"$[?(@.eventType=='{gone}' || @.event.customer.name=='Jim')]") == [
        f"{born} Jim",
        f"{gone} Jo",
    ]
    assert found(sort="-eventType,event.customer.name") == [f"{gone} Jo", f"{born} Jim", f"{born} Jo"]
    refused(http.get(f"{OURS}/event?eventTime=noon"), 400, "eventTime")
    refused(http.get(f"{OURS}/event?color=red"), 400, "color")


def test_what_events_of_ours_do_not_tell_is_refused_by_name_wherever_it_is_asked_for(http: httpx.Client) -> None:
    jo, _jim = customers(http, "Jo", "Jim")
    [event, *_] = http.get(f"{OURS}/event").json()
    for name in ("customerr.name", "customer.foo", "customer.name.first", "usage.id", "foo"):
        path = f"event.{name}"
        for query, place in (
            (f"{path}=x", path),
            (f"{path}.gt=x", f"{path}.gt"),
            (f"event.customer.name=Jo;{path}=x", path),
            (f"filter=$[?(@.{path}=='x')]", f"filter=@.{path}"),
            (f"filter=$[?(length(@.{path})==1)]", f"filter=@.{path}"),
            (f"sort={path}", f"sort={path}"),
            (f"fields={path}", f"fields={path}"),
        ):
            assert "an event of this topic" in refused(http.get(f"{OURS}/event?{query}"), 400, place)
        refused(http.get(f"{event['href']}?fields={path}"), 400, f"fields={path}")
    told = "event.customer.engagedParty.id,event.customer.status,event.customer.href"
    assert len(http.get(f"{OURS}/event?fields={told}&sort=event.customer.validFor.endDateTime").json()) == 2
    extended = [{"op": "add", "path": "/mood", "value": "good"}]
    http.patch(jo["href"], json=extended, headers={"Content-Type": "application/json-patch+json"})
    assert len(http.get(f"{OURS}/event?event.customer.mood=good").json()) == 1
    assert http.delete(jo["href"]).status_code == 204
    assert len(http.get(f"{OURS}/event?event.customer.mood=good").json()) == 2, "events tell it that are kept"
    assert http.get(f"{a_topic(http)['href']}/event?event.customerr.foo=x").json() == []
    posted(http, a_topic(http), event={"customerr": {"foo": "x"}})
    refused(http.get(f"{OURS}/event?event.customerr.foo=x"), 400, "event.customerr.foo")


def test_an_event_is_only_on_its_own_topic(http: httpx.Client) -> None:
    customers(http, "Jo")
    [told], [masts, cables] = http.get(f"{OURS}/event").json(), (a_topic(http), a_topic(http))
    fallen = posted(http, masts)
    for topic, event in ((f"{EVENTS}/topic/usageManagement", told), (cables["href"], fallen), (OURS, fallen)):
        assert http.get(f"{topic}/event/{event['id']}").status_code == 404
        assert http.get(f"{topic}/event", params={"href": event["href"]}).json() == []
    assert http.get(f"{cables['href']}/event").json() == []


def test_a_posted_event_is_kept_as_it_came(http: httpx.Client) -> None:
    topic = a_topic(http, id="masts/north")
    event = posted(http, topic, mood="bad")
    assert event.items() >= (MAST | {"mood": "bad", "topicId": "masts/north"}).items()
    assert event["eventId"] == event["id"]
    assert event["eventTime"] == "2026-01-15T12:00:00.000Z"
    assert http.get(event["href"]).json() == event
    other = posted(http, topic, eventType="MastRose", eventId="e2", eventTime="2026-01-01T00:00:00Z")
    assert http.get(f"{topic['href']}/event").json() == [event, other]
    assert http.get(f"{topic['href']}/event?event.mast.height=30.5&eventType=MastRose").json() == [other]
    assert http.get(other["href"], params={"fields": "eventId"}).json().keys() >= {"id", "href", "eventId"}


def test_a_reference_to_an_event_is_shown_in_full_with_its_own_address(http: httpx.Client) -> None:
    topic = a_topic(http)
    first = posted(http, topic)
    second = posted(http, topic, source={"id": first["id"], "@referredType": "Event"})
    shown = http.get(second["href"], params={"expand": "source"}).json()["source"]
    assert (shown["href"], shown["event"]) == (first["href"], first["event"])


def test_the_same_key_is_another_request_on_another_topic(http: httpx.Client) -> None:
    one, two = a_topic(http), a_topic(http)
    key = {"Idempotency-Key": "k1"}
    first = http.post(f"{one['href']}/event", json=MAST, headers=key)
    assert http.post(f"{one['href']}/event", json=MAST, headers=key).json() == first.json()
    assert http.post(f"{two['href']}/event", json=MAST, headers=key).status_code == 422
    assert len(http.get(f"{one['href']}/event").json()) == 1


@pytest.mark.parametrize(
    ("event", "status", "named"),
    [
        ({"eventTime": "yesterday"}, 400, "eventTime"),
        ({"source": {"name": "x"}}, 400, "source.id"),
        ({"analyticCharacteristic": [{"name": "x"}]}, 400, "analyticCharacteristic[0].value"),
        ({"topicId": "elsewhere"}, 409, "topicId"),
        ({"priority": "low"}, 409, "priority"),
        ({"event": {"mast": {"id": "m9"}}}, 409, "event.mast.id"),
    ],
)
def test_what_is_not_for_a_topic_is_refused_and_the_attribute_named(
    http: httpx.Client, event: dict[str, Any], status: int, named: str
) -> None:
    topic = a_topic(http, headerQuery="priority=high,urgent", contentQuery="mast.id=m1,m2&mast.height=30.5")
    refused(http.post(f"{topic['href']}/event", json=MAST | event), status, named)
    assert http.get(f"{topic['href']}/event").json() == []
    assert posted(http, topic)


def are_distributed(core: Core) -> bool:
    """Tell whether the server has looked at all events: for whom they are."""
    with core.database.reading() as connection:
        return not connection.execute(outbox.select().where(outbox.c.distributed_at.is_(None))).all()


def test_posted_events_are_kept_as_long_as_ours(http: httpx.Client, core: Core, clock: FixedClock) -> None:
    topic = a_topic(http)
    old = posted(http, topic, eventTime="2030-01-01T00:00:00Z")
    wait_until(lambda: are_distributed(core))
    clock.advance(timedelta(seconds=core.settings.event_retention))
    assert remove_expired_events(core) == 0
    new = posted(http, topic, eventTime="2000-01-01T00:00:00Z")
    wait_until(lambda: are_distributed(core))
    clock.advance(timedelta(seconds=1))
    assert remove_expired_events(core) == 1
    assert http.get(f"{topic['href']}/event").json() == [new]
    assert http.get(old["href"]).status_code == 404


def test_events_below_nothing_are_not_found(http: httpx.Client) -> None:
    for reply in (http.get(f"{EVENTS}/topic/no/event"), http.post(f"{EVENTS}/topic/no/event", json=MAST)):
        refused(reply, 404, "topicId")
    assert http.get(f"{EVENTS}/topic/no/event/e1").status_code == 404
