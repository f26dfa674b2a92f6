"""Numbers that run without gaps: one series a brand and purpose."""

from __future__ import annotations

from sqlalchemy import select, update

from core.billing.tables import number_series as table
from core.service import Work
from core.storage.statements import insert_new

BILLS = "bill"


def next_number(work: Work, series: str) -> int:
    """Return the next number of a series; it is only taken if the running transaction commits.

    Others who need one wait until then, so take it last: that is what keeps the series without gaps.
    """
    tenant = work.context.tenant
    mine = (table.c.tenant == tenant) & (table.c.name == series)
    step = update(table).where(mine).values(last=table.c.last + 1)
    if not work.connection.execute(step).rowcount:
        insert_new(work.connection, table, [{"tenant": tenant, "name": series, "last": 0}])
        work.connection.execute(step)
    number: int = work.connection.execute(select(table.c.last).where(mine)).scalar_one()
    return number


def bill_number(work: Work) -> str:
    """Return the next bill number of the brand, with the prefix that the settings say: `MB-000042`."""
    return f"{work.settings.bill_number_prefix}{next_number(work, BILLS):06d}"
