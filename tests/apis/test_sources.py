"""Resources below another one: changed and removed only where their address says that they are."""

from __future__ import annotations

import pytest

from apis.tmf630.exchange import Request
from apis.tmf630.sources import guard_within, owner_of
from core.context import Context
from core.errors import Conflict, NotFound
from core.service import Core
from core.storage.repository import Stored
from tests.apis.served import version

EVENTS = version("tmf688", "v4")
EVENT = EVENTS.resources["Event"]


def a_request(core: Core, context: Context, topic: str) -> Request:
    """Return a request to an event below a topic."""
    parameters = {"topicId": topic, "id": "e1"}
    return Request(core, context, EVENTS.operations["retrieveTopicEvent"], "http://brand.example", {}, parameters)


def test_an_operation_is_about_the_resource_at_the_end_of_its_path() -> None:
    found = {name: operation.resource for name, operation in EVENTS.operations.items() if "Topic" in name}
    assert found["listTopic"] is EVENTS.resources["Topic"]
    assert found["createTopicEvent"] is EVENT
    assert found["deleteTopicHub"] is EVENTS.resources["Hub"]
    assert EVENTS.operations["createHub"].resource is None


def test_a_change_is_guarded_by_the_place_and_then_by_what_the_request_demands(core: Core, context: Context) -> None:
    stored, request = Stored({"id": "e1", "topicId": "a"}, 1), a_request(core, context, "a")
    asked = []
    guard = guard_within(request, EVENT, asked.append)
    assert guard
    guard(stored)
    assert asked == [stored]
    elsewhere = guard_within(a_request(core, context, "b"), EVENT, asked.append)
    assert elsewhere
    with pytest.raises(NotFound, match="at this address"):
        elsewhere(stored)
    assert asked == [stored]


def test_an_address_below_a_topic_names_only_what_is_there(core: Core, context: Context) -> None:
    below = EVENT.belonging_to("a/b")
    assert below.path == "/topic/a%2Fb/event"
    assert EVENT.placed_by({"topicId": "a/b"}).path == below.path
    base = f"http://brand.example{EVENTS.base_path}"
    values = (f"{base}/topic/a%2Fb/event/e1", f"{base}/topic/b/event/e2")
    assert below.condition(("href",), values).values == ("e1", "")
    assert owner_of(a_request(core, context, "a/b"), EVENT) == "a/b"


def test_what_is_not_in_the_table_is_not_changed(core: Core, context: Context) -> None:
    from apis.app import served_versions

    [served] = (each for each in served_versions() if each.api.name == "tmf688")
    parameters = {"id": "usageManagement"}
    request = Request(core, context, served.operations["deleteTopic"], "http://brand.example", {}, parameters)
    with pytest.raises(Conflict, match="Usage Management"):
        guard_within(request, served.resources["Topic"], None)
