"""Requests find their operation, or learn what there is instead."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from connexion.middleware.abstract import ROUTING_CONTEXT

from apis.edge.routing import Routing
from apis.tmf630.errors import HttpError
from core.errors import BssError, InvalidInput, NotFound
from tests.apis.served import version

BASE = "/tmf-api/customerManagement/v5"


def route(method: str, path: str, prefix: str = "") -> dict[str, Any]:
    """Return the scope that the next layer gets, or with `sent` what was sent instead."""
    reached: dict[str, Any] = {}

    async def next_app(scope: Any, _receive: Any, _send: Any) -> None:
        reached.update(scope)

    async def send(message: Any) -> None:
        reached.setdefault("sent", []).append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    routing = Routing(next_app, prefix)
    routing.add_api(None, version=version("tmf629"), base_paths=["/tmf-api/customer/v5"])
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode()}
    asyncio.run(routing(scope, receive, send))
    return reached


def found(method: str, path: str, prefix: str = "") -> tuple[str, dict[str, str]]:
    scope = route(method, path, prefix)
    return scope["extensions"][ROUTING_CONTEXT]["operation_id"], scope["path_params"]


def test_operations_are_found_by_path_and_method() -> None:
    assert found("GET", f"{BASE}/customer") == ("listCustomer", {})
    assert found("POST", f"{BASE}/customer") == ("createCustomer", {})
    assert found("PATCH", f"{BASE}/customer/c1") == ("patchCustomer", {"id": "c1"})
    assert found("DELETE", f"{BASE}/hub/h1") == ("deleteHub", {"id": "h1"})


def test_a_further_base_path_leads_to_the_same_operations() -> None:
    scope = route("GET", "/tmf-api/customer/v5/customer/c1")
    assert scope["extensions"][ROUTING_CONTEXT] == {"api_base_path": BASE, "operation_id": "retrieveCustomer"}


def test_head_is_answered_like_get() -> None:
    assert found("HEAD", f"{BASE}/customer/c1")[0] == "retrieveCustomer"


def test_a_slash_at_the_end_changes_nothing() -> None:
    assert found("GET", f"{BASE}/customer/")[0] == "listCustomer"


def test_identifiers_may_hold_any_character() -> None:
    assert found("GET", f"{BASE}/customer/a%2Fb%20%C3%A9")[1] == {"id": "a/b é"}
    with pytest.raises(InvalidInput, match="UTF-8"):
        route("GET", f"{BASE}/customer/%FF")


@pytest.mark.parametrize(
    "path", ["/tmf-api/customerManagement/v5/customer", "/release/tmf-api/customerManagement/v5/customer"]
)
def test_the_prefix_of_the_settings_may_be_there_or_not(path: str) -> None:
    assert found("GET", path, "/release")[0] == "listCustomer"


@pytest.mark.parametrize("path", [f"{BASE}/nothing", f"{BASE}/customer/c1/more", f"{BASE}/listener"])
def test_an_unknown_path_below_an_api_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        route("GET", path)


@pytest.mark.parametrize(
    ("path", "page"), [("/", "/"), ("/elsewhere/x", "/elsewhere/x"), ("/release/health/live", "/health/live")]
)
def test_a_path_outside_the_apis_goes_on_to_the_pages(path: str, page: str) -> None:
    scope = route("GET", path, "/release")
    assert scope["extensions"][ROUTING_CONTEXT] == {}
    assert scope["path"] == page


def test_the_document_of_a_further_base_path_is_that_of_the_api() -> None:
    assert route("GET", "/tmf-api/customer/v5/openapi.json")["path"] == f"{BASE}/openapi.json"


@pytest.mark.parametrize("path", [BASE, f"{BASE}/", "/tmf-api/customer/v5", f"/release{BASE}"])
def test_a_base_path_is_a_page(path: str) -> None:
    assert route("GET", path, "/release")["path"] == BASE


def test_another_method_is_told_which_there_are() -> None:
    with pytest.raises(BssError) as caught:
        route("PUT", f"{BASE}/customer/c1")
    error = caught.value
    assert isinstance(error, HttpError)
    assert (error.status, error.headers) == (405, {"Allow": "DELETE, GET, HEAD, OPTIONS, PATCH"})


def test_options_tells_the_methods() -> None:
    start, _ = route("OPTIONS", f"{BASE}/customer")["sent"]
    assert (start["status"], start["headers"]) == (204, [(b"allow", b"GET, HEAD, OPTIONS, POST")])
