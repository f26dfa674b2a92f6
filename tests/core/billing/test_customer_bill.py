"""A bill is moved on until it is paid; nothing else of it can be changed, and it stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.billing import run_bills
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core
from tests.builders.billing import a_paying_subscriber, bills, lines
from tests.builders.catalog import a_monthly_price


@pytest.fixture
def bill(core: Core, context: Context) -> Document:
    """A new bill of one account."""
    a_paying_subscriber(core, context, a_monthly_price())
    run_bills(core, context, date(2026, 2, 1))
    return bills(core, context)[0]


def patch(core: Core, context: Context, bill: Document, **attributes: object) -> Document:
    """Change a bill as a caller does."""
    return core.run(
        context, lambda work: work.change("CustomerBill", bill["id"], lambda d: d | attributes, caller=True)
    )


def test_a_bill_goes_from_new_to_settled(core: Core, context: Context, bill: Document) -> None:
    for state in ("validated", "onHold", "validated", "sent", "partiallyPaid", "settled"):
        moved = patch(core, context, bill, state=state)
        owed = Decimal("0.00") if state == "settled" else bill["amountDue"]["value"]
        assert (moved["state"], moved["remainingAmount"]) == (state, bill["amountDue"] | {"value": owed})
    assert moved["amountDue"] == bill["amountDue"]


@pytest.mark.parametrize("state", ["sent", "settled", "partiallyPaid"])
def test_a_bill_that_was_not_validated_cannot_be_sent_or_paid(
    core: Core, context: Context, bill: Document, state: str
) -> None:
    with pytest.raises(Conflict, match="can't go from 'new'"):
        patch(core, context, bill, state=state)


def test_the_bill_cycle_of_a_bill_can_be_changed(core: Core, context: Context, bill: Document) -> None:
    cycle = {"@type": "BillCycleRef", "id": "monthly-2026-02"}
    assert patch(core, context, bill, billCycle=cycle)["billCycle"] == cycle


@pytest.mark.parametrize("attribute", ["amountDue", "billNo", "taxItem", "category", "x-own"])
def test_nothing_else_of_a_bill_can_be_changed(core: Core, context: Context, bill: Document, attribute: str) -> None:
    with pytest.raises(Conflict) as refusal:
        patch(core, context, bill, **{attribute: "other"})
    (fault,) = refusal.value.faults
    assert (fault.path, fault.reason) == (attribute, "can't be changed: only billCycle and state can")


def test_amounts_that_are_sent_back_with_other_digits_are_no_change(
    core: Core, context: Context, bill: Document
) -> None:
    due = bill["taxIncludedAmount"]
    longer = due | {"value": due["value"] * Decimal("1.0")}
    assert str(longer["value"]) == f"{due['value']}0"
    assert patch(core, context, bill, taxIncludedAmount=longer) == bill
    with core.reading(context) as reading:
        kept = reading.require_stored("CustomerBill", bill["id"])
    assert (kept.version, str(kept.document)) == (1, str(bill))
    held = patch(core, context, bill, taxIncludedAmount=longer, state="onHold")
    assert (held["state"], str(held["taxIncludedAmount"])) == ("onHold", str(due))


def test_bills_and_their_lines_stay(core: Core, context: Context, bill: Document) -> None:
    with pytest.raises(Conflict, match="stays"):
        core.run(context, lambda work: work.delete("CustomerBill", bill["id"]))
    line = lines(core, context, bill)[0]["id"]
    with pytest.raises(Conflict, match="can't be changed"):
        core.run(context, lambda w: w.change("AppliedCustomerBillingRate", line, lambda d: d | {"name": "x"}))


def test_a_bill_announces_its_document(bill: Document) -> None:
    (attachment,) = bill["billDocument"]
    assert attachment["mimeType"] == "application/pdf"
    assert attachment["url"] == f"customerBill/{bill['id']}/document/{attachment['id']}"
