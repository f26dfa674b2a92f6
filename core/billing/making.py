"""Makes one bill in the running transaction: its lines, documents, usage marked as billed, and last its number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update

from core.billing.assembly import Span, assemble
from core.billing.cycles import MONTH, bounds, cycle_of
from core.billing.ledger import book
from core.billing.lines import Line, totals
from core.billing.numbers import bill_number
from core.billing.particulars import keep_particulars
from core.billing.tables import bill_progress as table
from core.billing.wording import Bill, bill_document, rate_documents
from core.customer import Account
from core.entity import Document, new_id
from core.inventory import prices_of, products_of, products_of_account
from core.period import Period
from core.reading import Reading
from core.service import Work
from core.storage.statements import insert_new
from core.usage import TooMuch, first_unbilled, settle_usage

# What all lines of a bill may come to: with their taxes it is still a number that both databases store (Amount).
MOST = Decimal(10) ** 9


def next_period(reading: Reading, account: Account) -> Period | None:
    """Return the first period that an account hasn't been billed for on cycle, None where there is nothing to bill."""
    mine = (table.c.tenant == reading.context.tenant) & (table.c.billing_account_id == account.id)
    billed_until = reading.connection.execute(select(table.c.billed_until).where(mine)).scalar()
    begin = billed_until or _beginning(reading, account.id)
    if begin is None:
        return None
    start, end = bounds(cycle_of(begin, account.cycle_day))
    return Period(max(start, billed_until or start), end)


def bill_period(work: Work, account: Account, period: Period) -> Document | None:
    """Bill a period on cycle, once: None when another run has it or had it, or there is nothing on the bill.

    On the bill is all usage before the end of the period that is on none yet, and recurring charges in advance, up
    to the end of the next period. It is dated with the end of the period, whenever the run takes place.
    """
    if not lock_account(work, account.id, wait=False) or next_period(work, account) != period:
        return None
    _, end = bounds(period)
    made = make_bill(work, Bill(new_id(), account, period, "onCycle", end, end + MONTH), Span(period, end + MONTH))
    mine = (table.c.tenant == work.context.tenant) & (table.c.billing_account_id == account.id)
    work.connection.execute(update(table).where(mine).values(billed_until=end))
    return made


def bill_open(work: Work, account: Account) -> Document | None:
    """Bill what is open up to now, off cycle: usage, one-time charges, recurring ones to the end of this period.

    None when nothing is open.
    """
    lock_account(work, account.id, wait=True)
    following = next_period(work, account)
    if following is None:
        return None
    start = min(bounds(following)[0], work.now)
    period = Period(start, work.now)
    _, advance = bounds(cycle_of(work.now, account.cycle_day))
    return make_bill(work, Bill(new_id(), account, period, "offCycle", work.now, None), Span(period, advance))


def make_bill(work: Work, bill: Bill, span: Span) -> Document | None:
    """Make a bill of everything that is due in its span; None when that is nothing. The account must be locked."""
    products = products_of_account(work, [bill.account.id])
    lines = assemble(work, bill.account, products, span, bill.id)
    if not lines:
        return None
    refuse_what_no_bill_holds(lines)
    used = settle_usage(work, bill.id, {line.measured.key: line.id for line in lines if line.measured})
    on_bill = _on_bill(work, products, {line.key.product_id for line in lines} | used)
    work.create_many("AppliedCustomerBillingRate", rate_documents(bill, lines, on_bill))
    book(work, bill.id, bill.account.id, lines)
    # The number is taken last: others who bill wait for it until this transaction has ended.
    made = work.create("CustomerBill", bill_document(bill, bill_number(work), totals(lines), work.now))
    keep_particulars(work, made, on_bill.values())
    return made


def _on_bill(work: Work, products: Sequence[Document], wanted: set[str]) -> dict[str, Document]:
    """Return the products that a bill names: nearly always among those of its account, which are loaded already."""
    known = {product["id"]: product for product in products if product["id"] in wanted}
    return known | products_of(work, wanted - known.keys())


def refuse_what_no_bill_holds(lines: Sequence[Line]) -> None:
    """Refuse (TooMuch) amounts, of a line or together, that are beyond what can be stored and summed up exactly."""
    together = sum((abs(line.amount) for line in lines), Decimal(0))
    if together >= MOST:
        raise TooMuch(f"the lines of the bill come to {together}; they must come to less than {MOST:,}")


def lock_account(work: Work, account_id: str, *, wait: bool) -> bool:
    """Let nobody else bill an account until this transaction ends; tell whether nobody else does so now."""
    row = {"tenant": work.context.tenant, "billing_account_id": account_id, "billed_until": None}
    insert_new(work.connection, table, [row])
    mine = (table.c.tenant == work.context.tenant) & (table.c.billing_account_id == account_id)
    statement = select(table.c.billing_account_id).where(mine)
    return work.connection.execute(statement.with_for_update(skip_locked=not wait)).first() is not None


def _beginning(reading: Reading, account_id: str) -> datetime | None:
    """Return when the first product of an account was sold, or its first usage took place."""
    products = [product["id"] for product in products_of_account(reading, [account_id])]
    moments = [sold.valid_from for sold in prices_of(reading, products, Period())]
    unbilled = first_unbilled(reading, account_id)
    return min([*moments, *([unbilled] if unbilled else [])], default=None)
