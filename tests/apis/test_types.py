"""`@type` is filled in wherever it is absent and certain."""

from __future__ import annotations

from typing import Any

from core.entity import copied
from core.usage.wording import billed
from tests.apis.served import resource


def filled(api: str, name: str, document: dict[str, Any]) -> dict[str, Any]:
    served = resource(api, name)
    served.version.types.fill(document, served.schema)
    return document


def test_types_are_filled_in_at_every_level() -> None:
    document = {
        "engagedParty": {"id": "p1"},
        "creditProfile": [{"creditScore": 1}],
        "account": [{"id": "a1"}, {"id": "a2", "@type": "MyAccountRef"}],
    }
    assert filled("tmf629", "Customer", document) == {
        "@type": "Customer",
        "engagedParty": {"id": "p1", "@type": "PartyRef"},
        "creditProfile": [{"creditScore": 1, "@type": "CreditProfile"}],
        "account": [{"id": "a1", "@type": "AccountRef"}, {"id": "a2", "@type": "MyAccountRef"}],
    }


def test_a_type_that_was_sent_stays_and_so_does_its_base() -> None:
    document = {"@type": "VipCustomer", "@baseType": "Customer"}
    assert filled("tmf629", "Customer", dict(document)) == document


def test_subtypes_are_followed_by_the_type_that_was_sent() -> None:
    medium = {"@type": "GeographicAddressContactMedium", "geographicAddress": {"id": "g1"}}
    document = filled("tmf629", "Customer", {"contactMedium": [medium]})
    assert document["contactMedium"][0]["geographicAddress"]["@type"] == "GeographicAddressRef"


def test_one_of_several_schemas_is_left_alone() -> None:
    document = filled("tmf629", "Customer", {"relatedParty": [{"role": "x", "partyOrPartyRole": {"id": "1"}}]})
    assert document["relatedParty"][0] == {
        "role": "x",
        "partyOrPartyRole": {"id": "1"},
        "@type": "RelatedPartyOrPartyRole",
    }


def test_objects_without_a_type_in_the_schema_get_none() -> None:
    document = filled("tmf620", "ProductOfferingPrice", {"price": {"unit": "EUR", "value": 1}, "extension": {"a": {}}})
    assert document["price"] == {"unit": "EUR", "value": 1}
    assert document["extension"] == {"a": {}}


def test_values_that_do_not_fit_the_schema_are_passed_by() -> None:
    assert filled("tmf635", "Usage", {"usageCharacteristic": [[{"a": 1}], "x"], "usageType": {"x": 1}}) == {
        "usageCharacteristic": [[{"a": 1}], "x"],
        "usageType": {"x": 1},
        "@type": "Usage",
    }


def test_a_billed_usage_as_billing_leaves_it_has_all_its_types() -> None:
    usage = {"@type": "Usage", "ratedProductUsage": [{"@type": "RatedProductUsage"}]}
    stored = billed(usage, ["line-1"])
    filled = copied(stored)
    served = resource("tmf635", "Usage")
    served.version.types.fill(filled, served.canonical)
    assert filled == stored, "a PATCH would be told that it changes ratedProductUsage"
