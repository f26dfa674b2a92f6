"""Every usage in a list refers to a specification that can be read, over HTTP on both databases."""

from __future__ import annotations

from tests.apis.conftest import Ask

BASE = "/tmf-api/usageManagement/v4"
BODIES = ({}, {"usageType": "voip"}, {"usageType": "VOICE"}, {"usageType": "voice"})


def test_every_usage_has_a_specification_and_a_filter_finds_it(ask: Ask) -> None:
    ask("POST", f"{BASE}/usageSpecification", json={"id": "v", "name": "voice", "lifecycleStatus": "Active"})
    for body in BODIES:
        assert ask("POST", f"{BASE}/usage", json=body).status_code == 201
    listed = ask("GET", f"{BASE}/usage").json()
    named = [each["usageSpecification"]["id"] for each in listed]
    assert named == ["unspecified", "unspecified", "unspecified", "v"]
    filtered = ask("GET", f"{BASE}/usage?usageSpecification.id=unspecified").json()
    assert filtered == listed[:3]
    found = ask("GET", f"{BASE}/usageSpecification/unspecified").json()
    assert (found["name"], found["lifecycleStatus"]) == ("Not specified", "Active")
    refused = ask("DELETE", f"{BASE}/usageSpecification/unspecified")
    assert (refused.status_code, "usages that name none" in refused.text) == (409, True)
