"""An order is cancelled until something of it was delivered; a request that comes too late says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.entity import Document
from tests.builders.ordering import an_item, an_order, with_characteristics
from tests.core.ordering.shop import Shop

NUMBER = "+4915112345678"


def cancel(shop: Shop, order_id: str, **attributes: str) -> Document:
    """Ask for an order to be cancelled."""
    request = {"@type": "CancelProductOrder", "productOrder": {"@type": "ProductOrderRef", "id": order_id}}
    return shop.run(lambda work: work.create("CancelProductOrder", request | attributes))


@pytest.mark.parametrize(
    "order",
    [
        an_order(an_item("plan-s")),
        an_order(an_item("plan-s"), requestedInitialState="draft"),
        an_order(an_item("elsewhere", an_item("data", id="2"))),
    ],
    ids=["acknowledged", "draft", "held"],
)
def test_an_order_that_wasnt_started_is_cancelled_at_once(shop: Shop, order: Document) -> None:
    placed = shop.order(order)
    request = cancel(shop, placed["id"], cancellationReason="second thoughts")
    assert (request["state"], request["effectiveCancellationDate"]) == ("done", "2026-01-15T12:00:00.000Z")
    shop.work_off()
    cancelled = shop.get("ProductOrder", placed["id"])
    assert (cancelled["state"], cancelled["cancellationReason"]) == ("cancelled", "second thoughts")
    assert cancelled["cancellationDate"] == "2026-01-15T12:00:00.000Z"
    assert [item["state"] for item in cancelled["productOrderItem"]] == ["cancelled"]
    assert shop.products() == []
    assert shop.events("CancelProductOrder")[:2] == [("Create", "acknowledged"), ("StateChange", "done")]


def test_a_caller_may_also_cancel_by_changing_the_state(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
    cancelled = shop.patch(placed["id"], state="cancelled", cancellationReason="changed my mind")
    assert (cancelled["state"], cancelled["cancellationReason"]) == ("cancelled", "changed my mind")
    shop.work_off()
    assert shop.products() == []


def test_a_completed_order_is_not_cancelled_and_the_request_says_why(shop: Shop) -> None:
    order = shop.fulfilled(an_order(an_item("plan-s")))
    request = cancel(shop, order["id"])
    assert request["state"] == "terminatedWithError"
    (message,) = request["errorMessage"]
    assert (message["@type"], message["code"], message["message"]) == (
        "ErrorMessage",
        "tooLateToCancel",
        "productOrder.id",
    )
    assert shop.get("ProductOrder", order["id"])["state"] == "completed"


def test_a_request_for_an_order_that_isnt_there_is_rejected(shop: Shop) -> None:
    request = cancel(shop, "nowhere")
    assert (request["state"], request["errorMessage"][0]["code"]) == ("rejected", "unknownOrder")


def test_a_second_request_finds_the_order_cancelled_already(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s")))
    assert [cancel(shop, placed["id"])["state"] for _ in range(2)] == ["done", "terminatedWithError"]


def test_a_request_for_later_is_carried_out_then(shop: Shop) -> None:
    placed = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-02-01T00:00:00Z"))
    request = cancel(shop, placed["id"], requestedCancellationDate="2026-01-20T00:00:00Z")
    shop.work_off()
    assert (request["state"], shop.get("ProductOrder", placed["id"])["state"]) == ("acknowledged", "acknowledged")
    shop.clock.advance(timedelta(days=5))
    shop.work_off()
    assert shop.get("CancelProductOrder", request["id"])["state"] == "done"
    assert shop.get("ProductOrder", placed["id"])["state"] == "cancelled"


def test_when_an_order_was_cancelled_isnt_for_a_caller_to_say(shop: Shop) -> None:
    long_ago = "2020-01-01T00:00:00Z"
    placed = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-02-01T00:00:00Z"))
    unknown = cancel(shop, "nowhere", effectiveCancellationDate=long_ago)
    assert (unknown["state"], "effectiveCancellationDate" in unknown) == ("rejected", False)
    waiting = cancel(
        shop, placed["id"], requestedCancellationDate="2026-01-20T00:00:00Z", effectiveCancellationDate=long_ago
    )
    assert (waiting["state"], "effectiveCancellationDate" in waiting) == ("acknowledged", False)
    done = cancel(shop, placed["id"], effectiveCancellationDate=long_ago)
    assert done["effectiveCancellationDate"] == "2026-01-15T12:00:00.000Z"


def test_a_request_for_later_is_settled_at_once_where_the_order_is_over_already(shop: Shop) -> None:
    later = {"requestedCancellationDate": "2026-01-20T00:00:00Z"}
    ended = shop.fulfilled(an_order(an_item("plan-s")))
    request = cancel(shop, ended["id"], **later)
    assert (request["state"], request["errorMessage"][0]["code"]) == ("terminatedWithError", "tooLateToCancel")


def test_a_request_for_later_waits_for_an_order_that_may_still_come(shop: Shop) -> None:
    later = {"requestedCancellationDate": "2026-01-20T00:00:00Z"}
    requests = [cancel(shop, order_id, **later) for order_id in ("to-come", "nowhere")]
    shop.order(an_order(an_item("plan-s"), id="to-come", requestedStartDate="2026-02-01T00:00:00Z"))
    assert {request["state"] for request in requests} == {"acknowledged"}
    shop.clock.advance(timedelta(days=5))
    shop.work_off()
    ends = [shop.get("CancelProductOrder", request["id"])["state"] for request in requests]
    assert ends == ["done", "rejected"]
