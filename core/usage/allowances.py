"""Allowances of a period: how much of each is used, locked while a set of usages draws on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select, update

from core.service import Work
from core.storage.statements import insert_new
from core.usage.tables import allowance_use as table
from core.usage.tariffs import Tariff

BATCH = 500


class AllowanceKey(NamedTuple):
    """A product's allowance by a price in the period that starts at `period_start`: a calendar month, UTC."""

    product_id: str
    price_id: str
    period_start: datetime


def allowance_period(at: datetime) -> datetime:
    """Return when the period of allowances that contains `at` starts: the first of the month, 0:00 UTC."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def allowance_key(tariff: Tariff, period_start: datetime) -> AllowanceKey:
    """Return the allowance that a tariff grants in a period."""
    return AllowanceKey(tariff.product_id, tariff.price.id, period_start)


class Balances:
    """What is used of some allowances: locked when made, drawn on in memory, written by `store`.

    Two transactions that need the same allowance take turns; rows are locked in one order, so neither waits in vain.
    """

    def __init__(self, work: Work, keys: Iterable[AllowanceKey]) -> None:
        self._work = work
        wanted = sorted(set(keys))
        self._used = _locked(work, wanted)
        missing = [key for key in wanted if key not in self._used]
        new = insert_new(work.connection, table, [_row(work, key) for key in missing])
        self._used |= dict.fromkeys(missing, 0)
        if len(new) < len(missing):
            self._used |= _locked(work, missing)
        self._stored = dict(self._used)

    def left(self, key: AllowanceKey, granted: int) -> int:
        """Return what is left of an allowance of `granted` base units; never negative."""
        return max(granted - self._used[key], 0)

    def draw(self, key: AllowanceKey, amount: int) -> None:
        """Use up `amount` base units, or give them back where it is negative."""
        self._used[key] += amount

    def store(self) -> None:
        """Write what has changed, in one statement."""
        changed = [(key, used) for key, used in self._used.items() if used != self._stored[key]]
        if not changed:
            return
        tenant = self._work.context.tenant
        mine = [column == bindparam(f"b_{column.name}") for column in table.primary_key.columns]
        rows = [
            {"b_tenant": tenant, "used": used} | {f"b_{name}": part for name, part in key._asdict().items()}
            for key, used in changed
        ]
        self._work.connection.execute(update(table).where(*mine), rows)
        self._stored = dict(self._used)


def _locked(work: Work, keys: Collection[AllowanceKey]) -> dict[AllowanceKey, int]:
    products = sorted({key.product_id for key in keys})
    starts = sorted({key.period_start for key in keys})
    wanted, found = set(keys), dict[AllowanceKey, int]()
    for first in range(0, len(products), BATCH):
        for row in work.connection.execute(_select(work, products[first : first + BATCH], starts)):
            key = AllowanceKey(row.product_id, row.price_id, row.period_start)
            if key in wanted:
                found[key] = row.used
    return found


def _select(work: Work, products: list[str], starts: list[datetime]) -> Select[Any]:
    mine = (table.c.tenant == work.context.tenant) & table.c.product_id.in_(products)
    return (
        select(table.c.product_id, table.c.price_id, table.c.period_start, table.c.used)
        .where(mine, table.c.period_start.in_(starts))
        .order_by(table.c.product_id, table.c.price_id, table.c.period_start)
        .with_for_update()
    )


def _row(work: Work, key: AllowanceKey) -> dict[str, Any]:
    return {"tenant": work.context.tenant, "used": 0} | key._asdict()
