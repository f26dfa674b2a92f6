"""What stands beside the APIs: index, documents, documentation, health, and answers for paths that nobody has."""

from __future__ import annotations

import re

import httpx
import pytest
from openapi_spec_validator import validate

from apis.app import APIS
from tests.contract.customers import CUSTOMERS, error_in

SERVED = {(api.name.upper(), version) for api in APIS for version in api.versions}


def listed(http: httpx.Client) -> list[dict[str, str]]:
    apis: list[dict[str, str]] = http.get("/", headers={"Accept": "application/json"}).json()["apis"]
    return apis


def test_the_index_lists_the_apis_for_people_and_programs(http: httpx.Client) -> None:
    assert {(api["api"], api["version"]) for api in listed(http)} == SERVED
    page = http.get("/", headers={"Accept": "text/html,*/*"})
    assert page.headers["Content-Type"].startswith("text/html")
    for api in listed(http):
        assert api["documentation"] in page.text
        assert api["openapi"] in page.text
    assert 'href="/tmf-api/schema"' in page.text
    assert http.get("/tmf-api/schema").status_code == 200


def test_every_api_has_its_document_with_this_server_as_address(http: httpx.Client) -> None:
    for api in listed(http):
        document = http.get(api["openapi"]).json()
        validate(document)
        assert document["servers"] == [{"url": f"{str(http.base_url).rstrip('/')}{api['address']}"}]


def test_a_base_path_leads_people_to_the_documentation_and_tells_programs_what_is_there(http: httpx.Client) -> None:
    for api in listed(http):
        for address in (api["address"], f"{api['address']}/"):
            reply = http.get(address, headers={"Accept": "text/html,*/*"})
            assert (reply.status_code, reply.headers["Location"]) == (307, api["documentation"])
            assert http.get(address, headers={"Accept": "application/json"}).json() == api
        refused = http.post(api["address"], json={})
        error_in(refused, 405)
        assert "GET" in refused.headers["Allow"]
    behind = http.get(CUSTOMERS.rpartition("/")[0], headers={"X-Forwarded-Prefix": "/gateway"})
    assert behind.headers["Location"].startswith("/gateway/tmf-api/")


def test_documentation_comes_from_this_server_alone(http: httpx.Client) -> None:
    for api in listed(http):
        page = http.get(api["documentation"])
        assert page.status_code == 200
        links = re.findall(r'(?:src|href|data-address)="([^"]*)"', page.text)
        assert len(links) == 5
        assert f"{api['api']} {api['title']} {api['version']}" in page.text
        for link in links:
            assert link.startswith("/")
            assert http.get(link).status_code == 200
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_health_says_that_the_process_lives_and_the_database_answers(http: httpx.Client) -> None:
    assert http.get("/health/live").json() == {"status": "pass"}
    assert http.get("/health/ready").json() == {"status": "pass"}


@pytest.mark.parametrize(
    "path", ["/nothing", "/tmf-api", "/tmf-api/customerManagement/v9/customer", f"{CUSTOMERS}/1/2", "/docs/tmf999/v5"]
)
def test_a_path_that_nobody_has_is_not_found(http: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        error_in(http.request(method, path), 404 if method == "GET" or not path.startswith("/docs") else 405)


def test_errors_of_a_v4_path_have_the_form_of_v4(http: httpx.Client) -> None:
    error = http.get("/tmf-api/usageManagement/v4/nothing").json()
    assert error["status"] == "404"
    assert "@type" not in error


@pytest.mark.parametrize("method", ["PUT", "TRACE", "DELETE"])
def test_another_method_is_told_which_there_are(http: httpx.Client, method: str) -> None:
    reply = http.request(method, CUSTOMERS)
    error_in(reply, 405)
    assert reply.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_options_tells_the_methods(http: httpx.Client) -> None:
    reply = http.options(f"{CUSTOMERS}/1")
    assert (reply.status_code, reply.headers["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({"Content-Type": "text/xml"}, 415, "application/json"),
        ({}, 415, "application/json"),
        ({"Content-Type": "application/json;charset=latin-1"}, 415, "utf-8"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415, "gzip"),
        ({"Content-Type": "application/json", "Accept": "text/html"}, 406, "application/json"),
    ],
)
def test_content_that_does_not_fit_is_refused_with_what_would(
    http: httpx.Client, headers: dict[str, str], status: int, words: str
) -> None:
    assert words in error_in(http.post(CUSTOMERS, content=b"{}", headers=headers), status)["reason"]


def test_a_proxy_on_this_machine_is_believed_about_the_address(http: httpx.Client) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "api.brand.example", "X-Forwarded-Prefix": "/gateway"}
    links = http.get(CUSTOMERS, headers=headers).links
    assert links["first"]["url"].startswith(f"https://api.brand.example/gateway{CUSTOMERS}?")
    assert 'href="/gateway/docs' in http.get("/", headers=headers).text
