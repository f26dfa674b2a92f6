"""What ordering and billing work from in a product that came of an order, only orders change."""

from __future__ import annotations

from typing import Any

import pytest

from core.entity import Document
from core.errors import Conflict
from core.inventory import Sighting, guide
from tests.builders.inventory import a_customer_party, a_product, characteristics, part_of
from tests.builders.ordering import a_change, an_item, an_order, with_characteristics
from tests.core.ordering.shop import Shop

NUMBER, OTHER = "+4915112345678", "+4915112345679"


@pytest.fixture
def line(shop: Shop) -> Document:
    """A line of customer-1 with a number, sold as plan-s."""
    return shop.product(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))


def patch(shop: Shop, product: Document, **attributes: Any) -> Document:
    """Change a product as a caller does; None takes an attribute away."""

    def changed(document: Document) -> Document:
        return {name: value for name, value in (document | attributes).items() if value is not None}

    return shop.run(lambda work: work.change("Product", product["id"], changed, caller=True))


OF_ANOTHER = {"@type": "BillingAccountRef", "id": "other"}
KEPT: dict[str, list[Any]] = {
    "productOffering": [{"@type": "ProductOfferingRef", "id": "plan-m"}, None],
    "productSpecification": [{"@type": "ProductSpecificationRef", "id": "line-m"}, None],
    "productCharacteristic": [
        [],
        None,
        characteristics(msisdn=OTHER),
        characteristics(msisdn=NUMBER, imsi="262011234567890"),
    ],
    "relatedParty": [[], None, [a_customer_party("customer-2")]],
    "billingAccount": [OF_ANOTHER, None],
    "productRelationship": [part_of("another"), part_of("another", "reliesOn")],
    "orderDate": ["2026-01-01T00:00:00Z", None],
    "startDate": ["2026-01-01T00:00:00Z", None],
    "terminationDate": ["2026-01-01T00:00:00Z"],
}


@pytest.mark.parametrize(("attribute", "value"), [(name, value) for name in KEPT for value in KEPT[name]])
def test_a_caller_cannot_change_what_was_ordered(shop: Shop, line: Document, attribute: str, value: Any) -> None:
    with pytest.raises(Conflict, match=r"^can't be changed.*order") as refusal:
        patch(shop, line, description="x", **{attribute: value})
    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [(attribute, "changedByOrder")]
    assert shop.get("Product", line["id"]) == line


def test_every_attribute_is_named_that_only_an_order_changes(shop: Shop, line: Document) -> None:
    with pytest.raises(Conflict) as refusal:
        patch(shop, line, productCharacteristic=[], relatedParty=[], productOffering={"id": "plan-m"})
    faults = [(fault.path, "'modify'" in fault.reason) for fault in refusal.value.faults]
    assert faults == [("productCharacteristic", True), ("productOffering", True), ("relatedParty", False)]
    with shop.core.reading(shop.context) as reading:
        assert guide(reading, [Sighting("msisdn", NUMBER, reading.now)])


def test_what_describes_a_product_can_be_changed(shop: Shop, line: Document) -> None:
    contact = {"@type": "RelatedPartyOrPartyRole", "role": "user", "partyOrPartyRole": {"@type": "PartyRef", "id": "p"}}
    named = {**line["relatedParty"][0]["partyOrPartyRole"], "name": "Ada L."}
    news: dict[str, Any] = {
        "name": "Ada's phone",
        "description": "x",
        "place": [{"@type": "RelatedPlace"}],
        "relatedParty": [contact, {**line["relatedParty"][0], "partyOrPartyRole": named}],
        # The same number, spelled otherwise.
        "productCharacteristic": characteristics(msisdn="0049 151 12345678", color="blue", label="work"),
        "productRelationship": part_of("another", "requires"),
        "billingAccount": {**line["billingAccount"], "name": "Household"},
        "shelf": {"row": 7},
        "status": "suspended",
    }
    assert patch(shop, line, **news) == line | news
    with shop.core.reading(shop.context) as reading:
        assert guide(reading, [Sighting("msisdn", NUMBER, reading.now)])


def test_an_order_changes_what_a_caller_cannot(shop: Shop, line: Document) -> None:
    change = a_change(line["id"], product=with_characteristics(msisdn=OTHER), billingAccount=OF_ANOTHER)
    changed = shop.product(an_order(change))
    assert changed["billingAccount"]["id"] == "other"
    assert changed["productCharacteristic"][0]["value"] == OTHER


def test_a_part_stays_part_of_its_bundle(shop: Shop) -> None:
    shop.fulfilled(an_order(an_item("bundle", product={"@type": "Product"})))
    plan = shop.sold_as("plan-m")
    with pytest.raises(Conflict) as refusal:
        patch(shop, plan, productRelationship=[])
    assert [fault.path for fault in refusal.value.faults] == ["productRelationship"]


def test_what_has_ended_stays_as_it_was_sold_even_when_its_order_is_gone(shop: Shop, line: Document) -> None:
    ended = shop.product(an_order(a_change(line["id"], "delete")))
    for reference in ended["productOrderItem"]:
        shop.run(lambda work, order=reference["orderId"]: work.delete("ProductOrder", order))  # type: ignore[misc]
    with pytest.raises(Conflict, match="it is set when an order with the action 'delete' ends the product"):
        patch(shop, ended, terminationDate="2026-01-01T00:00:00Z")
    assert patch(shop, ended, description="x")["description"] == "x"


@pytest.mark.parametrize("status", ["created", "active"])
def test_a_product_that_no_order_led_to_is_the_callers_own(shop: Shop, status: str) -> None:
    elsewhere = [{"@type": "RelatedOrderItem", "orderId": "of another system", "orderItemId": "1"}]
    own = a_product(status=status, productCharacteristic=characteristics(msisdn=NUMBER), productOrderItem=elsewhere)
    product = shop.run(lambda work: work.create("Product", own))
    news = {
        "productOffering": {"@type": "ProductOfferingRef", "id": "plan-m"},
        "productCharacteristic": characteristics(msisdn=OTHER),
        "relatedParty": [a_customer_party("customer-2")],
        "billingAccount": OF_ANOTHER,
    }
    assert patch(shop, product, **news) == product | news
