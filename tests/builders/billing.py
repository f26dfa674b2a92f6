"""A customer with a billing account who can be billed, and what is on a bill."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.catalog import freeze_all
from core.clock import FixedClock, parse_instant
from core.context import Context
from core.entity import Document
from core.inventory import PriceVersion, reshape
from core.service import Core, Work
from tests.builders.usage import a_subscriber

ACCOUNT = "b1"


def an_account(work: Work, identifier: str = ACCOUNT, **terms: Any) -> Document:
    """Create a billing account of customer c1, billed from the first of the month in EUR."""
    role = {"@type": "PartyRoleRef", "@referredType": "Customer", "id": "c1", "name": "Ada Example"}
    party = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "customer", "partyOrPartyRole": role}
    account = {"id": identifier, "name": "Ada Example", "relatedParty": [party]}
    return work.create("BillingAccount", account | terms)


def a_paying_subscriber(core: Core, context: Context, *prices: Document, **attributes: Any) -> Document:
    """Create the billing account and a product on it that was sold at these prices."""

    def create(work: Work) -> Document:
        if work.get("BillingAccount", ACCOUNT) is None:
            an_account(work)
        return a_subscriber(work, *prices, **attributes)

    return core.run(context, create)


def sell(core: Core, context: Context, product: Document, *prices: Document, quantity: int = 1) -> None:
    """Sell a product anew, at these prices from now on."""

    def change(work: Work) -> None:
        reshape(work, product["id"], lambda document: document, versions_of(work, prices), quantity=quantity)

    core.run(context, change)


def versions_of(work: Work, prices: Sequence[Document]) -> list[PriceVersion]:
    """Keep prices as they are, to be sold at."""
    return [PriceVersion(*key, price) for key, price in zip(freeze_all(work, prices), prices, strict=True)]


def at(clock: FixedClock, text: str) -> None:
    """Move the clock to an instant."""
    clock.advance(parse_instant(text) - clock.now())


def bills(core: Core, context: Context) -> list[Document]:
    """Return all bills, oldest first."""
    with core.reading(context) as reading:
        return reading.find_by("CustomerBill")


def lines(core: Core, context: Context, bill: Document) -> list[Document]:
    """Return the lines of a bill, in their order."""
    with core.reading(context) as reading:
        return reading.find_by("AppliedCustomerBillingRate", bill_id=bill["id"])


def summary(core: Core, context: Context, bill: Document) -> list[tuple[str, str, str, Decimal]]:
    """Return kind, first and last day, and amount before tax of every line of a bill."""
    return [
        (
            line["appliedBillingRateType"],
            line["periodCoverage"]["startDateTime"][:10],
            line["periodCoverage"]["endDateTime"][:10],
            line["taxExcludedAmount"]["value"],
        )
        for line in lines(core, context, bill)
    ]


def assert_adds_up(core: Core, context: Context, bill: Document) -> None:
    """Hold a bill's totals against the sums of its lines, to the cent."""
    found = lines(core, context, bill)
    for name in ("taxExcludedAmount", "taxIncludedAmount"):
        assert bill[name]["value"] == sum((line[name]["value"] for line in found), Decimal(0))
    taxes = sum((tax["taxAmount"]["value"] for tax in bill["taxItem"]), Decimal(0))
    assert bill["taxIncludedAmount"]["value"] == bill["taxExcludedAmount"]["value"] + taxes
    assert bill["amountDue"] == bill["remainingAmount"] == bill["taxIncludedAmount"]
