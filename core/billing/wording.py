"""How a bill and its lines stand in TMF678 documents: CustomerBill and AppliedCustomerBillingRate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from core.billing.cycles import bounds, cycle_id, midnight
from core.billing.lines import Line, LineTax, Totals
from core.clock import wire_instant
from core.customer import Account
from core.entity import Document, new_id
from core.period import Period

RunType = Literal["onCycle", "offCycle"]
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill that is being made: for whom, for which time, dated when, and the next one where it is known."""

    id: str
    account: Account
    period: Period
    run_type: RunType
    date: datetime
    next_date: datetime | None


def bill_document(bill: Bill, number: str, totals: Totals, now: datetime) -> Document:
    """Return the CustomerBill of a bill with these totals."""
    unit = bill.account.currency
    included = money(totals.included, unit)
    document: Document = {
        "@type": "CustomerBill",
        "id": bill.id,
        "billNo": number,
        "state": "new",
        "category": "normal",
        "runType": bill.run_type,
        "billDate": wire_instant(bill.date),
        "billingPeriod": bill.period.to_wire(),
        "billingAccount": account_reference(bill.account),
        "billDocument": [_attachment(bill.id, number)],
        "taxItem": [{"@type": "TaxItem"} | _tax(each, unit) for each in totals.taxes],
        "taxExcludedAmount": money(totals.excluded, unit),
        "taxIncludedAmount": included,
        "amountDue": included,
        "remainingAmount": included,
        "lastUpdate": wire_instant(now),
    }
    if bill.run_type == "onCycle":
        document["billCycle"] = {"@type": "BillCycleRef", "@referredType": "BillCycle", "id": cycle_id(bill.period)}
    if totals.included > 0:
        # A run that is late leaves the customer the same days to pay.
        counted = midnight(max(bill.date, now))
        document["paymentDueDate"] = wire_instant(counted + timedelta(days=bill.account.due_days))
    if bill.next_date:
        document["nextBillDate"] = wire_instant(bill.next_date)
    if bill.account.customer_id:
        document["relatedParty"] = [_customer(bill.account)]
    return document


def rate_documents(bill: Bill, lines: list[Line], products: Mapping[str, Document]) -> list[Document]:
    """Return the AppliedCustomerBillingRate of every line, in their order."""
    shared: Document = {
        "@type": "AppliedCustomerBillingRate",
        "date": wire_instant(bill.date),
        "isBilled": True,
        "bill": {"@type": "CustomerBillRef", "@referredType": "CustomerBill", "id": bill.id},
        "billingAccount": account_reference(bill.account),
    }
    return [shared | _rate(line, products.get(line.key.product_id, {})) for line in lines]


def money(amount: Decimal, unit: str) -> Document:
    """Return TMF Money."""
    return {"unit": unit, "value": amount}


def account_reference(account: Account) -> Document:
    """Return a reference to a billing account."""
    named = {"name": account.name} if account.name else {}
    return {"@type": "BillingAccountRef", "@referredType": "BillingAccount", "id": account.id, **named}


def _rate(line: Line, product: Document) -> Document:
    named = {"name": product["name"]} if product.get("name") else {}
    return {
        "id": line.id,
        "name": line.price.name or line.price.id,
        "description": _description(line),
        "appliedBillingRateType": line.rate_type,
        "periodCoverage": line.covered.to_wire(),
        "product": {"@type": "ProductRef", "@referredType": "Product", "id": line.key.product_id, **named},
        "taxExcludedAmount": money(line.amount, line.currency),
        "taxIncludedAmount": money(line.amount + line.tax_amount, line.currency),
        "appliedTax": [{"@type": "AppliedBillingTaxRate"} | _tax(each, line.currency) for each in line.taxes],
        "characteristic": list(_characteristics(line)),
    }


def _description(line: Line) -> str:
    if line.measured:
        count = line.measured.usages
        return f"{count} usage{'' if count == 1 else 's'}, {line.measured.key.tag}"
    if line.base:
        return f"Discount on {line.base.name or line.base.id}" + (", taken back" if line.amount > 0 else "")
    start, end = bounds(line.covered)
    if start == end:
        return f"Once, on {start:%Y-%m-%d}"
    days = (end - start).days
    given_back = ", given back" if line.amount < 0 else ""
    return f"{days} day{'' if days == 1 else 's'} from {start:%Y-%m-%d}{given_back}"


def _characteristics(line: Line) -> Iterator[Document]:
    yield _text("priceId", line.price.id)
    yield _number("priceRevision", line.price.revision)
    if line.base:
        yield _text("discountedPriceId", line.base.id)
    if line.measured:
        yield _text("usageRatingTag", line.measured.key.tag)
        yield _number("usageCount", line.measured.usages)
        yield _number("quantity", line.measured.quantity)
        yield _text("quantityUnit", line.measured.key.unit)
        # The usages themselves: GET /usage with this filter (TMF635).
        yield _text("usageFilter", f"ratedProductUsage.appliedCustomerBillingRate.id={line.id}")


def _text(name: str, value: str) -> Document:
    return {"@type": "StringCharacteristic", "name": name, "valueType": "string", "value": value}


def _number(name: str, value: int) -> Document:
    return {"@type": "IntegerCharacteristic", "name": name, "valueType": "integer", "value": value}


def _tax(each: LineTax, unit: str) -> Document:
    return {"taxCategory": each.tax.category, "taxRate": each.tax.rate, "taxAmount": money(each.amount, unit)}


def _customer(account: Account) -> Document:
    role: dict[str, Any] = {"@type": "PartyRoleRef", "@referredType": "Customer", "id": account.customer_id}
    if account.name:
        role["name"] = account.name
    return {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "customer", "partyOrPartyRole": role}


def _attachment(bill_id: str, number: str) -> Document:
    identifier = new_id()
    return {
        "@type": "Attachment",
        "id": identifier,
        "name": f"bill-{number}.pdf",
        "attachmentType": "bill",
        "mimeType": PDF,
        "url": f"customerBill/{bill_id}/document/{identifier}",
    }
