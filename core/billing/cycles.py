"""Bill cycles: the months an account is billed by, and the BillCycle resource of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_skeleton
from dateutil.relativedelta import relativedelta

from core.clock import wire_instant
from core.entity import Document, Entity
from core.errors import Conflict
from core.period import Period

if TYPE_CHECKING:
    from core.context import Context
    from core.service import Core, Work

MONTH = relativedelta(months=1)


class BillCycle(Entity):
    """One run through a brand's bill cycle: what is billed together, on which date (TMF678)."""

    name = "BillCycle"
    table = "bill_cycle"
    touched = None


def cycle_of(at: datetime, day: int) -> Period:
    """Return the bill period that contains `at`: from `day` (1 to 28) of a month, 0:00 UTC, to the same of the next."""
    start = midnight(at.astimezone(UTC)).replace(day=day)
    if at < start:
        start -= MONTH
    return Period(start, start + MONTH)


def midnight(at: datetime) -> datetime:
    """Return the beginning of the day of `at`, in its time zone: UTC in all of billing."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def bounds(period: Period) -> tuple[datetime, datetime]:
    """Return start and end of a closed period."""
    assert period.start is not None, "the period has a start"
    assert period.end is not None, "the period has an end"
    return period.start, period.end


def cycle_id(period: Period) -> str:
    """Return the identifier of the bill cycle that bills a period: `monthly-2026-01`, with its day unless the first."""
    start, _ = bounds(period)
    return f"monthly-{start:%Y-%m}" if start.day == 1 else f"monthly-{start:%Y-%m-%d}"


def ensure_cycle(core: Core, context: Context, period: Period) -> None:
    """Create the bill cycle of a period where it isn't there yet."""
    with core.reading(context) as reading:
        if reading.get("BillCycle", cycle_id(period)):
            return
    try:
        core.run(context, lambda work: work.create("BillCycle", _cycle(work, period)))
    except Conflict:
        # Another process has just created it.
        return


def _cycle(work: Work, period: Period) -> Document:
    start, end = bounds(period)
    locale = work.settings.brand_locale
    month = format_skeleton("yMMMM", start, locale=locale)
    due = end + timedelta(days=work.settings.payment_due_days)
    return {
        "@type": "BillCycle",
        "id": cycle_id(period),
        "name": f"Monthly, {month}",
        "description": f"Usage of {month} in arrears, recurring charges in advance",
        "billingPeriod": month,
        "billingDate": wire_instant(end),
        "creditDate": wire_instant(end),
        "chargeDate": wire_instant(due),
        "mailingDate": wire_instant(end),
        "paymentDueDate": wire_instant(due),
        "validFor": period.to_wire(),
        "BillCycleSpecification": _specification(start.day),
    }


def _specification(day: int) -> Document:
    return {
        "@type": "BillCycleSpecificationRef",
        "@referredType": "BillCycleSpecification",
        "id": "monthly" if day == 1 else f"monthly-{day}",
        "name": f"Monthly from day {day}",
    }
