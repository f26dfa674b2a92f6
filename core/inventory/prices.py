"""The price versions a product was sold at, over time: what rating and billing charge by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from core.entity import Document
from core.inventory.tables import product_price as table
from core.period import Period
from core.reading import Reading
from core.service import Work

BATCH = 1000


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """A price to sell at: its identifier, the frozen revision, and the ProductOfferingPrice as it was then."""

    price_id: str
    revision: int
    document: Document


@dataclass(frozen=True, slots=True)
class SoldPrice:
    """A price version in force for a product, `quantity` times, from `valid_from` up to `valid_to` (None: open)."""

    product_id: str
    price_id: str
    revision: int
    quantity: int
    valid_from: datetime
    valid_to: datetime | None


def begin_prices(work: Work, product_id: str, prices: Sequence[PriceVersion], at: datetime, quantity: int = 1) -> None:
    """Put prices in force for a product from `at` on."""
    if not prices:
        return
    shared = {"tenant": work.context.tenant, "product_id": product_id, "quantity": quantity}
    rows = [
        shared | {"price_id": price.price_id, "revision": price.revision, "valid_from": at, "valid_to": None}
        for price in prices
    ]
    work.connection.execute(insert(table), rows)


def end_prices(work: Work, product_id: str, at: datetime, *, replaced: bool = False) -> None:
    """End all prices of a product at `at`; what hadn't begun by then never was in force.

    What began at this very instant was sold, if for no time: it leaves what is charged once, unless it is replaced.
    """
    mine = (table.c.tenant == work.context.tenant) & (table.c.product_id == product_id)
    ending = or_(table.c.valid_to.is_(None), table.c.valid_to > at)
    never = table.c.valid_from >= at if replaced else table.c.valid_from > at
    work.connection.execute(delete(table).where(mine, never))
    work.connection.execute(update(table).where(mine, ending).values(valid_to=at))


def prices_of(reading: Reading, product_ids: Collection[str], period: Period) -> list[SoldPrice]:
    """Return the prices in force for products at any time of `period`, by product and time; in sets."""
    return list(_rows(reading, product_ids, period))


def quantity_of(reading: Reading, product_id: str) -> int:
    """Return how many times a product is charged for as it is sold now; one where it has no price."""
    return next((price.quantity for price in prices_of(reading, [product_id], Period(reading.now, None))), 1)


def _rows(reading: Reading, product_ids: Iterable[str], period: Period) -> Iterator[SoldPrice]:
    wanted = sorted(set(product_ids))
    for start in range(0, len(wanted), BATCH):
        statement = (
            select(table)
            .where(
                table.c.tenant == reading.context.tenant,
                table.c.product_id.in_(wanted[start : start + BATCH]),
                *_within(period),
            )
            .order_by(table.c.product_id, table.c.valid_from, table.c.price_id)
        )
        for row in reading.connection.execute(statement):
            yield SoldPrice(row.product_id, row.price_id, row.revision, row.quantity, row.valid_from, row.valid_to)


def _within(period: Period) -> Iterator[Any]:
    if period.start is not None:
        yield or_(table.c.valid_to.is_(None), table.c.valid_to > period.start)
    if period.end is not None:
        yield table.c.valid_from < period.end


def is_sold(reading: Reading, product_id: str) -> bool:
    """Tell whether a product was ever sold at a price: then it stays, as charges refer to it."""
    mine = (table.c.tenant == reading.context.tenant) & (table.c.product_id == product_id)
    return reading.connection.execute(select(table.c.product_id).where(mine).limit(1)).first() is not None


def price_in_use(reading: Reading, price_id: str) -> bool:
    """Tell whether any product was ever sold at a price."""
    sold = (table.c.tenant == reading.context.tenant) & (table.c.price_id == price_id)
    return reading.connection.execute(select(table.c.product_id).where(sold).limit(1)).first() is not None


def shown(price: PriceVersion) -> Document:
    """Word a price version as TMF637 ProductPrice: what it is, how often, and the amount without tax."""
    document = price.document
    reference = {"@type": "ProductOfferingPriceRef", "id": price.price_id}
    reference |= {name: document[name] for name in ("name", "version") if name in document}
    product_price: Document = {"@type": "ProductPrice", "productOfferingPrice": reference}
    product_price |= {n: document[n] for n in ("name", "description", "priceType") if n in document}
    if kind := document.get("recurringChargePeriodType"):
        length = document.get("recurringChargePeriodLength", 1)
        product_price["recurringChargePeriod"] = kind if length == 1 else f"{length} {kind}"
    if unit := document.get("unitOfMeasure"):
        product_price["unitOfMeasure"] = " ".join(str(unit[n]) for n in ("amount", "units") if n in unit)
    amount: Document = {"@type": "Price"}
    if "price" in document:
        amount["dutyFreeAmount"] = document["price"]
    rates = [tax["taxRate"] for tax in document.get("tax", ()) if "taxRate" in tax]
    if len(rates) == 1:
        amount["taxRate"] = rates[0]
    if "percentage" in document:
        amount["percentage"] = document["percentage"]
    return product_price | ({"price": amount} if len(amount) > 1 else {})
