"""Bill runs: every account that is due gets its bill, each in a transaction of its own, as often as it is started."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import structlog

from core.billing.cycles import MONTH, bounds, ensure_cycle
from core.billing.making import bill_period, next_period
from core.context import Context
from core.customer import Account, load_accounts, read_account
from core.errors import Conflict
from core.period import Period
from core.query import Query
from core.service import Core

PAGE = 500
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class BillRun:
    """What a bill run has done: the bills it made (identifiers), and the accounts it couldn't bill, with the reason."""

    bills: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def last_day_ahead(today: date) -> date:
    """Return the last day that billing may run for without being told that it is meant: a bill cycle from today."""
    return today + MONTH


def run_bills(
    core: Core,
    context: Context,
    as_of: date | datetime,
    progress: Callable[[int, int], None] | None = None,
    accounts: Collection[str] | None = None,
) -> BillRun:
    """Bill all accounts (or those named) for every period that has ended by `as_of`, a date meaning its beginning, UTC.

    Killed and started again, it ends with the same bills; started again after it ended, it makes none. An account
    that can't be billed doesn't keep the others from it. `progress` hears how many of how many accounts are done.
    """
    moment = as_of if isinstance(as_of, datetime) else datetime.combine(as_of, time(), tzinfo=UTC)
    run = BillRun()
    for done, total, account in _accounts(core, context, accounts):
        try:
            run.bills += _bill(core, context, account, moment)
        except Conflict as refusal:
            log.warning("billing.account_failed", account=account.id, reason=refusal.reason)
            run.failed[account.id] = refusal.reason
        except (ArithmeticError, LookupError, TypeError, ValueError) as mistake:
            # In working out what this account owes; what ails the database ails all accounts, and ends the run.
            log.exception("billing.account_failed", account=account.id)
            run.failed[account.id] = f"a mistake of ours, which the log tells of: {mistake!r}"
        if progress:
            progress(done, total)
    return run


def _bill(core: Core, context: Context, account: Account, as_of: datetime) -> Iterator[str]:
    last: Period | None = None
    while True:
        with core.reading(context) as reading:
            period = next_period(reading, account)
        # The same period again: another run has the account, and makes the bill.
        if period is None or bounds(period)[1] > as_of or period == last:
            return
        ensure_cycle(core, context, period)
        last = period
        bill = core.run(context, lambda work, due=period: bill_period(work, account, due))  # type: ignore[misc]
        if bill:
            yield bill["id"]


def _accounts(core: Core, context: Context, accounts: Collection[str] | None) -> Iterator[tuple[int, int, Account]]:
    """Yield all accounts, each with its position from 1 and how many there are."""
    if accounts is not None:
        with core.reading(context) as reading:
            named = load_accounts(reading, accounts)
        yield from ((number, len(named), account) for number, account in enumerate(named.values(), start=1))
        return
    offset, total = 0, 1
    while offset < total:
        with core.reading(context) as reading:
            page = reading.find("BillingAccount", Query(offset=offset, limit=PAGE))
        total = page.total
        for number, document in enumerate(page.items, start=offset + 1):
            yield number, total, read_account(document)
        offset += PAGE
