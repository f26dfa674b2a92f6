"""A bill as it is to be printed: everything in its order, worded and formatted, nothing left to compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.billing.formats import Formats, grouped
from core.billing.itemisation import Tariff, Tariffs, by_key, is_included, itemised
from core.billing.labels import labels_in
from core.billing.page import Page
from core.billing.particulars import particulars_of
from core.clock import parse_instant
from core.entity import Document
from core.inventory import customer_of
from core.period import Period
from core.reading import Reading
from core.usage import UsageKey, usage_on_bill

KINDS = ("recurringCharge", "oneTimeCharge", "usageCharge", "appliedBillingCredit")


def printable(reading: Reading, bill: Document) -> dict[str, Any]:
    """Return all that is printed on a bill as text, for the template. `bill` is a CustomerBill.

    Everything comes from what was kept when the bill was made, and nothing from what is true now.
    """
    said = particulars_of(reading, bill["id"])
    lines = reading.find_by("AppliedCustomerBillingRate", bill_id=bill["id"])
    items = list(usage_on_bill(reading, bill["id"]))
    formats = Formats.of(said.brand["locale"])
    words, unit = labels_in(formats.locale.language), bill["taxExcludedAmount"]["unit"]
    used = by_key(items)
    tariffs = {key: Tariff(line["name"], is_included(used[key])) for line in lines if (key := _key(line)) in used}
    page = Page(formats, words, unit, said.products)
    bank_account = grouped(said.brand["bank_account"])
    return {
        "language": formats.locale.language,
        "words": dict(page.words),
        "brand": _letterhead(said.brand) | {"bank_account": bank_account},
        "recipient": list(_recipient(formats, said.recipient)),
        "title": page.words["bill_for"].format(period=formats.span(Period.from_wire(bill["billingPeriod"]))),
        "facts": [{"name": name, "value": value} for name, value in _facts(page, bill)],
        "due": _due(page, bank_account, bill),
        "summary": list(_summary(page, lines)),
        "taxes": list(_taxes(page, lines)),
        "net": formats.money(bill["taxExcludedAmount"]),
        "gross": formats.money(bill["taxIncludedAmount"]),
        "charges": list(_charges(page, lines, tariffs)),
        "usage": list(itemised(page, items, tariffs)),
    }


def _letterhead(brand: Mapping[str, str]) -> dict[str, Any]:
    address = brand["address"].splitlines()
    # The address often begins with the name of the company, which has that of the brand in it.
    is_named = bool(address) and brand["name"] in address[0]
    sender = " · ".join(address if is_named else [brand["name"], *address])
    return {**brand, "address": address, "sender": sender}


def _recipient(formats: Formats, recipient: Mapping[str, str]) -> Iterator[str]:
    """Yield name and postal address, as far as they are known."""
    place = " ".join(filter(None, (recipient.get("postCode"), recipient.get("city"))))
    country = formats.country(recipient.get("country") or "")
    for line in (recipient.get("name"), recipient.get("street1"), recipient.get("street2"), place, country):
        if line:
            yield line


def _facts(page: Page, bill: Document) -> Iterator[tuple[str, str]]:
    words, formats = page.words, page.formats
    yield words["bill_number"], bill["billNo"]
    yield words["bill_date"], formats.date(parse_instant(bill["billDate"]))
    yield words["period"], formats.span(Period.from_wire(bill["billingPeriod"]))
    if customer_id := customer_of(bill):
        yield words["customer_number"], customer_id
    yield words["account_number"], bill["billingAccount"]["id"]


def _due(page: Page, bank_account: str, bill: Document) -> dict[str, str]:
    words, amount = page.words, bill["amountDue"]
    due: dict[str, str] = {"amount": page.formats.money(amount | {"value": abs(amount["value"])}), "how": ""}
    due["label"] = words["amount_owed" if amount["value"] < 0 else "amount_due"]
    if amount["value"] < 0:
        return due | {"when": words["credit"]}
    if not amount["value"]:
        return due | {"when": words["nothing_due"]}
    if bank_account:
        due["how"] = words["pay_to"].format(account=bank_account, number=bill["billNo"])
    return due | {"when": words["due_by"].format(date=page.formats.date(parse_instant(bill["paymentDueDate"])))}


def _summary(page: Page, lines: Sequence[Document]) -> Iterator[dict[str, str]]:
    """Yield the sum of each kind of charge that is on the bill."""
    for kind in KINDS:
        some = [line for line in lines if line["appliedBillingRateType"] == kind]
        if some:
            yield {"name": page.words[kind], "amount": page.money(_net(some))}


def _taxes(page: Page, lines: Sequence[Document]) -> Iterator[dict[str, str]]:
    sums: dict[tuple[str, Decimal], list[Decimal]] = {}
    for line in lines:
        for tax in line["appliedTax"]:
            both = sums.setdefault((tax["taxCategory"], Decimal(tax["taxRate"])), [Decimal(0), Decimal(0)])
            both[0] += line["taxExcludedAmount"]["value"]
            both[1] += tax["taxAmount"]["value"]
    for (category, rate), (net, tax) in sorted(sums.items()):
        name = page.words["tax_at"].format(category=page.words.get(category, category), rate=page.formats.percent(rate))
        amounts = {"net": net, "tax": tax, "gross": net + tax}
        yield {"name": name} | {key: page.money(value) for key, value in amounts.items()}


def _charges(page: Page, lines: Sequence[Document], tariffs: Tariffs) -> Iterator[dict[str, Any]]:
    """Yield the lines of each product, products in the order in which they first stand on the bill."""
    products: dict[str, list[Document]] = {}
    for line in lines:
        products.setdefault(line["product"]["id"], []).append(line)
    for product_id, some in products.items():
        included = [(key := _key(line)) in tariffs and tariffs[key].is_included for line in some]
        yield page.title(product_id) | {
            "lines": [_line(page, line, is_free) for line, is_free in zip(some, included, strict=True)],
            "net": page.words["included"] if all(included) else page.money(_net(some)),
        }


def _net(lines: Sequence[Document]) -> Decimal:
    return sum((line["taxExcludedAmount"]["value"] for line in lines), Decimal(0))


def _line(page: Page, line: Document, is_free: bool) -> dict[str, str]:
    said = _said(line)
    if "usageCount" in said:
        detail = page.used(said["usageCount"], said["quantity"], said["quantityUnit"])
    else:
        period = Period.from_wire(line["periodCoverage"])
        detail = page.formats.span(period)
        if period.start == period.end and period.start:
            detail = page.words["on_day"].format(date=page.formats.short_date(period.start))
        if undone := _undone(line, said):
            detail = page.words[undone].format(detail=detail)
    rates = " + ".join(page.formats.percent(Decimal(tax["taxRate"])) for tax in line["appliedTax"])
    return {
        "name": line["name"],
        "detail": detail,
        "tax": rates,
        "amount": page.words["included"] if is_free else page.formats.money(line["taxExcludedAmount"]),
    }


def _said(line: Document) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in line["characteristic"]}


def _key(line: Document) -> UsageKey:
    """Return what the usage of a line is totalled by; a line that isn't of usage has a key that none has."""
    said = _said(line)
    tag, unit = said.get("usageRatingTag", ""), said.get("quantityUnit", "")
    return UsageKey(line["product"]["id"], said["priceId"], said["priceRevision"], tag, unit)


def _undone(line: Document, said: Mapping[str, Any]) -> str | None:
    """Return the word for what was charged before and is given back, or for a discount that is taken back."""
    amount = line["taxExcludedAmount"]["value"]
    if "discountedPriceId" in said:
        return "taken_back" if amount > 0 else None
    return "given_back" if amount < 0 else None
