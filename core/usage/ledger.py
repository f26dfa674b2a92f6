"""The book of rated usage: one row a part, exact amounts; what bills are made from and what rating anew takes back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select

from core.service import Work
from core.usage.allowances import AllowanceKey, Balances, allowance_period
from core.usage.guiding import Guided
from core.usage.rating import INCLUDED, Part
from core.usage.tables import rated_usage as table

BATCH = 500


class Entry(NamedTuple):
    """A rated usage to book: whose it is, when it was, and the parts it fell into."""

    usage_id: str
    usage_date: datetime
    guided: Guided
    parts: list[Part]


def book(work: Work, entries: Iterable[Entry]) -> None:
    """Write the parts of rated usages, in one statement."""
    rows = [row for entry in entries for row in _rows(work, entry)]
    if rows:
        work.connection.execute(insert(table), rows)


def withdraw(work: Work, usage_ids: Collection[str]) -> None:
    """Take usages out of the book and give back what they drew from allowances, because they go or change."""
    drawn: list[tuple[AllowanceKey, int]] = []
    for mine in _of(work, usage_ids):
        rows = work.connection.execute(select(table).where(*mine))
        drawn += [(_key(row), row.counted) for row in rows if row.tag == INCLUDED]
    if drawn:
        balances = Balances(work, (key for key, _ in drawn))
        for key, counted in drawn:
            balances.draw(key, -counted)
        balances.store()
    for mine in _of(work, usage_ids):
        work.connection.execute(delete(table).where(*mine))


def _of(work: Work, usage_ids: Collection[str]) -> Iterator[list[Any]]:
    wanted = sorted(usage_ids)
    for start in range(0, len(wanted), BATCH):
        yield [table.c.tenant == work.context.tenant, table.c.usage_id.in_(wanted[start : start + BATCH])]


def _key(row: Any) -> AllowanceKey:
    return AllowanceKey(row.product_id, row.price_id, row.period_start)


def _rows(work: Work, entry: Entry) -> Iterator[dict[str, Any]]:
    shared = {
        "tenant": work.context.tenant,
        "usage_id": entry.usage_id,
        "billing_account_id": entry.guided.billing_account_id,
        "used_product_id": entry.guided.product_id,
        "usage_date": entry.usage_date,
        "period_start": allowance_period(entry.usage_date),
        "rated_at": work.now,
        "bill_id": None,
        "rate_id": None,
    }
    for number, part in enumerate(entry.parts):
        price = part.tariff.price
        yield shared | {
            "part": number,
            "product_id": part.tariff.product_id,
            "price_id": price.id,
            "revision": price.revision,
            "tag": part.tag,
            "unit": part.tariff.unit,
            "quantity": part.quantity,
            "counted": part.counted,
            "amount": part.amount,
            "currency": part.tariff.currency,
        }
