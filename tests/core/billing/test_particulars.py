"""A bill is printed with what was true when it was made, whatever has changed until somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.billing import bill_pdf, run_bills
from core.billing.printable import printable
from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.inventory import terminate
from core.service import Core, Work
from tests.builders.billing import ACCOUNT, a_paying_subscriber, at, bills
from tests.builders.catalog import a_monthly_price
from tests.builders.customer import a_customer
from tests.builders.inventory import characteristics
from tests.builders.usage import a_call, a_voice_price

LETTERHEAD = {
    "brand_name": "Another Brand",
    "brand_address": "9 Other Lane\n99999 Otherton",
    "brand_tax_number": "XX1",
    "brand_bank_account": "Account 2",
    "brand_website": "other.example",
    "brand_email": "help@other.example",
    "brand_color": "#123456",
    "brand_locale": "de_DE",
    "payment_due_days": 90,
}


@pytest.fixture
def product(core: Core, context: Context) -> Document:
    """A product of a customer with an address, charged by the month and for a call."""
    place = {"street1": "1 First Street", "postCode": "11111", "city": "Oldtown", "country": "DE"}
    medium = {"@type": "GeographicAddressContactMedium", "contactType": "postalAddress", **place}
    customer = a_customer(id="c1", name="Ada Example", contactMedium=[medium])
    core.run(context, lambda work: work.create("Customer", customer))
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal("9.99")), a_voice_price())
    core.run(context, lambda work: work.create("Usage", a_call(60)))
    return product


def on_cycle(core: Core, context: Context, clock: FixedClock, product: Document) -> None:
    run_bills(core, context, date(2026, 2, 1))


def on_demand(core: Core, context: Context, clock: FixedClock, product: Document) -> None:
    core.run(context, lambda work: work.create("CustomerBillOnDemand", {"billingAccount": {"id": ACCOUNT}}))


def credit(core: Core, context: Context, clock: FixedClock, product: Document) -> None:
    run_bills(core, context, date(2026, 2, 1))
    at(clock, "2026-02-10T10:00:00Z")
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 3, 1))


def change_everything(core: Core, context: Context, product: Document) -> Core:
    """Rename customer and product, give both another place and number, and return the system of another brand."""

    def change(work: Work) -> None:
        medium = {"street1": "2 Second Street", "postCode": "22222", "city": "Newtown", "country": "FR"}
        renamed = {"name": "Grace Example", "contactMedium": [{"@type": "GeographicAddressContactMedium", **medium}]}
        work.change("Customer", "c1", lambda customer: customer | renamed)
        number = characteristics(msisdn="+4915199999999")
        plan = {"name": "Plan X", "productCharacteristic": number}
        work.change("Product", product["id"], lambda document: document | plan)

    core.run(context, change)
    settings = core.settings.model_copy(update=LETTERHEAD)
    return Core(settings, core.database, core.entities.values(), core.clock)


def printed(core: Core, context: Context, bill: Document) -> dict[str, Any]:
    with core.reading(context) as reading:
        return printable(reading, bill)


@pytest.mark.parametrize("make", [on_cycle, on_demand, credit])
def test_a_bill_that_is_printed_late_says_what_it_would_have_said_at_once(
    core: Core, context: Context, clock: FixedClock, product: Document, make: Callable[..., None]
) -> None:
    make(core, context, clock, product)
    bill = bills(core, context)[-1]
    at_once = printed(core, context, bill)
    assert at_once["recipient"] == ["Ada Example", "1 First Street", "11111 Oldtown", "Germany"]
    assert at_once["charges"][0]["name"] == "Plan M"
    later = change_everything(core, context, product)
    assert printed(later, context, bill) == at_once
    assert bill_pdf(later, context, bill["id"]) == bill_pdf(core, context, bill["id"])


def test_a_bill_that_is_made_after_a_change_says_what_is_true_then(
    core: Core, context: Context, clock: FixedClock, product: Document
) -> None:
    on_demand(change_everything(core, context, product), context, clock, product)
    said = printed(core, context, bills(core, context)[-1])
    assert said["recipient"] == ["Grace Example", "2 Second Street", "22222 Newtown", "Frankreich"]
    assert (said["charges"][0]["name"], said["charges"][0]["number"]) == ("Plan X", "+49 1519 9999999")
    assert (said["brand"]["name"], said["brand"]["bank_account"]) == ("Another Brand", "Account 2")
