"""What is over stays as it was ordered and done; what merely describes it can still change, and is told of."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from apis.tmf630.shapes import Shapes
from apis.tmf630.specification import load
from core.entity import Document
from core.errors import Conflict
from core.ordering import ProductOrder
from core.ordering.order import ENDED
from core.ordering.states import ORDER
from core.storage.tables import outbox
from tests.builders.ordering import an_item, an_order
from tests.core.ordering.shop import Shop


def an_ended_order(shop: Shop, state: str) -> Document:
    """Return an order that has ended in a state."""
    if state == "completed":
        return shop.fulfilled(an_order(an_item("plan-s")))
    if state == "rejected":
        return shop.order(an_order(an_item("retired")))
    if state == "cancelled":
        return shop.patch(shop.order(an_order(an_item("plan-s")))["id"], state="cancelled")
    order = shop.order(an_order(an_item("plan-s"), requestedStartDate="2026-01-20T12:00:00Z"))
    shop.run(lambda work: work.change("ProductOrder", order["id"], lambda o: o | {"state": "inProgress"}))
    return shop.run(lambda work: work.change("ProductOrder", order["id"], lambda o: o | {"state": state}))


REMARKS: dict[str, Any] = {
    "description": "late",
    "note": [{"@type": "Note", "text": "The customer has called."}],
    "externalId": [{"@type": "ExternalIdentifier", "id": "CRM-7"}],
    "category": "b2c",
    "notificationContact": "ada@example.com",
    "priority": "4",
    "shelf": {"row": 7},
}


@pytest.mark.parametrize("state", sorted(state for state in ORDER.states if ORDER.is_final(state)))
def test_an_order_that_is_over_can_be_described(shop: Shop, state: str) -> None:
    order = an_ended_order(shop, state)
    assert order["state"] == state
    told = len(shop.events("ProductOrder"))
    # As a caller does who sends back all that was read.
    assert shop.patch(order["id"], **order, **REMARKS) == order | REMARKS
    assert shop.events("ProductOrder")[told:] == [("AttributeValueChange", state)]
    with shop.core.database.reading() as connection:
        changed = connection.execute(select(outbox.c.changed).order_by(outbox.c.position.desc()).limit(1)).scalar_one()
    assert sorted(changed) == sorted(REMARKS)
    assert shop.patch(order["id"], **order, **REMARKS) == order | REMARKS
    assert len(shop.events("ProductOrder")) == told + 1


SETTLED: dict[str, Any] = {
    "productOrderItem": [an_item("plan-m")],
    "relatedParty": [],
    "billingAccount": {"@type": "BillingAccountRef", "id": "other"},
    "requestedStartDate": "2026-02-01T00:00:00Z",
    "requestedCompletionDate": "2026-02-01T00:00:00Z",
    "expectedCompletionDate": "2026-02-01T00:00:00Z",
    "orderTotalPrice": [],
    "payment": [],
    "productOrderErrorMessage": [{"@type": "ProductOrderErrorMessage", "code": "x", "reason": "y"}],
}


@pytest.mark.parametrize("attribute", SETTLED)
def test_what_was_ordered_and_done_stays_once_the_order_is_over(shop: Shop, attribute: str) -> None:
    order = shop.fulfilled(an_order(an_item("plan-s")))
    with pytest.raises(Conflict, match=r"^can't be changed: the order is completed") as refusal:
        shop.patch(order["id"], description="late", **{attribute: SETTLED[attribute]})
    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [(attribute, "orderEnded")]
    assert shop.get("ProductOrder", order["id"]) == order


def test_an_order_that_is_over_stays_over(shop: Shop) -> None:
    order = shop.fulfilled(an_order(an_item("plan-s")))
    with pytest.raises(Conflict) as refusal:
        shop.patch(order["id"], state="acknowledged")
    assert refusal.value.faults[0].path == "state"


def test_of_every_attribute_it_is_known_whether_it_may_change_after_the_end() -> None:
    attributes = load("tmf622", "v5").document["components"]["schemas"]["ProductOrder"]
    known = set(Shapes(load("tmf622", "v5").document).of(attributes).properties)
    fixed = ENDED | ProductOrder.unchangeable | {"id", "href"}
    assert known - fixed == REMARKS.keys() - {"shelf"} | {"@baseType", "@schemaLocation"}
