"""Hubs below topics, over real sockets: told of what happens here, and of what is posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from apis.app import create_app
from core.clock import FixedClock
from core.events.oversight import Wanted, find_deliveries
from core.service import Core
from tests.apis.listeners import Listener, wait_until
from tests.apis.tmf688_event.test_events import OURS, customers, posted
from tests.apis.tmf688_event.test_topics import CUSTOMERS, EVENTS, a_topic, refused

CALLBACK = "https://listener.example/events"


@pytest.fixture
def http(core: Core) -> Iterator[httpx.Client]:
    """Return a client of the whole app over the core."""
    with create_app(core.settings, core).test_client(base_url="http://testserver") as client:
        yield client


def a_hub(http: httpx.Client, topic: str, callback: str = CALLBACK, **attributes: Any) -> httpx.Response:
    """Subscribe to a topic."""
    return http.post(f"{topic}/hub", json={"id": "h1", "callback": callback, **attributes})


def assert_signed(listener: Listener, made: httpx.Response) -> None:
    """Hold the first notification of a listener against the secret that the reply to its subscription told."""
    sent, body = listener.headers[0], listener.bodies[0].decode()
    at = datetime.fromtimestamp(int(sent["webhook-timestamp"]), UTC)
    assert Webhook(made.headers["Webhook-Secret"]).sign(sent["webhook-id"], at, body) == sent["webhook-signature"]


def test_a_hub_on_a_topic_of_ours_is_told_like_any_other(http: httpx.Client) -> None:
    with Listener() as own, Listener() as below:
        http.post(f"{CUSTOMERS}/hub", json={"@type": "Hub", "callback": own.url})
        made = a_hub(http, OURS, below.url, query="event.customer.name=Jo,Joe&eventType=CustomerCreateEvent")
        assert made.status_code == 201, made.text
        customers(http, "Jo", "Jim", "Joe")
        wait_until(lambda: len(below.received) == 2 and len(own.received) == 3)
    assert sorted(below.bodies) == sorted(body for body in own.bodies if b"Jim" not in body)
    assert_signed(below, made)


def test_what_is_posted_reaches_the_hubs_of_its_topic_and_no_other(http: httpx.Client, core: Core) -> None:
    masts, cables = a_topic(http), a_topic(http)
    with Listener() as all_masts, Listener() as high, Listener() as others, Listener() as api:
        hubs = [
            a_hub(http, masts["href"], all_masts.url, id="all"),
            a_hub(http, masts["href"], high.url, id="high", query="priority=high&event.mast.height=30.5"),
            a_hub(http, cables["href"], others.url, id="cables"),
            http.post(f"{EVENTS}/hub", json={"callback": api.url, "query": "eventType=EventCreateEvent"}),
        ]
        assert [hub.status_code for hub in hubs] == [201] * 4
        fallen, risen = posted(http, masts), posted(http, masts, priority="low")
        cut = posted(http, cables, eventType="CableCut")
        wait_until(lambda: [len(each.received) for each in (all_masts, high, others, api)] == [2, 1, 1, 3])
    assert sorted(event["id"] for event in all_masts.received) == sorted([fallen["id"], risen["id"]])
    assert high.received == [_anywhere(fallen)]
    assert others.received == [_anywhere(cut)]
    assert_signed(high, hubs[1])
    assert {body["eventType"] for body in api.received} == {"EventCreateEvent"}
    told = {body["event"]["event"]["id"]: body["event"]["event"] for body in api.received}
    assert told[cut["id"]] == _anywhere(cut)
    wait_until(lambda: owed(core, "high").state != "sending")
    assert (owed(core, "high").api, owed(core, "high").topic) == ("tmf688", masts["id"])
    assert owed(core, "high").state == "delivered"


def owed(core: Core, subscription: str) -> Any:
    """Return the one delivery that a subscription was ever owed."""
    with core.database.reading() as connection:
        wanted = Wanted(subscription=subscription)
        [one] = find_deliveries(connection, core.settings.tenant, wanted, core.clock.now(), 9)
    return one


def _anywhere(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event with the address that it has where no request says under which the server is known."""
    return event | {"href": event["href"].replace("http://testserver", "http://127.0.0.1:8080")}


def test_hubs_are_listed_filtered_read_and_ended_below_their_topic(http: httpx.Client) -> None:
    topic = a_topic(http)["href"]
    made = [a_hub(http, topic, f"{CALLBACK}/{name}", id=name, note=name).json() for name in ("a", "b")]
    assert made[0] == {"id": "a", "href": f"{topic}/hub/a", "callback": f"{CALLBACK}/a", "note": "a"}
    listed = http.get(f"{topic}/hub")
    assert listed.json() == made
    assert listed.headers["X-Total-Count"] == "2"
    assert http.get(f"{topic}/hub", params={"href": made[1]["href"]}).json() == [made[1]]
    assert http.get(f"{topic}/hub?limit=1&offset=1&fields=callback").json()[0].keys() == {"id", "href", "callback"}
    refused(http.get(f"{topic}/hub?color=red"), 400, "color")
    assert http.get(f"{EVENTS}/hub").json() == http.get(f"{OURS}/hub").json() == []
    assert http.get(f"{OURS}/hub/b").status_code == 404
    assert http.delete(made[1]["href"]).status_code == 204
    assert http.get(made[1]["href"]).status_code == http.delete(made[1]["href"]).status_code == 404


def test_a_hub_on_a_topic_of_ours_is_one_of_that_api(http: httpx.Client) -> None:
    below = a_hub(http, OURS).json()
    [own] = http.get(f"{CUSTOMERS}/hub").json()
    assert own == {**below, "href": f"http://testserver{CUSTOMERS}/hub/h1", "@type": "Hub"}
    assert http.delete(own["href"]).status_code == 204
    assert http.get(below["href"]).status_code == 404


def test_what_only_the_hub_of_the_api_takes_is_left_out_below_its_topic(http: httpx.Client) -> None:
    body = {"@type": "Hub", "callback": CALLBACK, "@schemaLocation": " "}
    made = http.post(f"{CUSTOMERS}/hub", json=body).json()
    listed, [shown] = http.get(f"{OURS}/hub"), http.get(f"{OURS}/hub").json()
    assert (listed.status_code, shown) == (200, http.get(f"{OURS}/hub/{made['id']}").json())
    assert shown.keys() == made.keys() - {"@schemaLocation"}


@pytest.mark.parametrize(
    ("topic", "attributes", "status", "named"),
    [
        (OURS, {"callback": "nowhere"}, 400, "callback"),
        (OURS, {"callback": "http://10.0.0.1/"}, 409, "callback"),
        (OURS, {"query": "eventType=ProductOrderCreateEvent"}, 409, "query"),
        (OURS, {"@type": "Pigeon"}, 409, "@type"),
        (OURS, {"id": ".."}, 409, "id"),
        ("", {"query": "color=red"}, 409, "query"),
        ("", {"query": "eventType"}, 409, "query"),
        ("", {"id": "taken", "callback": f"{CALLBACK}/2"}, 409, "id"),
        ("", {"id": "new"}, 409, "callback"),
        (f"{EVENTS}/topic/nowhere", {}, 404, "topicId"),
    ],
)
def test_a_bad_subscription_to_a_topic_is_refused_and_the_attribute_named(
    http: httpx.Client, topic: str, attributes: dict[str, Any], status: int, named: str
) -> None:
    place = topic or a_topic(http)["href"]
    if not topic:
        assert a_hub(http, place, id="taken").status_code == 201
    refused(a_hub(http, place, **{"id": "h1", **attributes}), status, named)


def test_the_identifier_of_a_hub_below_a_topic_is_mandatory(http: httpx.Client) -> None:
    refused(http.post(f"{OURS}/hub", json={"callback": CALLBACK}), 400, "id")


def test_a_posted_event_is_sent_again_to_a_listener_that_fails(
    http: httpx.Client, core: Core, clock: FixedClock
) -> None:
    topic = a_topic(http)
    with Listener(lambda body: 500 if len(listener.received) == 1 else 204) as listener:
        a_hub(http, topic["href"], listener.url)
        event = posted(http, topic)
        wait_until(lambda: listener.received and owed(core, "h1").attempts == 1)
        clock.advance(timedelta(minutes=1))
        wait_until(lambda: len(listener.received) > 1)
    assert [each["id"] for each in listener.received[:2]] == [event["id"]] * 2
