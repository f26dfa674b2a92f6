"""What is accepted and done later is answered with 202 in v5, and can be followed at the address in `Location`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from core.clock import wire_instant
from tests.apis.generations import generations
from tests.apis.listeners import wait_until
from tests.contract.customers import created

CATALOG = "/tmf-api/productCatalogManagement/v5"
ORDERS = "/tmf-api/productOrderingManagement/v5/productOrder"


def an_order(http: httpx.Client, **attributes: Any) -> dict[str, Any]:
    known = {"lifecycleStatus": "Active", "lastUpdate": "2026-01-01T00:00:00Z"}
    offering = http.post(f"{CATALOG}/productOffering", json={"@type": "ProductOffering", "name": "Sticker", **known})
    customer = {"@type": "PartyRoleRef", "@referredType": "Customer", "id": created(http)["id"]}
    party = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "customer", "partyOrPartyRole": customer}
    item = {
        "@type": "ProductOrderItem",
        "id": "1",
        "action": "add",
        "productOffering": {"@type": "ProductOfferingRef", "id": offering.json()["id"]},
    }
    return {"@type": "ProductOrder", "relatedParty": [party], "productOrderItem": [item], **attributes}


@pytest.mark.parametrize(("days", "status"), [(2, 202), (-2, 201), (None, 201)])
def test_an_order_that_waits_for_its_day_is_accepted_and_others_are_created(
    http: httpx.Client, days: int | None, status: int
) -> None:
    begin = {} if days is None else {"requestedStartDate": wire_instant(datetime.now(UTC) + timedelta(days=days))}
    reply = http.post(ORDERS, json=an_order(http, **begin))
    assert (reply.status_code, reply.json()["state"]) == (status, "acknowledged")
    followed = http.get(reply.headers["Location"]).json()
    assert followed["id"] == reply.json()["id"]


def test_an_order_that_is_rejected_is_not_accepted_whatever_its_day(http: httpx.Client) -> None:
    order = an_order(http, requestedStartDate=wire_instant(datetime.now(UTC) + timedelta(days=2)))
    order["productOrderItem"][0]["quantity"] = 0
    reply = http.post(ORDERS, json=order)
    assert (reply.status_code, reply.json()["state"]) == (201, "rejected")


def test_a_job_is_accepted_and_followed_to_its_end(http: httpx.Client) -> None:
    reply = http.post(f"{CATALOG}/exportJob", json={"@type": "ExportJob", "url": "file:all.ndjson"})
    assert (reply.status_code, reply.json()["status"]) == (202, "Not Started")
    wait_until(lambda: http.get(reply.headers["Location"]).json()["status"] not in ("Not Started", "Running"))
    assert http.get(reply.headers["Location"]).json()["status"] == "Succeeded"


def test_a_job_that_cannot_be_done_has_ended_in_the_reply(http: httpx.Client) -> None:
    reply = http.post(f"{CATALOG}/importJob", json={"@type": "ImportJob", "url": "ftp://files.example/all.ndjson"})
    assert (reply.status_code, reply.json()["status"]) == (201, "Failed")


def test_v4_has_no_202_and_v5_says_where_to_follow_it() -> None:
    old, new = generations("tmf622")
    assert not old.operations["createProductOrder"].may_defer
    assert new.operations["createProductOrder"].may_defer
    statuses = [code for one in old.specification.operations.values() for code in one.definition["responses"]]
    assert "202" not in statuses
    accepted = new.specification.operation("createProductOrder").definition["responses"]["202"]
    assert accepted["headers"]["Location"] == {"$ref": "#/components/headers/Location"}
