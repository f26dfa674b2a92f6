"""Every fault of an order is named by its path and code, and leads to the right state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.entity import Document
from tests.builders.customer import a_customer, an_account_reference
from tests.builders.inventory import part_of
from tests.builders.ordering import (
    CUSTOMER,
    a_change,
    a_related_party,
    an_item,
    an_order,
    relying_on,
    with_characteristics,
)
from tests.core.ordering.shop import Shop, faults

NUMBER = "+4915112345678"


def money(value: str, unit: str = "EUR") -> Document:
    """An item price of so much."""
    amount = {"unit": unit, "value": Decimal(value)}
    return {"@type": "OrderPrice", "price": {"@type": "Price", "dutyFreeAmount": amount}}


ITEM = "productOrderItem[0]"
HELD: dict[str, tuple[Document, str, str]] = {
    "nobody orders": (an_order(an_item("plan-s"), customer=None), "relatedParty", "customerMissing"),
    "an unknown customer orders": (
        an_order(an_item("plan-s"), customer="stranger"),
        "relatedParty[0].partyOrPartyRole.id",
        "unknownCustomer",
    ),
    "nothing is added": (an_order(an_item()), f"{ITEM}.productOffering", "offeringMissing"),
    "an offering is another system's": (
        an_order(an_item("elsewhere")),
        f"{ITEM}.productOffering.id",
        "unknownOffering",
    ),
    "the product's offering is unknown": (
        an_order(an_item(product={"@type": "Product", "productOffering": {"id": "elsewhere"}})),
        f"{ITEM}.product.productOffering.id",
        "unknownOffering",
    ),
    "nothing is changed": (an_order(an_item(action="modify")), f"{ITEM}.product.id", "productMissing"),
    "nothing is ended": (an_order(an_item(action="delete")), f"{ITEM}.product.id", "productMissing"),
    "an unknown product is ended": (
        an_order(a_change("elsewhere", "delete")),
        f"{ITEM}.product.id",
        "unknownProduct",
    ),
    "an addition relies on an unknown product": (
        an_order(an_item("data", product={"@type": "Product", "productRelationship": part_of("x", "reliesOn")})),
        f"{ITEM}.product.productRelationship[0].id",
        "unknownProduct",
    ),
}
REJECTED: dict[str, tuple[Document, str, str]] = {
    "several customers order": (
        an_order(an_item("plan-s"), relatedParty=[a_related_party(CUSTOMER), a_related_party("customer-2")]),
        "relatedParty",
        "severalCustomers",
    ),
    "the customer isn't served": (
        an_order(an_item("plan-s"), customer="closed"),
        "relatedParty[0].partyOrPartyRole.id",
        "customerNotServed",
    ),
    "another customer is to pay": (
        an_order(an_item("plan-s"), billingAccount=an_account_reference("account-2")),
        "billingAccount.id",
        "accountOfAnotherCustomer",
    ),
    "another customer is to pay an item": (
        an_order(an_item("plan-s", billingAccount=an_account_reference("account-2"))),
        f"{ITEM}.billingAccount.id",
        "accountOfAnotherCustomer",
    ),
    "completion is wished before the start": (
        an_order(
            an_item("plan-s"),
            requestedStartDate="2026-02-01T00:00:00Z",
            requestedCompletionDate="2026-01-31T23:59:59+00:00",
        ),
        "requestedCompletionDate",
        "completionBeforeStart",
    ),
    "two items have one identifier": (
        an_order(an_item("plan-s"), an_item("data")),
        "productOrderItem[1].id",
        "duplicateItem",
    ),
    "an item inside has the identifier of another": (
        an_order(an_item("plan-s", an_item("data"))),
        f"{ITEM}.productOrderItem[0].id",
        "duplicateItem",
    ),
    "nothing of it is ordered": (an_order(an_item("plan-s", quantity=0)), f"{ITEM}.quantity", "invalidQuantity"),
    "too much is ordered": (an_order(an_item("plan-s", quantity=10**30)), f"{ITEM}.quantity", "invalidQuantity"),
    "an item relies on nothing": (
        an_order(an_item("plan-s", productOrderItemRelationship=relying_on("9"))),
        f"{ITEM}.productOrderItemRelationship[0].id",
        "unknownItem",
    ),
    "an item relies on itself": (
        an_order(an_item("plan-s", an_item("data", id="2", productOrderItemRelationship=relying_on("1")))),
        f"{ITEM}.productOrderItemRelationship",
        "circularItems",
    ),
    "the offering is retired": (an_order(an_item("retired")), f"{ITEM}.productOffering.id", "offeringNotLaunched"),
    "the offering is sold in bundles only": (
        an_order(an_item("hidden")),
        f"{ITEM}.productOffering.id",
        "offeringNotSellable",
    ),
    "a characteristic is unknown": (
        an_order(an_item("plan-s", product=with_characteristics(taste="sweet"))),
        f"{ITEM}.product.productCharacteristic[0].name",
        "unknownCharacteristic",
    ),
    "a value isn't allowed": (
        an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER, color="pink"))),
        f"{ITEM}.product.productCharacteristic[1].value",
        "valueNotAllowed",
    ),
    "a number is none": (
        an_order(an_item("plan-s", product=with_characteristics(msisdn="0151"))),
        f"{ITEM}.product.productCharacteristic[0].value",
        "numberInvalid",
    ),
    "a number is ordered for two": (
        an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER), quantity=2)),
        f"{ITEM}.quantity",
        "quantityOfNumber",
    ),
    "two items ask for one number": (
        an_order(
            an_item("plan-s", product=with_characteristics(msisdn=NUMBER)),
            an_item("plan-m", id="2", product=with_characteristics(msisdn="0049 151 12345678")),
        ),
        "productOrderItem[1].product.productCharacteristic[0].value",
        "numberNamedTwice",
    ),
    "a price is in no currency": (
        an_order(an_item("plan-s", itemPrice=[money("1.00", "XYZ")])),
        f"{ITEM}.itemPrice[0].price.dutyFreeAmount.unit",
        "unknownCurrency",
    ),
    "a price is negative": (
        an_order(an_item("plan-s", itemTotalPrice=[money("0"), money("-0.01")])),
        f"{ITEM}.itemTotalPrice[1].price.dutyFreeAmount.value",
        "negativeAmount",
    ),
    "the total is negative": (
        an_order(an_item("plan-s"), orderTotalPrice=[money("-1")]),
        "orderTotalPrice[0].price.dutyFreeAmount.value",
        "negativeAmount",
    ),
    "an alteration is in no currency": (
        an_order(an_item("plan-s", itemPrice=[money("1") | {"priceAlteration": [money("-1", "??")]}])),
        f"{ITEM}.itemPrice[0].priceAlteration[0].price.dutyFreeAmount.unit",
        "unknownCurrency",
    ),
    "a product's identifier is too long": (
        an_order(an_item("plan-s", product={"@type": "Product", "id": "x" * 256})),
        f"{ITEM}.product.id",
        "identifierTooLong",
    ),
}


@pytest.fixture
def crowd(shop: Shop) -> Shop:
    """The shop with a customer who isn't served, and an account of the second customer."""

    def gather(work: Any) -> None:
        work.create("Customer", a_customer(id="closed", status="Closed"))
        party = {"role": "customer", "partyOrPartyRole": {"id": "customer-2"}}
        work.create("BillingAccount", {"id": "account-2", "relatedParty": [party]})

    shop.run(gather)
    return shop


@pytest.mark.parametrize(("order", "path", "code"), HELD.values(), ids=HELD)
def test_an_order_is_held_where_something_can_be_supplied(crowd: Shop, order: Document, path: str, code: str) -> None:
    judged = crowd.order(order)
    assert (judged["state"], faults(judged)) == ("held", [(path, code)])


@pytest.mark.parametrize(("order", "path", "code"), REJECTED.values(), ids=REJECTED)
def test_an_order_is_rejected_where_a_rule_forbids_it(crowd: Shop, order: Document, path: str, code: str) -> None:
    judged = crowd.order(order)
    assert (judged["state"], faults(judged)) == ("rejected", [(path, code)])
    assert all(item["state"] == "rejected" for item in judged["productOrderItem"])


def test_all_faults_are_named_and_what_is_forbidden_prevails(shop: Shop) -> None:
    judged = shop.order(an_order(an_item("elsewhere"), an_item("retired", id="2", quantity=-1), customer=None))
    assert judged["state"] == "rejected"
    assert set(faults(judged)) == {
        ("relatedParty", "customerMissing"),
        ("productOrderItem[0].productOffering.id", "unknownOffering"),
        ("productOrderItem[1].productOffering.id", "offeringNotLaunched"),
        ("productOrderItem[1].quantity", "invalidQuantity"),
    }


def test_the_customer_may_be_named_by_the_engaged_party(shop: Shop) -> None:
    party = shop.get("Customer", CUSTOMER)["engagedParty"]["id"]
    product = shop.product(an_order(an_item("plan-s"), relatedParty=[a_related_party(party, "Customer", "Individual")]))
    assert product["relatedParty"][0]["partyOrPartyRole"]["id"] == CUSTOMER


def test_a_related_party_that_is_a_customer_needs_no_role(shop: Shop) -> None:
    agent = a_related_party("agent-7", "salesAgent", "Individual")
    order = an_order(an_item("plan-s"), relatedParty=[agent, a_related_party(CUSTOMER, "buyer")])
    assert shop.order(order)["state"] == "acknowledged"


def test_a_mandatory_characteristic_is_missed_at_the_list(shop: Shop) -> None:
    mandatory = {"@type": "CharacteristicSpecification", "name": "iban", "minCardinality": 1}
    shop.run(
        lambda w: w.change("ProductSpecification", "line-m", lambda d: d | {"productSpecCharacteristic": [mandatory]})
    )
    judged = shop.order(an_order(an_item("plan-m")))
    assert faults(judged) == [("productOrderItem[0].product.productCharacteristic", "missingCharacteristic")]


def test_a_number_of_a_live_product_is_refused_until_that_ends(shop: Shop) -> None:
    line = shop.product(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
    again = an_order(an_item("plan-m", product=with_characteristics(msisdn=NUMBER)))
    assert faults(shop.order(again)) == [("productOrderItem[0].product.productCharacteristic[0].value", "numberInUse")]
    shop.fulfilled(an_order(a_change(line["id"], "delete")))
    assert shop.product(again)["status"] == "active"


def test_a_number_that_an_order_waits_with_is_taken_until_that_is_cancelled(shop: Shop) -> None:
    def wanted() -> Document:
        return an_order(
            an_item("plan-s", product=with_characteristics(msisdn=NUMBER)), requestedStartDate="2026-03-01T00:00:00Z"
        )

    first = shop.order(wanted())
    assert shop.order(wanted())["state"] == "rejected"
    shop.patch(first["id"], state="cancelled")
    assert shop.order(wanted())["state"] == "acknowledged"


def test_only_a_live_product_of_the_customer_is_changed_or_ended(shop: Shop) -> None:
    mine = shop.product(an_order(an_item("plan-s")))
    theirs = shop.product(an_order(an_item("plan-s"), customer="customer-2"))
    assert faults(shop.order(an_order(a_change(theirs["id"], "delete")))) == [
        ("productOrderItem[0].product.id", "productOfAnotherCustomer")
    ]
    relying = {"@type": "Product", "productRelationship": part_of(theirs["id"], "reliesOn")}
    assert faults(shop.order(an_order(an_item("data", product=relying)))) == [
        ("productOrderItem[0].product.productRelationship[0].id", "productOfAnotherCustomer")
    ]
    assert faults(shop.order(an_order(a_change(mine["id"], "add", productOffering={"id": "plan-s"})))) == [
        ("productOrderItem[0].product.id", "productExists")
    ]
    both = an_order(a_change(mine["id"]), a_change(mine["id"], "delete", id="2"))
    assert faults(shop.order(both)) == [("productOrderItem[1].product.id", "productNamedTwice")]
    shop.fulfilled(an_order(a_change(mine["id"], "delete")))
    assert faults(shop.order(an_order(a_change(mine["id"])))) == [("productOrderItem[0].product.id", "productNotLive")]


def test_a_line_with_a_number_stays_one(shop: Shop) -> None:
    line = shop.product(an_order(an_item("plan-s", product=with_characteristics(msisdn=NUMBER))))
    three = shop.product(an_order(an_item("plan-s", quantity=3)))
    refused = [("productOrderItem[0].quantity", "quantityOfNumber")]
    assert faults(shop.order(an_order(a_change(line["id"], quantity=3)))) == refused
    number = with_characteristics(msisdn="+4915112345679")
    assert faults(shop.order(an_order(a_change(three["id"], product=number)))) == refused
    assert shop.order(an_order(a_change(three["id"], product=number, quantity=1)))["state"] == "acknowledged"


def test_a_price_that_cant_be_billed_is_not_agreed_on_by_a_change_either(shop: Shop) -> None:
    data = shop.product(an_order(an_item("data")))
    dollars = {"unit": "USD", "value": Decimal(1)}
    shop.run(lambda work: work.change("ProductOfferingPrice", "fee-data", lambda price: price | {"price": dollars}))
    judged = shop.order(an_order(a_change(data["id"], quantity=2)))
    assert faults(judged) == [("productOrderItem[0].product.id", "foreignCurrency")]
    assert "price.unit" in judged["productOrderErrorMessage"][0]["reason"]
    assert shop.order(an_order(an_item("data")))["state"] == "rejected"


def test_a_status_that_an_order_cant_bring_about_is_refused(shop: Shop) -> None:
    mine = shop.product(an_order(an_item("plan-s")))
    assert faults(shop.order(an_order(a_change(mine["id"], product={"status": "created"})))) == [
        ("productOrderItem[0].product.status", "illegalLifecycleMove")
    ]
