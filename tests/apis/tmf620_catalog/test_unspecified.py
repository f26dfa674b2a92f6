"""What v4 shows of offerings without a specification and of bundles without parts, over HTTP on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.conftest import Ask
from tests.contract.customers import MERGE, OPERATIONS

OLD = "/tmf-api/productCatalogManagement/v4"
NEW = "/tmf-api/productCatalogManagement/v5"
POINTER = {"@type": "ProductSpecificationRef", "id": "unspecified"}
BODIES: dict[str, dict[str, Any]] = {
    "none": {"name": "Plan"},
    "some": {"name": "Other plan", "productSpecification": {"id": "line"}},
    "pack": {"name": "Pack", "bundledProductOffering": [{"id": "none"}, {"id": "some"}]},
    "void": {"name": "Void", "isBundle": True},
}


@pytest.fixture
def offerings(ask: Ask) -> Ask:
    """Create the offerings in v4, and send more."""
    for identifier, body in BODIES.items():
        reply = ask("POST", f"{OLD}/productOffering", json={"id": identifier, **body})
        assert reply.status_code == 201, reply.text
    return ask


def shown(ask: Ask, base: str, identifier: str) -> dict[str, Any]:
    """Return an offering."""
    reply = ask("GET", f"{base}/productOffering/{identifier}")
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def test_every_offering_in_v4_has_what_kits_look_for(offerings: Ask) -> None:
    found = {each["id"]: each for each in offerings("GET", f"{OLD}/productOffering").json()}
    assert {name: each.get("productSpecification", {}).get("id") for name, each in found.items()} == {
        "none": "unspecified",
        "some": "line",
        "pack": None,
        "void": None,
    }
    assert found["none"]["productSpecification"] == POINTER
    assert (len(found["pack"]["bundledProductOffering"]), found["void"]["bundledProductOffering"]) == (2, [])
    assert "bundledProductOffering" not in found["none"]
    for each in offerings("GET", f"{NEW}/productOffering").json():
        assert ("productSpecification" in each, "bundledProductOffering" in each) == (
            each["id"] == "some",
            each["id"] == "pack",
        )


def test_the_pointer_leads_to_a_specification_in_both_generations(offerings: Ask) -> None:
    for base in (OLD, NEW):
        found = offerings("GET", f"{base}/productSpecification/unspecified").json()
        assert (found["name"], found["lifecycleStatus"]) == ("Not specified", "Active")
        assert "name none" in found["description"]
        assert offerings("DELETE", f"{base}/productSpecification/unspecified").status_code == 409
    [expanded] = offerings("GET", f"{OLD}/productOffering?id=none&expand=productSpecification").json()
    assert expanded["productSpecification"]["name"] == "Not specified"


@pytest.mark.parametrize("identifier", BODIES)
def test_who_sends_back_what_v4_shows_says_no_more_than_before(offerings: Ask, identifier: str) -> None:
    before = shown(offerings, NEW, identifier)
    body = {**shown(offerings, OLD, identifier), "description": "changed"}
    for name in ("id", "href", "lastUpdate", "@type"):
        del body[name]
    place = f"{OLD}/productOffering/{identifier}"
    reply = offerings("PATCH", place, json=body, headers={"Content-Type": MERGE})
    assert reply.status_code == 200, reply.text
    after = shown(offerings, NEW, identifier)
    assert after == {**before, "description": "changed", "lastUpdate": after["lastUpdate"]}
    copy = offerings("POST", f"{OLD}/productOffering", json=body).json()
    again = shown(offerings, NEW, copy["id"])
    assert again == {**after, **{name: again[name] for name in ("id", "href", "lastUpdate")}}


def test_what_becomes_a_bundle_or_names_one_is_pointed_there_no_longer(offerings: Ask) -> None:
    place = f"{OLD}/productOffering/none"
    bundle = offerings("PATCH", place, json={"isBundle": True}, headers={"Content-Type": MERGE}).json()
    assert ("productSpecification" in bundle, bundle["bundledProductOffering"]) == (False, [])
    assert "productSpecification" not in shown(offerings, NEW, "none")
    offerings("PATCH", place, json={"isBundle": False}, headers={"Content-Type": MERGE})
    assert shown(offerings, OLD, "none")["productSpecification"] == POINTER
    named = [{"op": "replace", "path": "/productSpecification/id", "value": "line"}]
    offerings("PATCH", place, json=named, headers={"Content-Type": OPERATIONS})
    assert shown(offerings, NEW, "none")["productSpecification"]["id"] == "line"
    offerings("PATCH", place, json={"productSpecification": POINTER}, headers={"Content-Type": MERGE})
    assert "productSpecification" not in shown(offerings, NEW, "none")


def test_filters_of_v4_find_what_is_shown(offerings: Ask) -> None:
    found = {
        "productSpecification.id=unspecified": ["none"],
        "productSpecification.id!=unspecified": ["pack", "some", "void"],
        "productSpecification.id=line": ["some"],
        "productSpecification.id!=line": ["none", "pack", "void"],
        "productSpecification.id>l": ["none", "some"],
        "filter=$[?(@.productSpecification)]": ["none", "some"],
        "filter=$[?(@.bundledProductOffering)]": ["pack", "void"],
        "bundledProductOffering.id=none": ["pack"],
    }

    def of(base: str, query: str) -> list[str]:
        reply = offerings("GET", f"{base}/productOffering?{query}")
        assert reply.status_code == 200, reply.text
        return sorted(each["id"] for each in reply.json())

    assert {query: of(OLD, query) for query in found} == found
    assert of(NEW, "productSpecification.id=unspecified") == []
    assert of(NEW, "filter=$[?(@.productSpecification)]") == ["some"]
