"""Topics over HTTP, on both databases: ours are there from the start, others are made, filtered and removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apis.app import create_app, served_versions
from core.service import Core

EVENTS = "/tmf-api/event/v4"
CUSTOMERS = "/tmf-api/customerManagement/v5"
OURS = list(dict.fromkeys(version.base_path.split("/")[-2] for version in served_versions()))


@pytest.fixture
def http(core: Core) -> Iterator[httpx.Client]:
    """Return a client of the whole app over the core."""
    with create_app(core.settings, core).test_client(base_url="http://testserver") as client:
        yield client


def a_topic(http: httpx.Client, **attributes: Any) -> dict[str, Any]:
    """Make a topic."""
    reply = http.post(f"{EVENTS}/topic", json={"name": "Masts", **attributes})
    assert reply.status_code == 201, reply.text
    topic: dict[str, Any] = reply.json()
    return topic


def refused(reply: httpx.Response, status: int, path: str) -> str:
    """Return the reason of a refusal that names an attribute."""
    assert reply.status_code == status, reply.text
    reason: str = reply.json()["reason"]
    assert reason.startswith(f"{path}: "), reason
    return reason


def test_there_is_a_topic_for_each_api_from_the_start(http: httpx.Client) -> None:
    listed = http.get(f"{EVENTS}/topic")
    assert [topic["id"] for topic in listed.json()] == OURS
    assert listed.headers["X-Total-Count"] == str(len(OURS))
    for topic in listed.json():
        assert http.get(topic["href"]).json() == topic


def test_topics_of_others_follow_ours_through_all_pages(http: httpx.Client) -> None:
    made = [a_topic(http, id=f"masts-{number}")["id"] for number in range(3)]
    for size in (1, 2, 4, len(OURS), 100):
        paged, address = [], f"{EVENTS}/topic?limit={size}"
        while address:
            page = http.get(address)
            assert page.headers["X-Total-Count"] == str(len(OURS) + 3)
            paged += [topic["id"] for topic in page.json()]
            address = page.links.get("next", {}).get("url", "")
        assert paged == OURS + made


def test_topics_are_filtered_by_their_attributes_ours_included(http: httpx.Client) -> None:
    made = a_topic(http, name="Customer Management")
    assert [each["id"] for each in http.get(f"{EVENTS}/topic?name=Customer Management").json()] == [
        "customerManagement",
        made["id"],
    ]
    assert [each["id"] for each in http.get(f"{EVENTS}/topic", params={"href": made["href"]}).json()] == [made["id"]]
    assert http.get(f"{EVENTS}/topic?name=Nothing").json() == []
    last = http.get(f"{EVENTS}/topic?sort=-name&limit=2&offset=1").json()
    assert [each["id"] for each in last] == ["productOrderingManagement", "productInventory"]


def test_a_topic_of_ours_is_neither_made_again_nor_changed_nor_removed(http: httpx.Client) -> None:
    refused(http.patch(f"{EVENTS}/topic/customerManagement", json={"name": "Customers"}), 409, "id")
    assert "comes from" not in refused(http.delete(f"{EVENTS}/topic/customerManagement"), 409, "id")
    refused(http.post(f"{EVENTS}/topic", json={"id": "customerManagement"}), 409, "id")
    assert "none can be posted" in refused(
        http.post(f"{EVENTS}/topic/customerManagement/event", json={"eventType": "X"}), 409, "topicId"
    )


@pytest.mark.parametrize(
    ("topic", "named"),
    [
        ({"headerQuery": "eventType"}, "headerQuery"),
        ({"headerQuery": "color=red"}, "headerQuery"),
        ({"contentQuery": "=1"}, "contentQuery"),
        ({"id": ".."}, "id"),
    ],
)
def test_a_topic_that_nobody_could_use_is_refused(http: httpx.Client, topic: dict[str, Any], named: str) -> None:
    refused(http.post(f"{EVENTS}/topic", json=topic), 409, named)


def test_a_topic_is_changed_and_takes_what_it_says_from_then_on(http: httpx.Client) -> None:
    topic = a_topic(http, headerQuery="priority=high")
    changed = http.patch(topic["href"], json={"headerQuery": None, "contentQuery": "mast.height>30"})
    assert changed.status_code == 200, changed.text
    assert changed.json() == http.get(topic["href"]).json()
    assert (changed.json().get("headerQuery"), changed.json()["contentQuery"]) == (None, "mast.height>30")
    tall, low = ({"eventType": "MastFell", "event": {"mast": {"height": height}}} for height in (31, 30))
    assert http.post(f"{topic['href']}/event", json=tall).status_code == 201
    refused(http.post(f"{topic['href']}/event", json=low), 409, "event.mast.height")
    retyped = http.patch(topic["href"], json={"@type": "Channel"})
    assert (retyped.status_code, retyped.json()["reason"]) == (409, "@type: can't be changed")


@pytest.mark.parametrize(
    ("query", "heights"),
    [
        ("mast.height=30;mast.height=31", [30, 31]),
        ("mast.height=30,31", [30, 31]),
        ("filter=$[?(@.mast.height>30 || @.mast.height==29)]", [29, 31]),
        ("filter=$[?(!(@.mast.height>30))]", [29, 30]),
        ("filter=$.mast[?(@.height>30)]", [31]),
        ("filter=$[?(@.mast.height==@.mast.height && @.mast.height<31)]", [29, 30]),
        ("mast.height!=30", [29, 31]),
    ],
)
def test_what_a_topic_demands_of_what_events_tell_begins_inside_of_that(
    http: httpx.Client, query: str, heights: list[int]
) -> None:
    topic = a_topic(http, contentQuery=query)
    events = {height: {"eventType": "MastFell", "event": {"mast": {"height": height}}} for height in (29, 30, 31)}
    posted = {height: http.post(f"{topic['href']}/event", json=event) for height, event in events.items()}
    assert [height for height, reply in posted.items() if reply.status_code == 201] == heights
    assert {reply.status_code for height, reply in posted.items() if height not in heights} == {409}


def test_a_topic_takes_events_by_the_time_that_they_are_given(http: httpx.Client) -> None:
    topic = a_topic(http, headerQuery="eventTime>2026-01-01")
    assert http.post(f"{topic['href']}/event", json={"eventType": "MastFell"}).status_code == 201
    refused(http.post(f"{topic['href']}/event", json={"eventTime": "2025-12-31T00:00:00Z"}), 409, "eventTime")


@pytest.mark.parametrize(
    ("change", "named"), [({"headerQuery": "color=red"}, "headerQuery"), ({"id": "customerManagement"}, "id")]
)
def test_a_change_that_leaves_a_topic_nobody_could_use_is_refused(
    http: httpx.Client, change: dict[str, Any], named: str
) -> None:
    topic = a_topic(http)
    assert named in http.patch(topic["href"], json=change).json()["reason"]
    assert http.get(topic["href"]).json() == topic


def test_a_topic_goes_with_its_events_and_hubs(http: httpx.Client) -> None:
    topic = a_topic(http)
    event = http.post(f"{topic['href']}/event", json={"eventType": "MastFell"}).json()
    hub = http.post(f"{topic['href']}/hub", json={"id": "h1", "callback": "http://localhost:9/"}).json()
    assert http.delete(topic["href"]).status_code == 204
    for address in (topic["href"], event["href"], hub["href"]):
        assert http.get(address).status_code == 404
    again = a_topic(http, id=topic["id"])
    assert http.get(f"{again['href']}/event").json() == http.get(f"{again['href']}/hub").json() == []
    refused(http.post(f"{EVENTS}/topic/{topic['id']}x/event", json={}), 404, "topicId")
