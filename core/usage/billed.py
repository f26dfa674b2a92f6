"""Rated usage on its way to a bill: claimed for it, totalled per product and price, itemised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.exc import OperationalError

from core.entity import Document
from core.errors import Conflict
from core.reading import Reading
from core.service import Work
from core.storage.repository import Claim
from core.usage.characteristics import DESTINATION, VISITED_NETWORK, values_of
from core.usage.tables import rated_usage as table
from core.usage.wording import billed

SET = 1000


class TooMuch(Conflict):
    """More than can be summed up, or stored; nothing is to be written for it."""

    code = "amountOutOfRange"


class UsageKey(NamedTuple):
    """What usage is totalled by on a bill: product, price version, whether an allowance covered it, and the unit."""

    product_id: str
    price_id: str
    revision: int
    tag: str
    unit: str


@dataclass(frozen=True, slots=True)
class UsageTotal:
    """So many usages of one key: `quantity` base units used, the exact `amount` before tax, first and last use."""

    key: UsageKey
    currency: str
    usages: int
    quantity: int
    amount: Decimal
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class UsageItem:
    """One line of an itemised bill: a part of a usage, as it was rated."""

    usage_id: str
    at: datetime
    usage_type: str
    destination: str | None
    visited_network: str | None
    key: UsageKey
    used_product_id: str
    quantity: int
    amount: Decimal


def claim_usage(work: Work, account_id: str, until: datetime, bill_id: str) -> list[UsageTotal]:
    """Put all usage of a billing account before `until` that is on no bill yet on this one; return its totals.

    Usage that comes in later for the same time goes on the next bill. To be followed by `settle_usage`.
    """
    mine = (table.c.tenant == work.context.tenant) & (table.c.billing_account_id == account_id)
    open_ones = mine & table.c.bill_id.is_(None) & (table.c.usage_date < until)
    # Claimed before it is summed up: what is rated in between is not on the bill, and not lost.
    claimed = work.connection.execute(update(table).where(open_ones).values(bill_id=bill_id))
    if not claimed.rowcount:
        return []
    return list(_totals(work, bill_id))


def settle_usage(work: Work, bill_id: str, rates: Mapping[UsageKey, str]) -> set[str]:
    """Mark the usage on a bill as billed, each part with the applied billing rate (its identifier) it has gone into.

    Return the products that were used.
    """
    if not rates:
        return set()
    names: dict[str, Any] = {name: bindparam(f"b_{name}") for name in UsageKey._fields}
    mine = [table.c.tenant == work.context.tenant, table.c.bill_id == bill_id]
    statement = update(table).where(*mine, *(table.c[name] == value for name, value in names.items()))
    rows = [
        {f"b_{name}": value for name, value in key._asdict().items()} | {"b_rate": rate} for key, rate in rates.items()
    ]
    work.connection.execute(statement.values(rate_id=bindparam("b_rate")), rows)
    return _mark_billed(work, bill_id)


def usage_on_bill(reading: Reading, bill_id: str) -> Iterator[UsageItem]:
    """Yield every part of every usage on a bill, by product and time; read in sets."""
    mine = [table.c.tenant == reading.context.tenant, table.c.bill_id == bill_id]
    order = (table.c.used_product_id, table.c.usage_date, table.c.usage_id, table.c.part)
    rows = list(reading.connection.execute(select(table).where(*mine).order_by(*order)))
    for start in range(0, len(rows), SET):
        some = rows[start : start + SET]
        usages = reading.get_many("Usage", [row.usage_id for row in some])
        yield from (_item(row, usages[row.usage_id]) for row in some)


def first_unbilled(reading: Reading, account_id: str) -> datetime | None:
    """Return when the oldest usage of a billing account that is on no bill took place, None where there is none."""
    mine = (table.c.tenant == reading.context.tenant) & (table.c.billing_account_id == account_id)
    oldest = select(func.min(table.c.usage_date)).where(mine, table.c.bill_id.is_(None))
    found: datetime | None = reading.connection.execute(oldest).scalar()
    return found


def _totals(work: Work, bill_id: str) -> Iterator[UsageTotal]:
    key = [table.c[name] for name in UsageKey._fields]
    statement = (
        select(
            *key,
            table.c.currency,
            func.count().label("usages"),
            func.sum(table.c.quantity).label("quantity"),
            func.sum(table.c.amount).label("amount"),
            func.min(table.c.usage_date).label("first"),
            func.max(table.c.usage_date).label("last"),
        )
        .where(table.c.tenant == work.context.tenant, table.c.bill_id == bill_id)
        .group_by(*key, table.c.currency)
        .order_by(*key)
    )
    for row in _summed_up(work, statement):
        total = UsageKey(*(row[: len(key)]))
        yield UsageTotal(total, row.currency, row.usages, int(row.quantity), row.amount, row.first, row.last)


def _summed_up(work: Work, statement: Select[Any]) -> Sequence[Row[Any]]:
    try:
        return work.connection.execute(statement).all()
    except OperationalError as error:
        # What SQLite says of sums beyond 64 bits; PostgreSQL has room for them.
        if "integer overflow" not in str(error.orig):
            raise
        raise TooMuch("the usage comes to more than can be summed up exactly") from error


def _mark_billed(work: Work, bill_id: str) -> set[str]:
    mine = (table.c.tenant == work.context.tenant) & (table.c.bill_id == bill_id)
    columns = (table.c.usage_id, table.c.part, table.c.rate_id, table.c.used_product_id)
    # Sorted here: SQLite would rather read all rows in their order than sort the few that an index finds.
    parts = sorted(map(tuple, work.connection.execute(select(*columns).where(mine))))
    rates: dict[str, list[str]] = {}
    for usage_id, _, rate_id, _ in parts:
        rates.setdefault(usage_id, []).append(rate_id)
    for some in _sets(list(rates)):
        claimed = work.claim("Usage", Claim(wait=True), id=list(some))
        work.advance("Usage", [(usage, [billed(usage.document, rates[usage.document["id"]])]) for usage in claimed])
    return {product_id for *_, product_id in parts}


def _sets(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + SET] for start in range(0, len(ids), SET))


def _item(row: Any, usage: Document) -> UsageItem:
    values = values_of(usage)
    called, visited = values.get(DESTINATION), values.get(VISITED_NETWORK)
    return UsageItem(
        usage_id=row.usage_id,
        at=row.usage_date,
        usage_type=usage.get("usageType") or "",
        destination=None if called is None else str(called),
        visited_network=None if visited is None else str(visited),
        key=UsageKey(row.product_id, row.price_id, row.revision, row.tag, row.unit),
        used_product_id=row.used_product_id,
        quantity=row.quantity,
        amount=row.amount,
    )
