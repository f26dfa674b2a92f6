"""References to resources of other APIs, shown in full in the words of the generation that is called."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from core.context import Context
from core.entity import copied
from core.service import Core
from tests.apis.conftest import Ask
from tests.builders.billing import an_account
from tests.builders.catalog import a_characteristic, a_specification, a_use, an_offering, refer
from tests.builders.customer import a_customer
from tests.builders.inventory import a_product
from tests.builders.ordering import an_item, an_order

PRODUCTS = "/tmf-api/productInventory/{}/product"
CUSTOMERS = "/tmf-api/customerManagement/{}/customer"
ORIGIN = "http://brand.example"


@pytest.fixture
def shop(core: Core) -> None:
    """A customer with an account and a product, whose offering has a specification and characteristics."""
    account = {"@type": "AccountRef", "@referredType": "BillingAccount", "id": "b1", "name": "Ada"}
    offering = an_offering(id="o1", specification="s1", prodSpecCharValueUse=[a_use("speed", "fast")])
    refers = {
        "productOffering": refer("ProductOffering", "o1"),
        "productSpecification": refer("ProductSpecification", "s1"),
    }
    with core.work(Context(core.settings.tenant)) as work:
        work.create("Customer", a_customer(id="c1", account=[account]))
        an_account(work)
        work.create("ProductSpecification", a_specification(a_characteristic("color", "red"), id="s1"))
        work.create("ProductOffering", offering)
        work.create("Product", a_product(id="p1", **refers))


def shown(ask: Ask, place: str) -> dict[str, Any]:
    reply = ask("GET", place)
    assert reply.status_code == 200, reply.text
    return reply.json()


@pytest.mark.usefixtures("shop")
def test_a_resource_of_another_api_is_shown_in_the_words_and_at_the_address_of_the_generation(ask: Ask) -> None:
    address = "/tmf-api/productCatalogManagement/{}"
    values = {"v4": "productSpecCharacteristicValue", "v5": "characteristicValueSpecification"}
    for version, word in values.items():
        product = shown(ask, f"{PRODUCTS.format(version)}/p1?expand=productOffering,productSpecification&depth=2")
        [characteristic] = product["productSpecification"]["productSpecCharacteristic"]
        assert characteristic[word][0]["value"] == "red"
        assert characteristic.keys().isdisjoint({*values.values()} - {word})
        offering = product["productOffering"]
        assert offering["href"] == f"{ORIGIN}{address.format(version)}/productOffering/o1"
        assert offering["lifecycleStatus"] == "Launched"
        [inside] = offering["productSpecification"]["productSpecCharacteristic"]
        assert inside.keys() == characteristic.keys()


@pytest.fixture
def plain(core: Core) -> None:
    """A product and an order of it whose references don't say what they refer to."""
    said = {"@type": "ProductOfferingRef", "id": "o1"}
    account = {"@type": "BillingAccountRef", "id": "b1"}
    value = {"@type": "Product", "name": "mine", "productOffering": copied(said)}
    item = an_item(productOffering=copied(said), product=value, billingAccount=copied(account))
    rate = {"@type": "AppliedCustomerBillingRate", "id": "r1", "bill": {"@type": "CustomerBillRef", "id": "bill1"}}
    with core.work(Context(core.settings.tenant)) as work:
        an_account(work)
        work.create("ProductSpecification", a_specification(id="s1", description="of fibre"))
        work.create(
            "ProductOffering",
            an_offering(id="o1", productSpecification={"@type": "ProductSpecificationRef", "id": "s1"}),
        )
        work.create(
            "Product", a_product(id="p1", productOffering=copied(said), product=[{"@type": "ProductRef", "id": "p2"}])
        )
        work.create("Product", a_product(id="p2", name="inside"))
        work.create("ProductOrder", an_order(item, id="order1"))
        work.create("CustomerBill", {"@type": "CustomerBill", "id": "bill1", "category": "normal"})
        work.create("AppliedCustomerBillingRate", rate)


@pytest.mark.usefixtures("plain")
def test_what_the_document_calls_a_reference_is_shown_in_full_though_it_does_not_say_to_what(ask: Ask) -> None:
    for version in ("v4", "v5"):
        product = shown(ask, f"{PRODUCTS.format(version)}/p1?expand=productOffering")
        assert product["productOffering"]["lifecycleStatus"] == "Launched"
        assert "relatedParty" not in product["billingAccount"]
        once = shown(ask, f"{PRODUCTS.format(version)}/p1?depth=1")
        assert "relatedParty" in once["billingAccount"]
        assert "description" not in once["productOffering"]["productSpecification"]
        assert [each["name"] for each in once["product"]] == ["inside"]
        twice = shown(ask, f"{PRODUCTS.format(version)}?id=p1&depth=2")[0]
        assert twice["productOffering"]["productSpecification"]["description"] == "of fibre"
        [item] = shown(ask, f"/tmf-api/productOrderingManagement/{version}/productOrder/order1?depth=1")[
            "productOrderItem"
        ]
        assert item["productOffering"]["lifecycleStatus"] == "Launched"
        assert item["product"]["productOffering"]["lifecycleStatus"] == "Launched"
        assert "relatedParty" in item["billingAccount"]
        rate = shown(ask, f"/tmf-api/customerBillManagement/{version}/appliedCustomerBillingRate/r1?expand=bill")
        assert rate["bill"]["category"] == "normal"


@pytest.mark.usefixtures("plain")
def test_references_are_read_in_one_statement_for_each_kind_and_level(ask: Ask, core: Core) -> None:
    with core.work(Context(core.settings.tenant)) as work:
        for number in range(5):
            work.create("ProductOffering", an_offering(id=f"more{number}"))
            refers = {"productOffering": {"@type": "ProductOfferingRef", "id": f"more{number}"}}
            work.create("Product", a_product(id=f"more{number}", **refers))
    statements: list[str] = []
    event.listen(core.database.reader, "before_cursor_execute", lambda *args: statements.append(args[2]))
    numbers = []
    for query in ("", "expand=productOffering", "depth=1"):
        statements.clear()
        assert len(shown(ask, f"{PRODUCTS.format('v5')}?{query}")) == 7
        numbers.append(len(statements))
    # Offerings; then accounts, customers and products too.
    assert [number - numbers[0] for number in numbers] == [0, 1, 4]


@pytest.mark.usefixtures("shop")
def test_a_customer_of_another_api_is_shown_as_the_generation_words_customers(ask: Ask) -> None:
    [party] = shown(ask, f"{PRODUCTS.format('v4')}/p1?expand=relatedParty")["relatedParty"]
    alone = shown(ask, f"{CUSTOMERS.format('v4')}/c1")
    assert party["engagedParty"] == alone["engagedParty"]
    assert party["engagedParty"]["@type"] == "RelatedParty"
    assert (party["role"], party["href"]) == ("customer", alone["href"])


@pytest.mark.usefixtures("shop")
def test_what_no_api_serves_yet_is_shown_in_the_words_of_the_generation_too(ask: Ask) -> None:
    parties = {
        v: shown(ask, f"{CUSTOMERS.format(v)}/c1?expand=account")["account"][0]["relatedParty"][0] for v in ("v4", "v5")
    }
    assert (parties["v4"]["id"], parties["v4"]["role"]) == ("c1", "customer")
    assert parties["v5"]["partyOrPartyRole"]["id"] == "c1"
