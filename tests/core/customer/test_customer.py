"""What is true of customers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.context import Context
from core.customer import accounts_of_customer, faults_of_standing, open_account
from core.customer.lifecycle import CUSTOMER
from core.entity import Document
from core.errors import Conflict
from core.service import Core
from tests.builders.customer import a_customer
from tests.builders.inventory import a_customer_party, a_product


def created(core: Core, context: Context, **attributes: Any) -> Document:
    with core.work(context) as work:
        return work.create("Customer", a_customer(**attributes))


def patched(core: Core, context: Context, identifier: str, **attributes: Any) -> Document:
    with core.work(context) as work:
        return work.change("Customer", identifier, lambda document: document | attributes, caller=True)


def test_a_new_customer_is_initialized_and_named_as_its_party(core: Core, context: Context) -> None:
    customer = created(core, context)
    assert customer["@type"] == "Customer"
    assert customer["status"] == "Initialized"
    assert customer["name"] == "Ada Example"


def test_what_a_client_sends_of_a_customer_stays(core: Core, context: Context) -> None:
    sent = {
        "name": "Moon Football Club",
        "status": "Approved",
        "statusReason": "Details checked",
        "contactMedium": [{"@type": "EmailContactMedium", "preferred": True, "emailAddress": "ada@example.org"}],
        "creditProfile": [{"@type": "CreditProfile", "creditScore": 4}],
        "shoeSize": 46,
    }
    customer = created(core, context, **sent)
    assert sent.items() <= customer.items()
    with core.reading(context) as reading:
        assert reading.require("Customer", customer["id"]) == customer


@pytest.mark.parametrize("status", ["", "  "])
def test_a_state_says_something(core: Core, context: Context, status: str) -> None:
    with pytest.raises(Conflict) as refusal:
        created(core, context, status=status)
    assert [(fault.path, fault.reason) for fault in refusal.value.faults] == [("status", "can't be empty")]
    customer = created(core, context)
    with pytest.raises(Conflict):
        patched(core, context, customer["id"], status=status)
    assert patched(core, context, customer["id"], description="x")["status"] == "Initialized"


def test_references_without_identifier_get_one(core: Core, context: Context) -> None:
    party = {"@type": "PartyRef", "href": "https://party.example/individual/5%2F0/"}
    related = [
        {"@type": "RelatedPartyOrPartyRole", "role": "payer", "partyOrPartyRole": {"@type": "PartyRef", "name": "Eve"}},
        {"@type": "RelatedPartyOrPartyRole", "role": "son", "partyOrPartyRole": {"@type": "Individual"}},
    ]
    customer = created(core, context, engagedParty=party, account=[{"@type": "Special"}], relatedParty=related)
    assert customer["engagedParty"]["id"] == "5/0"
    assert customer["account"][0]["id"]
    assert customer["relatedParty"][0]["partyOrPartyRole"]["id"]
    assert "id" not in customer["relatedParty"][1]["partyOrPartyRole"]


def test_a_status_of_the_operators_own_is_kept_and_moves_freely(core: Core, context: Context) -> None:
    customer = created(core, context, status="Prospect of the year")
    assert patched(core, context, customer["id"], status="Active")["status"] == "Active"
    assert patched(core, context, customer["id"], status="On holiday")["status"] == "On holiday"


def test_a_move_between_known_states_follows_the_table(core: Core, context: Context) -> None:
    customer = created(core, context, status="Active")
    with pytest.raises(Conflict) as refusal:
        patched(core, context, customer["id"], status="validated")
    assert refusal.value.faults[0].path == "status"
    assert "Suspended" in refusal.value.reason
    reason = {"status": "Suspended", "statusReason": "Unpaid bills"}
    assert reason.items() <= patched(core, context, customer["id"], **reason).items()


def test_the_status_cannot_be_taken_away(core: Core, context: Context) -> None:
    customer = created(core, context)
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.change("Customer", customer["id"], lambda one: {k: v for k, v in one.items() if k != "status"})
    assert refusal.value.faults[0].path == "status"


@given(st.lists(st.sampled_from(sorted(CUSTOMER.states))))
def test_no_sequence_of_known_moves_leaves_the_table(wishes: list[str]) -> None:
    state = CUSTOMER.initial
    for wish in wishes:
        if CUSTOMER.allows(state, wish):
            assert wish == state or wish in CUSTOMER.moves[state]
            state = wish
        else:
            with pytest.raises(Conflict):
                CUSTOMER.check(state, wish, "status")


def test_a_validity_upside_down_is_refused_wherever_it_stands(core: Core, context: Context) -> None:
    upside_down = {"startDateTime": "2026-02-01T00:00:00Z", "endDateTime": "2026-01-01T00:00:00Z"}
    profile = {"@type": "CreditProfile", "validFor": upside_down}
    with pytest.raises(Conflict) as refusal:
        created(core, context, creditProfile=[profile])
    assert refusal.value.faults[0].path == "creditProfile[0].validFor.endDateTime"


@pytest.mark.parametrize("status", ["created", "active", "suspended", "pendingTerminate"])
def test_a_customer_with_a_live_product_stays_and_is_not_closed(core: Core, context: Context, status: str) -> None:
    customer = created(core, context, status="Active")
    with core.work(context) as work:
        work.create("Product", a_product(status=status, relatedParty=[a_customer_party(customer["id"])]))
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.delete("Customer", customer["id"])
    assert refusal.value.code == "customerHasProducts"
    with pytest.raises(Conflict) as refusal:
        patched(core, context, customer["id"], status="Closed")
    assert refusal.value.faults[0].path == "status"


def test_a_customer_whose_products_have_ended_goes_and_the_accounts_close(core: Core, context: Context) -> None:
    customer = created(core, context)
    with core.work(context) as work:
        work.create("Product", a_product(status="terminated", relatedParty=[a_customer_party(customer["id"])]))
        open_account(work, customer)
        work.delete("Customer", customer["id"])
        assert work.get("Customer", customer["id"]) is None
        assert [account.state for account in accounts_of_customer(work, customer["id"])] == ["Closed"]


@pytest.mark.parametrize("status", ["Suspended", "inactive", "Closed", "Rejected"])
def test_who_is_not_served_cannot_order(status: str) -> None:
    faults = faults_of_standing(a_customer(status=status), "c1", "relatedParty[0].partyOrPartyRole")
    assert [(fault.path, fault.code) for fault in faults] == [
        ("relatedParty[0].partyOrPartyRole.id", "customerNotServed")
    ]


@pytest.mark.parametrize("status", ["Initialized", "Active", "Approved", "of our own"])
def test_everybody_else_can_order(status: str) -> None:
    assert faults_of_standing(a_customer(status=status), "c1", "relatedParty[0].partyOrPartyRole") == []


def test_who_is_unknown_cannot_order() -> None:
    assert [fault.code for fault in faults_of_standing(None, "c1", "at")] == ["unknownCustomer"]
