"""Input that breaks the specification is refused by name, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.customers import CUSTOMERS, a_customer, created, error_in

CATEGORIES = "/tmf-api/productCatalogManagement/v5/category"
PRICES = "/tmf-api/productCatalogManagement/v5/productOfferingPrice"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        ({"name": 5}, "name"),
        ({"engagedParty": None}, "engagedParty"),
        ({"engagedParty": {"id": "p1"}}, "engagedParty.@type"),
        ({"validFor": {"startDateTime": "2026-02-30T00:00:00Z"}}, "validFor.startDateTime"),
        ({"validFor": {"startDateTime": "2026-01-01"}}, "validFor.startDateTime"),
        ({"contactMedium": [{"@type": "EmailContactMedium", "emailAddress": {}}]}, "contactMedium[0].emailAddress"),
        ({"contactMedium": "mail"}, "contactMedium"),
        ({"creditProfile": [{"@type": "CreditProfile", "creditScore": "high"}]}, "creditProfile[0].creditScore"),
    ],
)
def test_a_wrong_attribute_is_named(http: httpx.Client, attributes: dict[str, Any], path: str) -> None:
    error = error_in(http.post(CUSTOMERS, json=a_customer(**attributes)), 400)
    assert error["reason"].startswith(f"{path}: ")


@pytest.mark.parametrize("attribute", ["@type", "engagedParty"])
def test_a_missing_mandatory_attribute_is_named(http: httpx.Client, attribute: str) -> None:
    body = {name: value for name, value in a_customer().items() if name != attribute}
    assert error_in(http.post(CUSTOMERS, json=body), 400)["reason"] == f"{attribute}: is mandatory but missing"


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'{"name":"\\ud800"}', "name"),
        (b'{"name":"\xff"}', "name"),
        (b'{"name":"a","name":"b"}', "name"),
        (b'{"ext":{"x":NaN}}', "x"),
        (b'{"name":', "name"),
        (b"[]", "object"),
        (b"null", "object"),
        (b"", "missing"),
        (b"name=Ada", "JSON"),
    ],
)
def test_what_is_no_json_object_is_refused(http: httpx.Client, body: bytes, word: str) -> None:
    assert word in error_in(http.post(CUSTOMERS, content=body, headers=JSON), 400)["reason"]


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'{"name":"a\\u0000b"}', "name"),
        (b'{"ext":{"x":1e400}}', "ext.x"),
        (b'{"ext":{"x":-1e400}}', "ext.x"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "levels deep"),
        (b'{"@type":"Pigeon","engagedParty":{"@type":"PartyRef","id":"p1"},"name":"a"}', "one of: Customer"),
    ],
)
def test_json_that_the_document_allows_and_nobody_can_keep_is_refused(
    http: httpx.Client, body: bytes, word: str
) -> None:
    assert word in error_in(http.post(CUSTOMERS, content=body, headers=JSON), 409)["reason"]


@pytest.mark.parametrize("megabytes", [2, 40])
def test_a_body_beyond_the_limit_is_too_large(http: httpx.Client, megabytes: int) -> None:
    body = b'{"name":"' + b"x" * megabytes * 1_000_000 + b'"}'
    assert "1048576 bytes" in error_in(http.post(CUSTOMERS, content=body, headers=JSON), 413)["reason"]


def test_a_body_in_chunks_is_counted_as_it_comes(http: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    error_in(http.post(CUSTOMERS, content=chunks(), headers=JSON), 413)


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "offset=-1",
        "offset=1e9",
        "limit=abc",
        "limit=1&limit=2",
        "foo=1",
        "name.first=1",
        "$..name=1",
        "name'--=1",
        "name=%00",
        "%22%5D=1",
        "sort=nothing",
        "sort=-",
        "sort=",
        "fields=nothing",
        "fields=%0A",
        "after=zzz",
        "after=&offset=3",
        "name=1;id=2&status=x",
        "name.ne=a,b",
        "name.regex=(",
        "name.regex=(?=x)",
        "validFor.startDateTime.gt=yesterday",
        "characteristic.value.lte=%00",
        "filter=$[?(",
        "filter=$",
        "filter=$..name",
        "filter=$[?(@.nothing==1)]",
        "filter=$[?(@.nothing==@.name)]",
        "filter=$[?(@.name=~/(a)%5C1/)]",
        "filter=$[?(nothing(@.name)==1)]",
        "filter=$[?(@.name==1)]|$[?(@.name==2)]",
        "depth=-1",
        "depth=4",
        "expand=nothing",
    ],
)
def test_a_query_that_is_not_understood_is_refused_by_name(http: httpx.Client, query: str) -> None:
    error = error_in(http.get(f"{CUSTOMERS}?{query}"), 400)
    name = str(httpx.QueryParams(query)).partition("=")[0]
    assert str(httpx.URL(f"/?{name}=").params).partition("=")[0] == name
    assert next(iter(httpx.QueryParams(query))) in error["reason"]


@pytest.mark.parametrize("value", ["'; DROP TABLE customer; --", "$.* ? (@ == 1)", '"', "\\", "%", "_", "a' OR '1'='1"])
def test_metacharacters_in_a_value_find_what_has_them_and_nothing_else(http: httpx.Client, value: str) -> None:
    customer = created(http, name=value, description=f"x{value}")
    for attribute in ("name", "description"):
        quoted = '"' + customer[attribute].replace("\\", "\\\\").replace('"', '\\"') + '"'
        found = http.get(CUSTOMERS, params={attribute: quoted, "limit": "1000"}).json()
        assert customer["id"] in [item["id"] for item in found]
        assert {item[attribute] for item in found} == {customer[attribute]}


def test_a_query_that_is_not_utf8_is_refused(http: httpx.Client) -> None:
    assert "UTF-8" in error_in(http.get(f"{CUSTOMERS}?name=%ff"), 400)["reason"]


def test_an_operation_without_filters_refuses_them(http: httpx.Client) -> None:
    customer = created(http)
    assert error_in(http.get(customer["href"], params={"name": "x"}), 400)["reason"].startswith("name: ")


@pytest.mark.parametrize("identifier", ["nobody", "%00", "a%2Fb", "..%2f..%2fetc", "x" * 1000])
def test_an_identifier_that_nobody_has_is_not_found(http: httpx.Client, identifier: str) -> None:
    error_in(http.get(f"{CUSTOMERS}/{identifier}"), 404)
    error_in(http.delete(f"{CUSTOMERS}/{identifier}"), 404)


@pytest.mark.parametrize("identifier", ["", ".", "..", "a\nb", "x" * 256])
def test_an_identifier_that_no_address_can_hold_is_refused(http: httpx.Client, identifier: str) -> None:
    assert error_in(http.post(CUSTOMERS, json=a_customer(id=identifier)), 409)["reason"].startswith("id: ")


@pytest.mark.parametrize("resource", ["usage", "usageSpecification"])
@pytest.mark.parametrize("identifier", [5, True, 1.5, {"a": 1}, [1]])
def test_an_identifier_that_is_no_text_is_refused_where_the_document_allows_it(
    http: httpx.Client, resource: str, identifier: Any
) -> None:
    reply = http.post(f"/tmf-api/usageManagement/v4/{resource}", json={"id": identifier})
    assert reply.status_code == 409, reply.text
    assert reply.json()["reason"].startswith("id: ")


@pytest.mark.parametrize("instant", ["x", None, 5, {}, "2026-99-99T00:00:00Z"])
def test_what_a_creation_does_not_know_has_to_fit_the_resource(http: httpx.Client, instant: Any) -> None:
    reply = http.post("/tmf-api/productInventory/v5/product", json={"@type": "Product", "creationDate": instant})
    assert error_in(reply, 409)["reason"].startswith("creationDate: ")


def test_a_bill_on_demand_of_v4_without_an_account_is_captured_as_rejected(http: httpx.Client) -> None:
    reply = http.post("/tmf-api/customerBillManagement/v4/customerBillOnDemand", json={})
    assert reply.status_code == 201, reply.text
    assert reply.json()["state"] == "rejected"
    assert reply.json()["description"].startswith("the account to bill is missing")


def test_a_move_that_the_lifecycle_forbids_is_refused(http: httpx.Client) -> None:
    category = http.post(CATEGORIES, json={"@type": "Category", "name": "Plans"}).json()
    patch = {"@type": "Category", "lifecycleStatus": "Obsolete"}
    assert error_in(http.patch(category["href"], json=patch), 409)["reason"].startswith("lifecycleStatus: ")


@pytest.mark.parametrize("money", [{"unit": "EUR", "value": -1}, {"unit": "ABC", "value": 1}])
def test_a_negative_amount_and_an_unknown_currency_are_refused(http: httpx.Client, money: dict[str, Any]) -> None:
    price = {
        "@type": "ProductOfferingPrice",
        "name": "Plan",
        "lifecycleStatus": "In study",
        "lastUpdate": "2026-01-01T00:00:00Z",
        "priceType": "recurring",
        "price": money,
    }
    reply = http.post(PRICES, json=price)
    assert reply.status_code in (400, 409)
    assert error_in(reply, reply.status_code)["reason"].startswith("price")


def test_a_host_that_is_none_is_refused(http: httpx.Client) -> None:
    error_in(http.get(CUSTOMERS, headers={"Host": "no host"}), 400)
