"""What the query of a subscription may say."""

from __future__ import annotations

import pytest

from core.errors import Conflict
from core.events.selection import parse_selection

OFFERED = ("CustomerCreateEvent", "CustomerDeleteEvent")


@pytest.mark.parametrize("query", ["", "  ", "?"])
def test_an_empty_query_takes_every_event(query: str) -> None:
    assert parse_selection(query).takes("CustomerCreateEvent")


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
    selection = parse_selection(query)
    assert selection.event_types == {"CustomerCreateEvent", "CustomerDeleteEvent"}
    assert not selection.takes("CustomerStateChangeEvent")
    selection.refuse_unknown(OFFERED)


@pytest.mark.parametrize(
    "query",
    ["eventType", "eventType=", "eventType=A,,B", "status=active", "eventType=A&status=active", "&", "=", "$.x", "a b"],
)
def test_a_query_that_is_not_understood_is_refused_and_named(query: str) -> None:
    with pytest.raises(Conflict) as refusal:
        parse_selection(query)
    assert refusal.value.faults[0].path == "query"
    assert "eventType=CustomerCreateEvent" in refusal.value.reason


def test_an_event_type_that_the_api_does_not_have_is_refused_and_the_known_ones_listed() -> None:
    with pytest.raises(Conflict, match=r"'CustomerBurpEvent' .* CustomerCreateEvent, CustomerDeleteEvent"):
        parse_selection("eventType=CustomerBurpEvent").refuse_unknown(OFFERED)
