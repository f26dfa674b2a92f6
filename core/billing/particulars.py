"""From whom a bill is, to whom and for which lines, as it was when the bill was made: kept with it, printed from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from core.billing.tables import bill_particulars as table
from core.entity import Document
from core.inventory import customer_of, named_in
from core.reading import Reading
from core.service import Work
from core.settings import Settings

ADDRESS = ("street1", "street2", "postCode", "city", "country")


class Particulars(NamedTuple):
    """What is printed on a bill and isn't said by the bill, its lines and its usage, which stay as they are.

    `brand` is the settings `brand_*`; `recipient` name and postal address; `products` name and number (`msisdn`) of
    each product on the bill, by identifier. What isn't known is left out.
    """

    brand: Mapping[str, str]
    recipient: Mapping[str, str]
    products: Mapping[str, Mapping[str, str]]


def keep_particulars(work: Work, bill: Document, products: Collection[Document]) -> None:
    """Store what a CustomerBill of the running transaction is to be printed with: once, in one statement."""
    customer_id = customer_of(bill)
    customer = work.get("Customer", customer_id) if customer_id else None
    row = {
        "tenant": work.context.tenant,
        "bill_id": bill["id"],
        "brand": brand_of(work.settings),
        "recipient": _recipient(bill, customer or {}),
        "products": {product["id"]: _named(product) for product in products},
    }
    work.connection.execute(insert(table), [row])


def particulars_of(reading: Reading, bill_id: str) -> Particulars:
    """Return what a bill is printed with; every bill has it."""
    mine = (table.c.tenant == reading.context.tenant) & (table.c.bill_id == bill_id)
    statement = select(table.c.brand, table.c.recipient, table.c.products).where(mine)
    return Particulars(*reading.connection.execute(statement).one())


def brand_of(settings: Settings) -> dict[str, str]:
    """Return the letterhead that the settings say, and the locale that bills are written in."""
    return {
        "name": settings.brand_name,
        "address": settings.brand_address,
        "tax_number": settings.brand_tax_number,
        "bank_account": settings.brand_bank_account,
        "website": settings.brand_website,
        "email": settings.brand_email,
        "color": settings.brand_color,
        "locale": settings.brand_locale,
    }


def _recipient(bill: Document, customer: Document) -> dict[str, str]:
    name = customer.get("name") or bill["billingAccount"].get("name")
    media = customer.get("contactMedium") or []
    medium: Document = next((each for each in media if each.get("city") or each.get("street1")), {})
    said: dict[str, Any] = {"name": name, **{part: medium.get(part) for part in ADDRESS}}
    return {part: value for part, value in said.items() if value}


def _named(product: Document) -> dict[str, str]:
    identifiers = named_in(product.get("productCharacteristic") or [])
    number = next((each.raw for each in identifiers if each.kind == "msisdn"), None)
    return {name: value for name, value in (("name", product.get("name")), ("msisdn", number)) if value}
