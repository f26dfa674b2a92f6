"""Attribute selection keeps what was asked for and what can't go missing."""

from __future__ import annotations

from typing import Any

from apis.tmf630.fields import read_selection, select
from apis.tmf630.version import ServedResource
from tests.apis.served import resource

CUSTOMER: dict[str, Any] = {
    "id": "c1",
    "href": "https://example.org/c1",
    "@type": "Customer",
    "name": "Ada",
    "status": "Approved",
    "engagedParty": {"@type": "PartyRef", "id": "p1", "name": "Ada", "role": "x"},
    "contactMedium": [
        {"@type": "EmailContactMedium", "emailAddress": "a@example.org", "preferred": True},
        {"@type": "PhoneContactMedium", "phoneNumber": "1"},
    ],
    "loyalty": {"level": 1, "since": "2020"},
}


def selected(fields: str) -> dict[str, Any]:
    customer = resource("tmf629", "Customer")
    selection = read_selection([("fields", fields)])
    return select(CUSTOMER, selection, customer.schema, customer.version.shapes)


def kept(resource: ServedResource, document: dict[str, Any], fields: str) -> set[str]:
    selection = read_selection([("fields", fields)])
    return {*select(document, selection, resource.schema, resource.version.shapes, resource.mandatory)}


def test_without_fields_everything_stays() -> None:
    assert read_selection([("name", "x")]) is None


def test_first_level_attributes_are_selected_whole() -> None:
    assert selected("name,contactMedium").keys() == {"id", "href", "@type", "name", "contactMedium"}


def test_identifier_address_and_type_always_stay() -> None:
    for fields in ("none", "", "unheardOf", " , "):
        assert selected(fields).keys() == {"id", "href", "@type"}


def test_an_extension_stays_with_what_it_is_based_on() -> None:
    customer = resource("tmf629", "Customer")
    extended = {"id": "c1", "@type": "BusinessCustomer", "@baseType": "Customer", "name": "Ada", "status": "Approved"}
    assert kept(customer, extended, "status") >= {"@type", "@baseType", "status"}
    located = {"id": "c1", "@type": "BusinessCustomer", "@schemaLocation": "https://example.org/s.json", "name": "Ada"}
    assert kept(customer, located, "none") >= {"@type", "@schemaLocation"}


def test_what_creation_demands_stays() -> None:
    order = {"id": "o1", "@type": "ProductOrder", "state": "held", "productOrderItem": [], "note": []}
    assert kept(resource("tmf622", "ProductOrder"), order, "note") == {"id", "@type", "productOrderItem", "note"}


def test_what_nobody_creates_has_nothing_mandatory() -> None:
    bill = {"id": "b1", "@type": "CustomerBill", "billNo": "1", "state": "new"}
    assert kept(resource("tmf678", "CustomerBill"), bill, "state") == {"id", "@type", "state"}


def test_attributes_are_selected_below_objects_and_arrays() -> None:
    shown = selected("engagedParty.name, contactMedium.emailAddress")
    assert shown["engagedParty"] == {"@type": "PartyRef", "id": "p1", "name": "Ada"}
    assert shown["contactMedium"] == [
        {"@type": "EmailContactMedium", "emailAddress": "a@example.org"},
        {"@type": "PhoneContactMedium"},
    ]


def test_the_whole_wins_over_a_part_of_it() -> None:
    assert selected("engagedParty.name,engagedParty")["engagedParty"] == CUSTOMER["engagedParty"]
    assert selected("engagedParty,engagedParty.name")["engagedParty"] == CUSTOMER["engagedParty"]


def test_extensions_can_be_selected() -> None:
    assert selected("loyalty")["loyalty"] == CUSTOMER["loyalty"]
    assert selected("loyalty.level")["loyalty"] == {"level": CUSTOMER["loyalty"]["level"]}


def test_a_path_may_be_longer_than_anything_is_deep() -> None:
    assert selected(".".join(["name"] * 20_000)).keys() == {"id", "href", "@type", "name"}
