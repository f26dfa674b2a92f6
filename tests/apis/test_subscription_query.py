"""What the query of a subscription may say, and what it selects."""

from __future__ import annotations

import pytest

from apis.tmf630.notifications import wordings_of
from apis.tmf630.subscription_query import read_selection_of_events, selections_of
from apis.tmf630.version import ServedResource
from core.errors import Conflict
from core.events.selection import Channel, Selection
from core.query import Condition
from tests.apis.generations import generations
from tests.apis.served import version


def read(query: str, api: str = "tmf629") -> Selection:
    """Return what a query to an API of v5 selects."""
    return read_selection_of_events(query, wordings_of(version(api)), ServedResource.knows)


def kinds(selection: Selection) -> set[str]:
    """Return the entities and kinds of events that are taken."""
    return {f"{entity}{kind}" for entity, kind in selection.wanted}


@pytest.mark.parametrize("query", ["", "  ", "?"])
def test_an_empty_query_takes_every_event(query: str) -> None:
    assert read(query) == Selection(dict.fromkeys(wordings_of(version("tmf629")), ()))


@pytest.mark.parametrize(
    "query",
    [
        "eventType=CustomerCreateEvent,CustomerDeleteEvent",
        "eventType = CustomerCreateEvent , CustomerDeleteEvent",
        "eventType=CustomerCreateEvent&eventType=CustomerDeleteEvent",
        "?eventType=CustomerCreateEvent%2CCustomerDeleteEvent",
        "eventType='CustomerCreateEvent',\"CustomerDeleteEvent\"",
    ],
)
def test_event_types_are_selected_by_comma_or_repetition(query: str) -> None:
    assert kinds(read(query)) == {"CustomerCreate", "CustomerDelete"}


def test_filters_hold_for_the_events_that_have_the_attribute_and_leave_out_the_others() -> None:
    selection = read("event.productOrder.state=held,failed&event.productOrder.relatedParty.role=customer", "tmf622")
    conditions = (Condition(("state",), ("held", "failed")), Condition(("relatedParty", "role"), ("customer",)))
    assert {entity for entity, _kind in selection.wanted} == {"ProductOrder"}
    assert set(selection.wanted.values()) == {conditions}
    narrowed = read("eventType=ProductOrderStateChangeEvent&event.productOrder.state=held", "tmf622")
    assert narrowed.wanted == {("ProductOrder", "StateChange"): (Condition(("state",), ("held",)),)}


def test_attributes_are_called_as_the_generation_of_the_subscription_calls_them() -> None:
    orders = wordings_of(generations("tmf622")[0])
    selection = read_selection_of_events(
        "event.productOrder.orderDate=2026-01-01T00:00:00.000Z", orders, ServedResource.knows
    )
    [condition] = {condition for conditions in selection.wanted.values() for condition in conditions}
    assert condition.path == ("creationDate",)
    with pytest.raises(Conflict):
        read_selection_of_events("event.productOrder.quux=1", orders, ServedResource.knows)


@pytest.mark.parametrize(
    "query",
    [
        "eventType",
        "eventType=",
        "eventType=A,,B",
        "status=active",
        "event.status=active",
        "event.customer=active",
        "event.customer.=active",
        "event.customer.color=red",
        "event.customer..status=active",
        "event.productOrder.state=held",
        "event.customer.status=",
        "eventType=CustomerCreateEvent&status=active",
        "&",
        "=",
        "$.x",
        "a b",
    ],
)
def test_a_query_that_is_not_understood_is_refused_and_an_example_given(query: str) -> None:
    with pytest.raises(Conflict) as refusal:
        read(query)
    assert refusal.value.faults[0].path == "query"
    assert "eventType" in refusal.value.reason or "event type" in refusal.value.reason


def test_an_event_type_that_the_api_does_not_have_is_refused_and_the_known_ones_listed() -> None:
    with pytest.raises(Conflict, match=r"'CustomerBurpEvent' .* CustomerCreateEvent, CustomerDeleteEvent"):
        read("eventType=CustomerBurpEvent")


def test_a_query_that_is_not_understood_any_more_selects_nothing_and_is_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    selections = selections_of([version("tmf629")])
    assert selections(Channel("tmf629", "v5"), "eventType=CustomerBurpEvent") == Selection()
    assert "subscription.unreadable" in "".join(capsys.readouterr())
    assert selections(Channel("tmf629", "v4"), "") == Selection()
