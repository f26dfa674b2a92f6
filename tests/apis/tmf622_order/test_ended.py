"""An order that is over can be described, over HTTP in both generations, also by sending back all that was read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.conftest import Ask

BASE = "/tmf-api/productOrderingManagement/{}/productOrder"
ITEM = {
    "@type": "ProductOrderItem",
    "id": "1",
    "action": "add",
    "quantity": 0,
    "productOffering": {"@type": "ProductOfferingRef", "id": "plan"},
}
BODIES: dict[str, dict[str, Any]] = {
    "v4": {"productOrderItem": [ITEM], "externalId": "CRM-7", "note": [{"text": "First."}]},
    "v5": {"@type": "ProductOrder", "productOrderItem": [ITEM], "note": [{"@type": "Note", "text": "First."}]},
}


@pytest.mark.parametrize("reader", ["v4", "v5"])
@pytest.mark.parametrize("writer", ["v4", "v5"])
def test_an_order_that_is_over_can_be_written_back_with_a_remark(ask: Ask, writer: str, reader: str) -> None:
    made = ask("POST", BASE.format(writer), json=BODIES[writer]).json()
    assert made["state"] == "rejected"
    place = f"{BASE.format(reader)}/{made['id']}"
    read = ask("GET", place).json()
    remark = {"@type": "Note", "text": "The customer has called."}
    news = {"description": "late", "note": [*read["note"], remark], "shelf": {"row": 7}}
    for body in ({**read, **news}, news):
        demanded = {name: read[name] for name in ("@type", "productOrderItem")}
        reply = ask("PATCH", place, json={**demanded, **body})
        assert reply.status_code == 200, reply.text
        shown = reply.json()
        # v4 has what is wrong with an order among its notes.
        remarks = [note["text"] for note in shown["note"] if "ErrorMessage" not in note.get("id", "")]
        assert remarks == ["First.", remark["text"]]
        assert {**shown, "note": read["note"]} == {**read, **news, "note": read["note"]}
    refused = ask("PATCH", place, json={**demanded, "requestedStartDate": "2026-02-01T00:00:00.000Z"})
    assert (refused.status_code, refused.json()["code"]) == (409, "orderEnded")
    assert "requestedStartDate: can't be changed: the order is rejected" in refused.text


def test_a_patch_in_v4_changes_no_type_that_it_does_not_name(ask: Ask) -> None:
    account = {"@type": "", "@baseType": "BillingAccountRef", "id": "nope"}
    body = {"@type": "ProductOrder", "productOrderItem": [{**ITEM, "billingAccount": account}]}
    made = ask("POST", BASE.format("v5"), json=body).json()
    assert made["state"] == "rejected"
    place = f"{BASE.format('v4')}/{made['id']}"
    demanded = {"productOrderItem": ask("GET", place).json()["productOrderItem"]}
    reply = ask("PATCH", place, json={**demanded, "description": "late"})
    assert reply.status_code == 200, reply.text
    after = ask("GET", f"{BASE.format('v5')}/{made['id']}").json()
    assert after["productOrderItem"] == made["productOrderItem"]


def test_a_refused_move_is_told_in_the_states_that_the_generation_has(ask: Ask) -> None:
    draft = ask("POST", BASE.format("v5"), json={**BODIES["v5"], "requestedInitialState": "draft"}).json()
    assert draft["state"] == "draft"
    for version, state in (("v4", "pending"), ("v5", "draft")):
        place = f"{BASE.format(version)}/{draft['id']}"
        demanded = {name: ask("GET", place).json()[name] for name in ("@type", "productOrderItem")}
        reply = ask("PATCH", place, json={**demanded, "state": "completed"})
        assert reply.status_code == 409, reply.text
        told = f"state: can't go from '{state}' to 'completed'; allowed from '{state}': acknowledged, cancelled"
        assert (reply.json()["code"], reply.json()["reason"]) == ("illegalLifecycleMove", told)


@pytest.mark.parametrize("version", ["v4", "v5"])
def test_an_order_is_cancelled_by_a_patch_that_sends_its_items_without_states(ask: Ask, version: str) -> None:
    draft = ask("POST", BASE.format("v5"), json={**BODIES["v5"], "requestedInitialState": "draft"}).json()
    place = f"{BASE.format(version)}/{draft['id']}"
    # v4 demands an identifier of every item.
    added = {name: value for name, value in (ITEM | {"id": "2"}).items() if name != "id" or version == "v4"}
    reply = ask("PATCH", place, json={"@type": "ProductOrder", "state": "cancelled", "productOrderItem": [ITEM, added]})
    assert reply.status_code == 200, reply.text
    assert reply.json()["state"] == "cancelled"
    assert [(item["id"], item["state"]) for item in reply.json()["productOrderItem"]] == [
        ("1", "cancelled"),
        ("2", "cancelled"),
    ]


def test_a_message_of_a_caller_may_say_anything_as_its_status(ask: Ask) -> None:
    faults = [{"status": [{}], "message": "productOrderItem[0]"}]
    body = {"productOrderItem": [ITEM], "relatedParty": [], "productOrderErrorMessage": faults}
    reply = ask("POST", BASE.format("v4"), json=body)
    assert reply.status_code == 201, reply.text
    assert reply.json()["productOrderErrorMessage"][0].items() >= faults[0].items()
