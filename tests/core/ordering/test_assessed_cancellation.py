"""Fulfilment may take its time to say whether an order under way can be called off, and ask for more; or it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.entity import Document
from core.errors import Conflict, Fault
from core.ordering import Outcome, Stop, report, report_stop
from core.ordering.states import CANCELLATION
from tests.builders.ordering import an_item, an_order, with_characteristics
from tests.core.ordering.shop import Shop
from tests.core.ordering.test_cancellation import NUMBER, cancel
from tests.core.ordering.test_fulfilment import Network, with_network

WHY = Fault("cancellationReason", "reasonNeeded", "the network wants to know why")


@pytest.fixture
def network() -> Network:
    """Return a network that wants to know why before it calls anything off."""
    network = Network()
    network.answer = Stop("assessing", (WHY,))
    return network


@pytest.fixture
def slow(shop: Shop, network: Network) -> Shop:
    """Return the shop with its orders delivered by that network."""
    return with_network(shop, network)


@pytest.fixture
def order(slow: Shop) -> Document:
    """Return an order of two items that are both under way."""
    return slow.fulfilled(
        an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER)), an_item("data", id="2"))
    )


def patch(shop: Shop, request: Document, **attributes: Any) -> Document:
    """Change a request to cancel an order as a caller; None takes an attribute away."""

    def changed(document: Document) -> Document:
        return {name: value for name, value in (document | attributes).items() if value is not None}

    return shop.run(lambda work: work.change("CancelProductOrder", request["id"], changed, caller=True))


def states(shop: Shop, order: Document, request: Document) -> tuple[str, list[str], str]:
    """Return the states of an order, of its items, and of the request to cancel it."""
    now = shop.get("ProductOrder", order["id"])
    items = [item["state"] for item in now["productOrderItem"]]
    return now["state"], items, shop.get("CancelProductOrder", request["id"])["state"]


def test_what_fulfilment_wants_to_know_is_asked_for_and_once_told_the_order_is_cancelled(
    slow: Shop, order: Document
) -> None:
    request = cancel(slow, order["id"])
    assert states(slow, order, request) == ("assessingCancellation", ["assessingCancellation"] * 2, "inProgress")
    assert [(m["code"], m["message"], m["status"]) for m in request["errorMessage"]] == [
        ("reasonNeeded", "cancellationReason", "inProgress")
    ]
    (told,) = slow.told("CancelProductOrder", "InformationRequired")
    assert told["informationRequired"] == {"op": "add", "path": "/cancellationReason"}
    done = patch(slow, request, cancellationReason="moving abroad")
    assert (done["state"], "errorMessage" in done) == ("done", False)
    assert states(slow, order, request) == ("cancelled", ["cancelled"] * 2, "done")
    assert slow.get("ProductOrder", order["id"])["cancellationReason"] == "moving abroad"
    assert len(slow.told("CancelProductOrder", "InformationRequired")) == 1
    again = an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER)))
    assert slow.order(again)["state"] == "acknowledged", "the number is free again"


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (Stop(), ("cancelled", ["cancelled"] * 2, "done")),
        (Stop("tooLate"), ("inProgress", ["inProgress"] * 2, "terminatedWithError")),
    ],
)
def test_what_fulfilment_says_later_settles_it(
    slow: Shop, order: Document, said: Stop, ends: tuple[str, list[str], str]
) -> None:
    request = cancel(slow, order["id"])
    for _ in range(2):
        slow.run(lambda work: report_stop(work, order["id"], said))
        assert states(slow, order, request) == ends
    slow.run(lambda work: report_stop(work, order["id"], Stop() if said != Stop() else Stop("tooLate")))
    assert states(slow, order, request) == ends, "it is settled already"


@pytest.mark.parametrize(("outcome", "whole"), [(Outcome(), "inProgress"), (Outcome("failed"), "inProgress")])
def test_an_item_that_comes_to_its_end_after_all_says_that_it_is_too_late(
    slow: Shop, order: Document, outcome: Outcome, whole: str
) -> None:
    request = cancel(slow, order["id"])
    slow.run(lambda work: report(work, order["id"], "2", Outcome("inProgress")))
    assert states(slow, order, request)[0] == "assessingCancellation", "that it goes on is no answer"
    slow.run(lambda work: report(work, order["id"], "1", outcome))
    own = "failed" if outcome.state == "failed" else "completed"
    assert states(slow, order, request) == (whole, [own, "inProgress"], "terminatedWithError")
    slow.run(lambda work: report(work, order["id"], "2", Outcome()))
    assert states(slow, order, request)[0] == ("completed" if own == "completed" else "partial")


def test_what_wasnt_handed_over_before_is_once_the_order_goes_on(slow: Shop, network: Network, order: Document) -> None:
    request = cancel(slow, order["id"])
    before = len(network.started)
    slow.run(lambda work: report_stop(work, order["id"], Stop("tooLate")))
    slow.work_off()
    assert sorted(network.started[before:]) == ["1", "2"]
    assert states(slow, order, request)[0] == "inProgress"


def test_a_second_request_for_an_order_that_is_being_assessed_changes_nothing(slow: Shop, order: Document) -> None:
    first = cancel(slow, order["id"])
    second = cancel(slow, order["id"], cancellationReason="in a hurry")
    assert second["state"] == "terminatedWithError"
    assert "another request" in second["errorMessage"][0]["reason"]
    assert states(slow, order, first)[0] == "assessingCancellation"


def test_of_a_request_that_is_being_assessed_only_the_reason_changes(slow: Shop, order: Document) -> None:
    request = cancel(slow, order["id"])
    for change in ({"state": "cancelled"}, {"requestedCancellationDate": "2030-01-01T00:00:00Z"}):
        with pytest.raises(Conflict, match="the cancellation is under way"):
            patch(slow, request, **change)


def test_fulfilment_is_asked_again_only_once_something_it_asked_for_is_said(
    slow: Shop, network: Network, order: Document
) -> None:
    request = cancel(slow, order["id"])
    patch(slow, request, color="red")
    assert (len(network.stopped), len(slow.told("CancelProductOrder", "InformationRequired"))) == (1, 1)
    patch(slow, request, cancellationReason="moving abroad")
    assert len(network.stopped) == 2


def test_what_is_asked_for_is_named_by_a_json_pointer(slow: Shop, network: Network, order: Document) -> None:
    network.answer = Stop("assessing", (Fault("color~a/b", "colorNeeded", "say which"),))
    cancel(slow, order["id"])
    (told,) = slow.told("CancelProductOrder", "InformationRequired")
    assert told["informationRequired"] == {"op": "add", "path": "/color~0a~1b"}


@pytest.mark.parametrize("wish", sorted(CANCELLATION.states - {"acknowledged", "cancelled"}))
def test_what_becomes_of_a_request_isnt_for_a_caller_to_say(shop: Shop, wish: str) -> None:
    placed = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-03-01T00:00:00Z"))
    request = cancel(shop, placed["id"], requestedCancellationDate="2026-01-20T00:00:00Z")
    with pytest.raises(Conflict, match="allowed from 'acknowledged': cancelled"):
        patch(shop, request, state=wish)
    with pytest.raises(Conflict, match="can't be taken away"):
        patch(shop, request, state=None)
    assert states(shop, placed, request)[::2] == ("acknowledged", "acknowledged")


def test_a_request_for_later_can_be_put_off_brought_forward_and_taken_back(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-03-01T00:00:00Z"))
    request = cancel(shop, placed["id"], requestedCancellationDate="2026-01-20T00:00:00Z")
    patch(shop, request, requestedCancellationDate="2026-01-25T00:00:00Z")
    shop.clock.advance(timedelta(days=6))
    shop.work_off()
    assert states(shop, placed, request)[::2] == ("acknowledged", "acknowledged")
    shop.clock.advance(timedelta(days=5))
    shop.work_off()
    assert states(shop, placed, request)[::2] == ("cancelled", "done")
    other = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-03-01T00:00:00Z"))
    later = cancel(shop, other["id"], requestedCancellationDate="2026-02-20T00:00:00Z")
    assert patch(shop, later, requestedCancellationDate=None)["state"] == "done"
    third = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-03-01T00:00:00Z"))
    never = cancel(shop, third["id"], requestedCancellationDate="2026-02-20T00:00:00Z")
    assert patch(shop, never, state="cancelled")["state"] == "cancelled"
    shop.clock.advance(timedelta(days=30))
    assert patch(shop, never, color="red")["color"] == "red"
    with pytest.raises(Conflict, match="the cancellation is over"):
        patch(shop, never, cancellationReason="late")
    assert states(shop, third, never)[::2] == ("acknowledged", "cancelled")


@pytest.mark.parametrize("way", ["at once", "brought forward", "its time"])
def test_what_is_missing_is_asked_for_once_and_after_the_state_that_it_is_missing_in(
    slow: Shop, order: Document, way: str
) -> None:
    later = {} if way == "at once" else {"requestedCancellationDate": "2026-01-15T13:00:00Z"}
    request = cancel(slow, order["id"], **later)
    if way == "brought forward":
        patch(slow, request, requestedCancellationDate=None)
    slow.clock.advance(timedelta(hours=2))
    slow.work_off()
    told = [event for event in slow.events("CancelProductOrder") if event[0] != "AttributeValueChange"]
    assert told == [
        ("Create", "acknowledged"),
        ("StateChange", "inProgress"),
        ("InformationRequired", "inProgress"),
    ]
