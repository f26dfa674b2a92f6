"""What ordering writes into orders, cancellations and products is what the specifications describe."""

from __future__ import annotations

import pytest

from apis.tmf630.specification import load
from apis.tmf630.validation import Validators
from core.entity import Document
from core.inventory import PRODUCT
from core.ordering.states import CANCELLATION, ITEM_STATES, ORDER
from tests.builders.ordering import an_item, an_order, with_characteristics
from tests.core.ordering.shop import Shop


def complaints(api: str, schema: str, document: Document) -> list[str]:
    """Return what a v5 specification has against a document."""
    validators = Validators(load(api, "v5").document)
    found = validators.of({"$ref": f"#/components/schemas/{schema}"}).faults(document)
    return [f"{fault.path}: {fault.reason}" for fault in found]


@pytest.mark.parametrize(
    ("api", "schema", "states"),
    [
        ("tmf622", "ProductOrderStateType", ORDER.states),
        ("tmf622", "ProductOrderItemStateType", ITEM_STATES),
        ("tmf622", "TaskStateType", CANCELLATION.states),
        ("tmf637", "ProductStatusType", PRODUCT.states),
    ],
)
def test_a_table_of_moves_has_the_states_of_its_specification(api: str, schema: str, states: frozenset[str]) -> None:
    assert states == set(load(api, "v5").schema(schema)["enum"])


def test_a_completed_order_and_its_products_keep_to_the_specifications(shop: Shop) -> None:
    plan = an_item("plan-m", id="p", product=with_characteristics(msisdn="+4915112345678"))
    bundle = an_item("bundle", plan, an_item("handset", id="h"), id="b")
    order = shop.fulfilled(an_order(bundle, an_item("plan-s", an_item("data", id="3"), id="2")))
    assert order["state"] == "completed"
    assert complaints("tmf622", "ProductOrder", order) == []
    assert [complaints("tmf637", "Product", product) for product in shop.products()] == [[]] * 5


def test_judged_and_cancelled_orders_and_the_request_keep_to_the_specification(shop: Shop) -> None:
    held, rejected = shop.order(an_order(an_item("elsewhere"))), shop.order(an_order(an_item("retired")))
    request = {"@type": "CancelProductOrder", "productOrder": {"@type": "ProductOrderRef", "id": held["id"]}}
    for _ in range(2):
        task = shop.run(lambda work: work.create("CancelProductOrder", dict(request)))
        assert complaints("tmf622", "CancelProductOrder", task) == []
    for order in (held, rejected, shop.get("ProductOrder", held["id"])):
        assert complaints("tmf622", "ProductOrder", order) == []
