"""The hub and the listener paths over HTTP, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from apis.app import create_app
from core.context import Context
from core.events.tables import received_notification
from core.service import Core
from tests.apis.listeners import Listener, wait_until
from tests.contract.customers import a_customer

CUSTOMERS = "/tmf-api/customerManagement/v5"
ORDERS = "/tmf-api/productOrderingManagement/v5"
USAGES = "/tmf-api/usageManagement/v4"
CALLBACK = "https://listener.example/events"


@pytest.fixture
def http(core: Core) -> Iterator[httpx.Client]:
    """Return a client of the whole app over the core."""
    with create_app(core.settings, core).test_client(base_url="http://testserver") as client:
        yield client


def a_hub(callback: str = CALLBACK, **attributes: Any) -> dict[str, Any]:
    """Return the body of a v5 subscription."""
    return {"@type": "Hub", "callback": callback, **attributes}


def test_a_subscription_is_made_read_and_ended(http: httpx.Client) -> None:
    made = http.post(f"{CUSTOMERS}/hub", json=a_hub(query="eventType=CustomerCreateEvent", note="mine"))
    assert made.status_code == 201
    hub = made.json()
    assert made.headers["Location"] == hub["href"] == f"http://testserver{CUSTOMERS}/hub/{hub['id']}"
    assert hub.items() >= a_hub(query="eventType=CustomerCreateEvent", note="mine").items()
    assert http.get(hub["href"]).json() == hub
    assert http.delete(hub["href"]).status_code == 204
    assert http.get(hub["href"]).status_code == http.delete(hub["href"]).status_code == 404


def test_a_v4_subscription_has_the_form_of_v4(http: httpx.Client) -> None:
    made = http.post(f"{USAGES}/hub", json={"callback": CALLBACK})
    assert made.status_code == 201
    assert made.json().keys() == {"id", "callback"}
    assert http.delete(f"{USAGES}/hub/{made.json()['id']}").status_code == 204


@pytest.mark.parametrize("identifier", ["%00", "x" * 3000, "'%20OR%201=1", "%F0%9F%92%A9"])
def test_an_identifier_that_names_no_subscription_is_not_found(http: httpx.Client, identifier: str) -> None:
    assert http.get(f"{CUSTOMERS}/hub/{identifier}").status_code in (400, 404)
    assert http.delete(f"{CUSTOMERS}/hub/{identifier}").status_code in (400, 404)


def test_a_subscription_to_one_api_is_not_there_in_another(http: httpx.Client) -> None:
    identifier = http.post(f"{ORDERS}/hub", json=a_hub()).json()["id"]
    assert http.get(f"{CUSTOMERS}/hub/{identifier}").status_code == 404
    assert http.delete(f"{CUSTOMERS}/hub/{identifier}").status_code == 404
    assert http.get(f"{ORDERS}/hub/{identifier}").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({"@type": "Hub"}, 400, "callback"),
        (a_hub("not an address"), 400, "callback"),
        (a_hub("http://user:secret@listener.example/"), 409, "callback"),
        (a_hub("http://169.254.169.254/latest"), 409, "callback"),
        (a_hub("http://[::ffff:10.0.0.1]/"), 409, "callback"),
        (a_hub(query="status=active"), 409, "query"),
        (a_hub(query="eventType=ProductOrderCreateEvent"), 409, "query"),
        (a_hub(query=7), 400, "query"),
    ],
)
def test_a_bad_subscription_is_refused_and_the_attribute_named(
    http: httpx.Client, body: dict[str, Any], status: int, named: str
) -> None:
    reply = http.post(f"{CUSTOMERS}/hub", json=body)
    assert reply.status_code == status
    assert reply.json()["reason"].startswith(f"{named}: ")


def test_the_same_subscription_a_second_time_is_a_conflict(http: httpx.Client) -> None:
    assert [http.post(f"{CUSTOMERS}/hub", json=a_hub()).status_code for _ in range(2)] == [201, 409]


def test_the_subscriptions_of_an_api_version_are_listed_oldest_first(http: httpx.Client) -> None:
    assert http.get(f"{CUSTOMERS}/hub").json() == []
    made = [http.post(f"{CUSTOMERS}/hub", json=a_hub(f"{CALLBACK}/{number}")).json() for number in range(3)]
    http.post(f"{USAGES}/hub", json={"callback": CALLBACK})
    listed = http.get(f"{CUSTOMERS}/hub")
    assert listed.json() == made
    assert listed.headers["X-Total-Count"] == listed.headers["X-Result-Count"] == "3"
    page = http.get(f"{CUSTOMERS}/hub?limit=1&offset=1")
    assert page.json() == made[1:2]
    assert f'<http://testserver{CUSTOMERS}/hub?offset=2&limit=1>; rel="next"' in page.headers["Link"]
    assert http.get(f"{CUSTOMERS}/hub?limit=x").status_code == 400
    assert http.get(f"{USAGES}/hub").json()[0].keys() == {"id", "callback"}
    assert http.get(f"{CUSTOMERS}/hub?color=red").status_code == 400


def test_a_filter_selects_events_by_what_they_tell_of(http: httpx.Client) -> None:
    party = {"@type": "PartyRef", "id": "p1"}
    with Listener() as listener:
        query = "eventType=CustomerCreateEvent&event.customer.name>=Jo&event.customer.engagedParty.id=p1"
        assert http.post(f"{CUSTOMERS}/hub", json=a_hub(listener.url, query=query)).status_code == 201
        for name in ("Jim", "Jo", "Jane", "Joe"):
            http.post(f"{CUSTOMERS}/customer", json={"@type": "Customer", "name": name, "engagedParty": party})
        wait_until(lambda: len(listener.received) == 2)
    assert sorted(body["event"]["customer"]["name"] for body in listener.received) == ["Jo", "Joe"]


def test_an_attribute_that_no_schema_knows_filters_events_where_it_filters_lists(core: Core) -> None:
    hub = a_hub(query="event.customer.color=red")
    for accept, status in (("refuse", 409), ("accept", 201)):
        settings = core.settings.model_copy(update={"unknown_filters": accept})
        other = Core(settings, core.database, core.entities.values(), core.clock)
        with create_app(settings, other).test_client(base_url="http://testserver") as http:
            assert http.post(f"{CUSTOMERS}/hub", json=hub).status_code == status
    with core.work(Context(core.settings.tenant)) as work:
        work.create("Customer", a_customer(color="blue"))
    with create_app(core.settings, core).test_client(base_url="http://testserver") as http:
        assert http.post(f"{CUSTOMERS}/hub", json={**hub, "query": "event.customer.color!=red"}).status_code == 201


def test_a_notification_is_taken_in_once_and_answered_as_the_generation_says(http: httpx.Client, core: Core) -> None:
    order = {"@type": "ProductOrderCreateEvent", "eventId": "e1", "event": {}}
    for _ in range(2):
        reply = http.post(f"{ORDERS}/listener/productOrderCreateEvent", json=order)
        assert (reply.status_code, reply.content) == (204, b"")
    usage = http.post(f"{USAGES}/listener/usageCreateEvent", json={"eventId": "e2", "event": {"usage": {"id": "u1"}}})
    assert usage.status_code == 201
    assert usage.json() == {"id": "e2", "callback": f"http://testserver{USAGES}/listener/usageCreateEvent"}
    with core.database.reading() as connection:
        kept = connection.execute(select(received_notification.c.event_type, received_notification.c.event_id)).all()
    assert sorted(map(tuple, kept)) == [("ProductOrderCreateEvent", "e1"), ("UsageCreateEvent", "e2")]


def test_an_invalid_notification_is_refused_and_not_kept(http: httpx.Client, core: Core) -> None:
    event = {"@type": "ProductOrderCreateEvent", "eventId": "e1", "eventTime": "yesterday", "event": {}}
    reply = http.post(f"{ORDERS}/listener/productOrderCreateEvent", json=event)
    assert reply.status_code == 400
    assert reply.json()["reason"].startswith("eventTime: ")
    with core.database.reading() as connection:
        assert connection.execute(select(received_notification)).all() == []


def test_a_notification_of_another_event_than_its_path_is_for_is_refused_and_not_kept(
    http: httpx.Client, core: Core
) -> None:
    for base, name in ((ORDERS, "ProductOrder"), (USAGES, "Usage")):
        place = f"{base}/listener/{name[0].lower()}{name[1:]}CreateEvent"
        typed = {"@type": f"{name}CreateEvent"} if base == ORDERS else {}
        refused = http.post(place, json={**typed, "event": {}, "eventId": "other", "eventType": "OtherEvent"})
        assert refused.status_code == 409
        assert refused.json()["reason"] == f"eventType: 'OtherEvent' isn't told here; {name}CreateEvent is expected"
        for known in (f"{name}CreateEvent", f"{name[0].lower()}{name[1:]}CreateEvent"):
            assert http.post(place, json={**typed, "event": {}, "eventType": known}).is_success
    with core.database.reading() as connection:
        assert "other" not in connection.execute(select(received_notification.c.event_id)).scalars().all()


def test_what_is_done_over_http_arrives_at_the_subscriber_in_order(http: httpx.Client) -> None:
    with Listener() as listener:
        hub = http.post(f"{CUSTOMERS}/hub", json=a_hub(listener.url)).json()
        party = {"@type": "PartyRef", "id": "p1"}
        made = http.post(
            f"{CUSTOMERS}/customer", json={"@type": "Customer", "name": "Jo", "engagedParty": party}
        ).json()
        patch = {"@type": "Customer", "name": "Joe", "engagedParty": party}
        changed = http.patch(made["href"], json=patch)
        assert changed.status_code == 200, changed.text
        assert http.delete(made["href"]).status_code == 204
        wait_until(lambda: len(listener.received) == 3)
        http.delete(hub["href"])
    kinds = ["Create", "AttributeValueChange", "Delete"]
    assert [body["eventType"] for body in listener.received] == [f"Customer{kind}Event" for kind in kinds]
    assert [body["event"]["customer"]["name"] for body in listener.received] == ["Jo", "Joe", "Joe"]
    assert all(body["correlationId"] for body in listener.received)


def test_a_notification_of_ours_is_taken_by_our_own_listener_path(http: httpx.Client, core: Core) -> None:
    with Listener() as listener:
        http.post(f"{CUSTOMERS}/hub", json=a_hub(listener.url))
        party = {"@type": "PartyRef", "id": "p1"}
        http.post(f"{CUSTOMERS}/customer", json={"@type": "Customer", "name": "Jo", "engagedParty": party})
        wait_until(lambda: listener.received)
    reply = http.post(f"{CUSTOMERS}/listener/customerCreateEvent", json=listener.received[0])
    assert reply.status_code == 204, reply.text
