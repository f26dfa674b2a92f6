"""A bill's document is downloaded as PDF from where the bill says; what isn't there is an error like any other."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import httpx
import pytest

from apis.app import create_app
from core.billing import run_bills
from core.context import Context
from core.entity import Document
from core.service import Core
from tests.builders.billing import a_paying_subscriber, bills
from tests.builders.catalog import a_monthly_price

BILLS = "/tmf-api/customerBillManagement/v5"


@pytest.fixture
def bill(core: Core, context: Context) -> Document:
    """A bill with a monthly fee."""
    a_paying_subscriber(core, context, a_monthly_price(Decimal("9.99")))
    run_bills(core, context, date(2026, 2, 1))
    return bills(core, context)[0]


def get(core: Core, path: str) -> httpx.Response:
    """Return the reply to a GET of an address, complete or below the base path."""
    transport = httpx.ASGITransport(create_app(core.settings, core))

    async def once() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://brand.example") as client:
            return await client.get(path if "://" in path else f"{BILLS}/{path}")

    return asyncio.run(once())


def test_the_address_of_a_bills_document_leads_to_its_pdf(core: Core, bill: Document) -> None:
    shown = get(core, f"customerBill/{bill['id']}").json()
    address = shown["billDocument"][0]["url"]
    reply = get(core, address)
    assert address.startswith(f"{shown['href']}/")
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/pdf")
    assert reply.content.startswith(b"%PDF")


@pytest.mark.parametrize("path", ["customerBill/{id}/document/none", "customerBill/none/document/none"])
def test_a_document_that_isnt_there_is_said_in_an_error_body(core: Core, bill: Document, path: str) -> None:
    reply = get(core, path.format(id=bill["id"]))
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "application/json")
    assert reply.json()["status"] == "404"


@pytest.mark.parametrize("version", ["v4", "v5"])
def test_a_bill_is_found_by_the_address_of_its_document(core: Core, bill: Document, version: str) -> None:
    bills_of = f"/tmf-api/customerBillManagement/{version}/customerBill"
    shown = get(core, f"http://brand.example{bills_of}/{bill['id']}").json()
    for address, found in ((shown["billDocument"][0]["url"], [shown]), ("http://brand.example/other", [])):
        for query in (
            {"billDocument.url": address},
            {"filter": f"$[?(@.billDocument[?(@.url=='{address}')])]"},
            {"filter": f"billDocument[?(@.url=='{address}')]"},
        ):
            reply = get(core, f"http://brand.example{bills_of}?{urlencode(query)}")
            assert (reply.status_code, reply.json()) == (200, found), query


@pytest.mark.parametrize("version", ["v4", "v5"])
@pytest.mark.parametrize(
    "query",
    [
        {"billDocument.url.gt": "http://a"},
        {"billDocument.url.regex": "^customerBill"},
        {"filter": "$[?(@.billDocument[?(@.url =~ /^customerBill/)])]"},
        {"filter": "$[?(@.billDocument[?(length(@.url) < 90)])]"},
        {"filter": "$[?(@.billDocument[0].url < 'd')]"},
        {"filter": "$[?(length(@.href) < 90)]"},
        {"sort": "billDocument.url"},
    ],
)
def test_what_is_shown_as_another_address_than_is_stored_compares_with_none(
    core: Core, bill: Document, version: str, query: dict[str, str]
) -> None:
    bills_of = f"http://brand.example/tmf-api/customerBillManagement/{version}/customerBill"
    reply = get(core, f"{bills_of}?{urlencode(query)}")
    assert (reply.status_code, "is an address" in reply.json()["reason"]) == (400, True), reply.text
