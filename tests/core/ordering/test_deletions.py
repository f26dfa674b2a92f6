"""What is deleted while it is being ordered: one of the two comes first, and the other one knows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from core.errors import Conflict
from core.service import Work
from tests.builders.customer import a_customer
from tests.builders.ordering import an_item, an_order
from tests.core.ordering.shop import Shop, faults

WHILE = 1


def meanwhile(shop: Shop, first: Callable[[Work], Any], then: Callable[[Work], Any]) -> Future[Any]:
    """Do `first` in a transaction that stays open for a moment, `then` in one that begins before it has ended."""
    with ThreadPoolExecutor() as other, shop.core.work(shop.context) as work:
        first(work)
        second = other.submit(shop.core.run, shop.context, then)
        with pytest.raises(TimeoutError):
            second.result(WHILE)
    return second


def test_an_offering_that_is_being_ordered_can_not_be_deleted(shop: Shop) -> None:
    refused = meanwhile(
        shop,
        lambda work: work.create("ProductOrder", an_order(an_item("data"))),
        lambda work: work.delete("ProductOffering", "data"),
    )
    with pytest.raises(Conflict, match="open orders"):
        refused.result()


def test_an_order_for_an_offering_that_is_being_deleted_is_held(shop: Shop) -> None:
    shop.run(lambda work: work.create("ProductOffering", {**work.require("ProductOffering", "data"), "id": "short"}))
    placed = meanwhile(
        shop,
        lambda work: work.delete("ProductOffering", "short"),
        lambda work: work.create("ProductOrder", an_order(an_item("short"))),
    ).result()
    assert placed["state"] == "held"
    assert ("productOrderItem[0].productOffering.id", "unknownOffering") in faults(placed)


def test_an_order_of_a_customer_who_is_being_deleted_is_held(shop: Shop) -> None:
    shop.run(lambda work: work.create("Customer", a_customer(id="leaving")))
    placed = meanwhile(
        shop,
        lambda work: work.delete("Customer", "leaving"),
        lambda work: work.create("ProductOrder", an_order(an_item("plan-s"), customer="leaving")),
    ).result()
    assert placed["state"] == "held"
    assert faults(placed) == [("relatedParty[0].partyOrPartyRole.id", "unknownCustomer")]
