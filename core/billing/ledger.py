"""The book of what was billed: one row a line, looked up so that nothing is charged twice."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select

from core.billing.charges import ChargeKey, Stretch
from core.billing.cycles import bounds
from core.billing.lines import Line, Taxes, add_taxes
from core.billing.tables import bill_item as table
from core.period import Period
from core.reading import Reading
from core.service import Work
from core.usage import AppliedTax

BATCH = 500


@dataclass(frozen=True, slots=True)
class Billed:
    """What was billed for a key before: in how many lines, how much in all, with which taxes, for which days."""

    lines: int = 0
    amount: Decimal = Decimal(0)
    taxes: Taxes = field(default_factory=dict)
    stretches: tuple[Stretch, ...] = ()


def billed_before(reading: Reading, product_ids: Collection[str]) -> dict[ChargeKey, Billed]:
    """Return what was billed for products so far, on whichever account, by charge."""
    found: dict[ChargeKey, Billed] = {}
    for row in _rows(reading, sorted(set(product_ids))):
        key = ChargeKey(*(getattr(row, name) for name in ChargeKey._fields))
        known = found.get(key, Billed())
        stretch = Stretch(Period(row.covered_from, row.covered_to), row.quantity)
        found[key] = Billed(
            known.lines + 1,
            known.amount + row.amount,
            add_taxes(known.taxes, _taxes(row)),
            (*known.stretches, stretch),
        )
    return found


def book(work: Work, bill_id: str, account_id: str, lines: Sequence[Line]) -> None:
    """Write the lines of a bill, in one statement."""
    shared = {
        "tenant": work.context.tenant,
        "bill_id": bill_id,
        "billing_account_id": account_id,
        "billed_at": work.now,
    }
    work.connection.execute(insert(table), [shared | _row(each) for each in lines])


def _row(line: Line) -> dict[str, Any]:
    start, end = bounds(line.covered)
    return line.key._asdict() | {
        "sequence": line.sequence,
        "id": line.id,
        "quantity": line.quantity,
        "covered_from": start,
        "covered_to": end,
        "amount": line.amount,
        "taxes": [[tax.category, tax.rate, amount] for tax, amount in line.taxes],
        "currency": line.currency,
    }


def _taxes(row: Any) -> Taxes:
    return {AppliedTax(category, Decimal(rate)): Decimal(amount) for category, rate, amount in row.taxes}


def _rows(reading: Reading, product_ids: Sequence[str]) -> Iterator[Any]:
    for start in range(0, len(product_ids), BATCH):
        mine = (table.c.tenant == reading.context.tenant) & table.c.product_id.in_(product_ids[start : start + BATCH])
        yield from reading.connection.execute(select(table).where(mine).order_by(*table.primary_key.columns))
