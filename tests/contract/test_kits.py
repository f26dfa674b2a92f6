"""What conformance kits look for in every element of every list, in both generations, over the demo's data."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from apis.app import APIS
from apis.tmf630.specification import Specification, load
from tests.contract.servers import Server, running_server

BSS = Path(sys.executable).with_name("bss")
LISTS = [
    (api.name, version, resource.name)
    for api in APIS
    for version in api.versions
    for resource in load(api.name, version).resources.values()
    if "list" in resource.operations
]
CATALOG = {"name", "lastUpdate", "lifecycleStatus"}
DEMANDED = {
    **dict.fromkeys(("Catalog", "ProductCatalog", "Category", "ProductSpecification", "ProductOffering"), CATALOG),
    "ProductOfferingPrice": CATALOG | {"priceType"},
    "ProductOrder": {"state", "productOrderItem", "relatedParty"},
    "Customer": {"@type", "name", "engagedParty"},
    "Usage": {"usageSpecification", "status", "usageDate"},
    "UsageSpecification": {"name", "lifecycleStatus", "lastUpdate"},
    "CustomerBill": {"billDocument", "billingAccount", "state"},
    "AppliedCustomerBillingRate": {"isBilled"},
    "Product": {"status", "productCharacteristic"},
    "Event": {"eventId", "eventTime", "eventType", "event"},
    "Hub": {"callback"},
}
OWNERS = {"topicId": "productInventory"}


@pytest.fixture(scope="module")
def demo(empty_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a small demo, bills of a month included."""
    folder = tmp_path_factory.mktemp("kits")
    url = f"sqlite:///{folder / 'bss.db'}"
    (folder / "bss.db").write_bytes(empty_sqlite_file.read_bytes())
    environment = {**os.environ, "BSS_DATABASE_URL": url}
    command = [BSS, "demo", "--subscribers", "3", "--days", "20"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with running_server(url, folder) as server:
        for api, path, body in BEYOND_THE_DEMO:
            version = "v4" if api in ("tmf635", "tmf688") else "v5"
            httpx.post(f"{server.url}{load(api, version).base_path}/{path}", json=body).raise_for_status()
        yield server


EXPORT = {"@type": "ExportJob", "url": "file:category.json", "path": "category"}
AT = {"lastUpdate": "2026-01-01T00:00:00.000Z"}
NEW = {"@type": "ProductOffering", "name": "New", "lifecycleStatus": "In study", **AT}
BEYOND_THE_DEMO: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("tmf635", "usage", {"id": "0", "usageType": "voip", "usageDate": "2026-01-01T00:00:00.000Z"}),
    ("tmf688", "topic/productInventory/hub", {"id": "hub-1", "callback": "http://localhost:9/", "query": ""}),
    ("tmf620", "productOffering", {**NEW, "id": "alone"}),
    ("tmf620", "productOffering", {**NEW, "id": "bundle", "isBundle": True}),
    ("tmf620", "exportJob", EXPORT),
    ("tmf620", "importJob", {"@type": "ImportJob", "url": "file:category.json", "path": "category"}),
    (
        "tmf622",
        "productOrder",
        {"@type": "ProductOrder", "productOrderItem": [{"@type": "ProductOrderItem", "id": "1", "action": "add"}]},
    ),
    (
        "tmf622",
        "cancelProductOrder",
        {"@type": "CancelProductOrder", "productOrder": {"@type": "ProductOrderRef", "id": "order-0001"}},
    ),
    (
        "tmf678",
        "customerBillOnDemand",
        {"@type": "CustomerBillOnDemand", "billingAccount": {"@type": "BillingAccountRef", "id": "account-0001"}},
    ),
)


@pytest.fixture
def http(demo: Server) -> Iterator[httpx.Client]:
    """A client of that server."""
    with demo.client() as client:
        yield client


def address(specification: Specification, name: str) -> str:
    """Return the path of the list of a resource, which may be below another one."""
    place = specification.resources[name].place
    for owner, identifier in OWNERS.items():
        place = place.replace(f"{{{owner}}}", identifier)
    return specification.base_path.rstrip("/") + place


def elements(http: httpx.Client, api: str, version: str, name: str) -> list[dict[str, Any]]:
    """Return a page of a list; there is something in it."""
    reply = http.get(address(load(api, version), name), params={"limit": "25"})
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()
    assert found, f"the demo has no {name}"
    return found


@pytest.mark.parametrize(("api", "version", "name"), LISTS)
def test_every_element_has_what_profiles_demand(http: httpx.Client, api: str, version: str, name: str) -> None:
    for element in elements(http, api, version, name):
        missing = ({"id", "href"} | DEMANDED.get(name, set())) - element.keys()
        assert not missing, element
        if name == "ProductOffering" and version == "v4":
            needed = "bundledProductOffering" if element["isBundle"] else "productSpecification"
            assert needed in element, element
            if not element["isBundle"]:
                named = f"{address(load(api, version), 'ProductSpecification')}/{element[needed]['id']}"
                assert http.get(named).status_code == 200
        if name == "Usage":
            named = f"{address(load(api, version), 'UsageSpecification')}/{element['usageSpecification']['id']}"
            assert http.get(named).status_code == 200
        if name == "CustomerBill":
            assert element["billDocument"]
            assert all(document["id"] for document in element["billDocument"])
        if name == "ProductOrder":
            assert ("orderDate" if version == "v4" else "creationDate") in element


@pytest.mark.parametrize(("api", "version", "name"), LISTS)
def test_every_simple_attribute_filters_by_the_value_it_is_returned_with(
    http: httpx.Client, api: str, version: str, name: str
) -> None:
    place = address(load(api, version), name)
    tried = set()
    for element in elements(http, api, version, name):
        for attribute, value in element.items():
            if isinstance(value, dict | list) or (attribute in tried and "," not in str(value)):
                continue
            tried.add(attribute)
            text = str(value).lower() if isinstance(value, bool) else str(value)
            quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
            for asked in (text, quoted):
                reply = http.get(place, params={attribute: asked, "limit": "1000"})
                assert reply.status_code == 200, reply.text
                found = reply.json()
                assert element["id"] in [each["id"] for each in found], f"{attribute}={asked}"
                # A comma without a blank behind it is one between values too.
                if asked is quoted or not re.search(r",(?!\s)", text):
                    assert all(each[attribute] == value for each in found), f"{attribute}={asked}"
    assert {"id", "href"} <= tried


@pytest.mark.parametrize(("api", "version", "name"), LISTS)
def test_fields_leave_identifier_address_and_what_the_schema_requires(
    http: httpx.Client, api: str, version: str, name: str
) -> None:
    specification = load(api, version)
    for element in elements(http, api, version, name):
        for attribute in element:
            shown = http.get(f"{address(specification, name)}/{element['id']}", params={"fields": attribute}).json()
            assert {"id", "href", attribute} <= shown.keys()
            assert shown == {key: element[key] for key in shown}
        break


@pytest.mark.parametrize(("api", "version", "name"), LISTS)
def test_an_identifier_that_nothing_has_is_404(http: httpx.Client, api: str, version: str, name: str) -> None:
    specification = load(api, version)
    place = f"{address(specification, name)}/01a213d8-0000-7000-8000-000000000000"
    assert http.get(place).status_code == 404
    if "delete" in specification.resources[name].operations:
        assert http.delete(place).status_code == 404


@pytest.mark.parametrize("version", ["v4", "v5"])
@pytest.mark.parametrize("status", ["In study", "In design", "Active", "Launched", "Retired"])
@pytest.mark.parametrize("path", ["productOffering", "productOfferingPrice"])
def test_a_new_offering_or_price_can_be_patched_and_deleted_whatever_its_status(
    http: httpx.Client, version: str, status: str, path: str
) -> None:
    base = load("tmf620", version).base_path.rstrip("/")
    kind = path[0].upper() + path[1:]
    typed = {"@type": kind} if version == "v5" else {}
    body = {
        **typed,
        "name": "New",
        "lifecycleStatus": status,
        "priceType": "oneTime",
        "lastUpdate": "2026-01-01T00:00:00Z",
    }
    made = http.post(f"{base}/{path}", json=body)
    assert made.status_code == 201, made.text
    place = f"{base}/{path}/{made.json()['id']}"
    demanded = {key: body[key] for key in ("name", "lifecycleStatus", "lastUpdate", "priceType") if version == "v5"}
    patched = http.patch(
        place,
        json={**typed, **demanded, "description": "changed"},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert patched.status_code == 200, patched.text
    assert patched.json()["description"] == "changed"
    assert http.delete(place).status_code == 204
    assert http.get(place).status_code == 404


@pytest.mark.parametrize("version", ["v4", "v5"])
def test_the_last_bill_of_a_list_can_be_put_on_hold(http: httpx.Client, version: str) -> None:
    bill = elements(http, "tmf678", version, "CustomerBill")[-1]
    typed = {"@type": "CustomerBill"} if version == "v5" else {}
    place = f"{address(load('tmf678', version), 'CustomerBill')}/{bill['id']}"
    reply = http.patch(place, json={**typed, "state": "onHold"})
    assert reply.status_code == 200, reply.text
    assert reply.json()["state"] == "onHold"
    assert http.patch(place, json={**typed, "state": "new"}).status_code in (200, 409)
