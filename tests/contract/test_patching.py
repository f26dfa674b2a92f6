"""PATCH in every media type, all of it or nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.customers import MERGE, OPERATIONS, QUERY, a_customer, created, error_in

MAIL = {"@type": "EmailContactMedium", "contactType": "work", "emailAddress": "work@example.org"}
HOME = {"@type": "EmailContactMedium", "contactType": "home", "emailAddress": "home@example.org"}


def patch(http: httpx.Client, customer: dict[str, Any], media_type: str, body: Any) -> httpx.Response:
    return http.patch(customer["href"], json=body, headers={"Content-Type": media_type})


@pytest.mark.parametrize("media_type", ["application/json", "application/json;charset=utf-8", MERGE])
def test_a_merge_patch_changes_and_removes(http: httpx.Client, media_type: str) -> None:
    customer = created(http, description="old", contactMedium=[MAIL])
    reply = patch(http, customer, media_type, a_customer(name="New", description=None))
    assert reply.status_code == 200
    after = reply.json()
    assert (after["name"], "description" in after, after["contactMedium"]) == ("New", False, [MAIL])
    assert http.get(customer["href"]).json() == after


def test_operations_append_and_replace(http: httpx.Client) -> None:
    customer = created(http, contactMedium=[MAIL])
    operations = [
        {"op": "add", "path": "/contactMedium", "value": HOME},
        {"op": "replace", "path": "/contactMedium/0/emailAddress", "value": "new@example.org"},
    ]
    after = patch(http, customer, OPERATIONS, operations).json()
    assert after["contactMedium"] == [MAIL | {"emailAddress": "new@example.org"}, HOME]


def test_a_query_selects_what_an_operation_is_about(http: httpx.Client) -> None:
    customer = created(http, contactMedium=[MAIL, HOME])
    operations = [{"op": "remove", "path": "/contactMedium?contactType=home"}]
    assert patch(http, customer, QUERY, operations).json()["contactMedium"] == [MAIL]


def test_either_all_operations_happen_or_none(http: httpx.Client) -> None:
    customer = created(http, contactMedium=[MAIL])
    operations = [
        {"op": "replace", "path": "/name", "value": "New"},
        {"op": "test", "path": "/status", "value": "never"},
    ]
    assert error_in(patch(http, customer, OPERATIONS, operations), 409)["reason"].startswith("[1]: ")
    assert http.get(customer["href"]).json() == customer


def test_all_that_can_never_be_changed_is_named(http: httpx.Client) -> None:
    operations = [{"op": "replace", "path": path, "value": "http://other.example/1"} for path in ("/id", "/href")]
    error = error_in(patch(http, created(http), OPERATIONS, operations), 409)
    assert error["message"] == "id: can't be changed; href: can't be changed"


def test_what_creation_demands_can_not_be_taken_away(http: httpx.Client) -> None:
    customer = created(http)
    operations = [{"op": "remove", "path": "/name"}, {"op": "remove", "path": "/engagedParty"}]
    error = error_in(patch(http, customer, OPERATIONS, operations), 409)
    assert error["message"].split("; ")[0].startswith("engagedParty: ")
    assert "name: is mandatory" in error["message"]
    assert http.get(customer["href"]).json() == customer


def test_the_patched_whole_must_be_valid(http: httpx.Client) -> None:
    customer = created(http, contactMedium=[MAIL])
    operations = [{"op": "replace", "path": "/contactMedium/0/emailAddress", "value": 5}]
    error = error_in(patch(http, customer, OPERATIONS, operations), 409)
    assert error["reason"].startswith("contactMedium[0].emailAddress: ")
    assert http.get(customer["href"]).json() == customer


@pytest.mark.parametrize("attribute", ["id", "href"])
def test_identifier_and_address_cannot_be_changed(http: httpx.Client, attribute: str) -> None:
    customer = created(http)
    error = error_in(patch(http, customer, MERGE, a_customer(**{attribute: "https://x.example"})), 409)
    assert error["reason"].startswith(f"{attribute}: ")
    operations = [{"op": "replace", "path": f"/{attribute}", "value": "x"}]
    error = error_in(patch(http, customer, OPERATIONS, operations), 409)
    assert error["reason"].startswith(f"{attribute}: ")
    same = patch(http, customer, MERGE, a_customer(**{attribute: customer[attribute]}))
    assert same.status_code == 200


def test_every_attribute_that_can_not_be_changed_is_named(http: httpx.Client) -> None:
    order = {"@type": "ProductOrder", "productOrderItem": [{"@type": "ProductOrderItem", "id": "1", "action": "add"}]}
    made = http.post("/tmf-api/productOrderingManagement/v5/productOrder", json=order).json()
    operations = [
        {"op": "add", "path": f"/{name}", "value": "2026-01-01T00:00:00Z"}
        for name in ("creationDate", "completionDate")
    ]
    merge = {"@type": "ProductOrder", **{operation["path"][1:]: operation["value"] for operation in operations}}
    for media_type, body in ((OPERATIONS, operations), (MERGE, merge)):
        error = error_in(patch(http, made, media_type, body), 409)
        assert error["message"] == "completionDate: can't be changed; creationDate: can't be changed"


@pytest.mark.parametrize(
    ("media_type", "body", "status", "word"),
    [
        (MERGE, [], 400, "object"),
        (MERGE, a_customer(name=5), 400, "name"),
        (OPERATIONS, {}, 400, "array"),
        (OPERATIONS, [{"op": "grow", "path": "/name"}], 400, "[0].op"),
        (OPERATIONS, [{"op": "add", "value": 1}], 400, "[0].path"),
        (OPERATIONS, [{"op": "add", "path": "name", "value": 1}], 400, "[0].path"),
        (OPERATIONS, [{"op": "add", "path": "/name"}], 400, "[0].value"),
        (QUERY, [{"op": "replace", "path": "/name", "from": "/id"}], 400, "[0].value"),
        (QUERY, [{"op": "copy", "path": "/name", "value": 1}], 400, "[0].from"),
        (QUERY, [{"op": "remove", "path": "/contactMedium?email"}], 400, "behind its '?'"),
        ("text/plain", {}, 415, "application/json-patch-query+json"),
    ],
)
def test_a_patch_that_makes_no_sense_is_refused(
    http: httpx.Client, media_type: str, body: Any, status: int, word: str
) -> None:
    assert word in error_in(patch(http, created(http), media_type, body), status)["reason"]
