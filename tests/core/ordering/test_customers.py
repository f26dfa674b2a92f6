"""Whose order it is: a customer is named by its own identifier, or by a party that no other customer has."""

from __future__ import annotations

import pytest

from core.entity import Document
from tests.builders.customer import a_customer
from tests.builders.ordering import CUSTOMER, a_related_party, an_item, an_order
from tests.core.ordering.shop import Shop, faults

PLACE = "relatedParty[0].partyOrPartyRole.id"


@pytest.fixture
def party(shop: Shop) -> str:
    """The party of the shop's first customer."""
    identifier: str = shop.get("Customer", CUSTOMER)["engagedParty"]["id"]
    return identifier


def sign_up(shop: Shop, identifier: str, party: str) -> None:
    """Create another customer that has a party."""
    engaged = {"@type": "PartyRef", "@referredType": "Individual", "id": party}
    shop.run(lambda work: work.create("Customer", a_customer(id=identifier, engagedParty=engaged)))


def by(identifier: str, kind: str | None, **attributes: object) -> Document:
    """An order of whom a reference leads to; None doesn't say what it refers to."""
    related = a_related_party(identifier, kind=kind or "")
    if kind is None:
        del related["partyOrPartyRole"]["@referredType"]
    return an_order(an_item("plan-s"), relatedParty=[related], **attributes)


def buyer(shop: Shop, order: Document) -> str:
    """Return who has the product of an order."""
    identifier: str = shop.product(order)["relatedParty"][0]["partyOrPartyRole"]["id"]
    return identifier


@pytest.mark.parametrize("kind", ["Individual", "Organization", None])
def test_a_party_is_the_only_customer_that_has_it(shop: Shop, party: str, kind: str | None) -> None:
    assert buyer(shop, by(party, kind)) == CUSTOMER


def test_what_says_that_it_is_a_customer_is_no_party(shop: Shop, party: str) -> None:
    order = shop.order(by(party, "Customer"))
    assert (order["state"], faults(order)) == ("held", [(PLACE, "unknownCustomer")])


def test_a_party_whose_identifier_a_customer_has_is_still_the_party(shop: Shop, party: str) -> None:
    sign_up(shop, party, "somebody-else")
    assert buyer(shop, by(party, "Individual")) == CUSTOMER
    assert buyer(shop, by(party, "Customer")) == party
    assert buyer(shop, by(party, None)) == party


def test_a_party_without_a_customer_may_be_a_customers_identifier(shop: Shop) -> None:
    assert buyer(shop, by(CUSTOMER, "Individual")) == CUSTOMER


@pytest.mark.parametrize("kind", ["Individual", None])
def test_a_party_that_several_customers_have_is_refused(shop: Shop, party: str, kind: str | None) -> None:
    sign_up(shop, "second", party)
    sign_up(shop, "third", party)
    order = shop.order(by(party, kind))
    assert (order["state"], faults(order)) == ("rejected", [(PLACE, "ambiguousCustomer")])
    assert "@referredType 'Customer'" in order["productOrderErrorMessage"][0]["reason"]


def test_an_account_says_which_of_several_is_meant(shop: Shop, party: str) -> None:
    account = shop.fulfilled(by(CUSTOMER, "Customer"))["billingAccount"]
    sign_up(shop, "second", party)
    assert buyer(shop, by(party, "Individual", billingAccount=account)) == CUSTOMER


def test_an_accepted_order_stays_with_its_customer_when_another_gets_the_party(shop: Shop, party: str) -> None:
    order = shop.order(by(party, "Individual"))
    sign_up(shop, "second", party)
    shop.work_off()
    assert shop.get("ProductOrder", order["id"])["state"] == "completed"
    assert shop.sold_as("plan-s")["relatedParty"][0]["partyOrPartyRole"]["id"] == CUSTOMER
