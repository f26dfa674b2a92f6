"""The whole app in this process, over both databases: what happens when something goes wrong inside."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from apis.tmf630.api import Api, ExtraRoute
from apis.tmf630.exchange import Reply, Request
from apis.tmf630.handlers import handlers_of
from apis.tmf630.specification import load
from apis.tmf630.version import Version
from core.context import Context
from core.entity import Document
from core.service import Core, Work
from tests.apis.conftest import Ask
from tests.contract.customers import CUSTOMERS, a_customer, error_in


def test_a_resource_goes_in_and_comes_out_on_both_databases(ask: Ask) -> None:
    created = ask("POST", CUSTOMERS, json=a_customer(id="c1", loyalty={"points": [1, {"a": None}]}))
    assert created.status_code == 201
    assert created.headers["Location"] == f"http://brand.example{CUSTOMERS}/c1"
    assert ask("GET", f"{CUSTOMERS}/c1").json() == created.json()
    assert ask("GET", CUSTOMERS, params={"loyalty.points": "1"}).json() == [created.json()]
    assert ask("GET", CUSTOMERS, params={"loyalty.level": "1"}).status_code == 400
    assert ask("GET", CUSTOMERS, params={"engagedParty.id": "p1"}).json() == [created.json()]


def test_an_unexpected_error_is_logged_and_told_by_its_correlation_id_alone(
    ask: Ask, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(work: Work, document: Document) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(core.entities["Customer"], "on_create", stumble)
    with capture_logs() as logs:
        reply = ask("POST", CUSTOMERS, json=a_customer(), headers={"X-Correlation-ID": "abc-9"})
    assert "abc-9" in error_in(reply, 500)["message"]
    assert "secret" not in reply.text
    assert [str(log["exc_info"]) for log in logs if log["log_level"] == "error"] == ["the secret of the house"]


def test_a_reply_that_breaks_the_specification_is_logged_and_not_sent(
    ask: Ask, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(work: Work, document: Document) -> None:
        document |= {"name": 5, "status": "Approved"}

    monkeypatch.setattr(core.entities["Customer"], "fill", spoil)
    with capture_logs() as logs:
        error_in(ask("POST", CUSTOMERS, json=a_customer()), 500)
    failures = [str(log["exc_info"]) for log in logs if log["log_level"] == "error"]
    assert failures == ["Customer name must be a string, not a number"]
    assert ask("GET", CUSTOMERS).json() == []


def test_a_stored_resource_that_breaks_the_specification_is_logged_and_not_sent(
    ask: Ask, core: Core, context: Context
) -> None:
    with core.work(context) as work:
        work.create("Customer", a_customer(name=5, id="c1"))
    with capture_logs() as logs:
        error_in(ask("GET", f"{CUSTOMERS}/c1"), 500)
    failures = [str(log["exc_info"]) for log in logs if log["log_level"] == "error"]
    assert failures == ["retrieveCustomer 200: name must be a string, not a number"]


def test_a_reference_that_a_creation_may_leave_without_identifier_is_given_one(ask: Ask) -> None:
    customer = ask("POST", CUSTOMERS, json=a_customer(engagedParty={"@type": "PartyRef"})).json()
    assert customer["engagedParty"]["id"]


def test_what_a_creation_leaves_open_and_nobody_fills_in_is_refused(ask: Ask) -> None:
    party = {"@type": "Club", "@baseType": "PartyRef"}
    related = {"@type": "RelatedPartyOrPartyRole", "role": "payer", "partyOrPartyRole": party}
    error = error_in(ask("POST", CUSTOMERS, json=a_customer(relatedParty=[related])), 409)
    assert error["reason"] == "relatedParty[0].partyOrPartyRole.id: is mandatory but missing"


def test_a_database_that_is_away_makes_a_request_fail_for_the_time_being(
    ask: Ask, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    def be_away(*_arguments: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(core.repositories["Customer"], "find", be_away)
    assert "try again" in error_in(ask("GET", CUSTOMERS), 503)["reason"]


def test_an_api_folder_adds_paths_that_the_specification_lacks() -> None:
    def download(request: Request) -> Reply:
        return Reply(200, content=b"%PDF", headers={}, media_type="application/pdf")

    path = "/customerBill/{id}/document/{documentId}"
    route = ExtraRoute("retrieveDocument", "GET", path, "application/pdf", download)
    bills = Version(Api("tmf678", versions={"v5": {}}, extra_routes=(route,)), load("tmf678", "v5"))
    operation = bills.operations["retrieveDocument"]
    assert (operation.method, operation.path, operation.reply_type) == ("GET", path, "application/pdf")
    assert operation.resource is bills.resources["CustomerBill"]
    assert handlers_of(bills)["retrieveDocument"] is download
