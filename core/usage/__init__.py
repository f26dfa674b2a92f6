"""Usage and rating: what customers used, whose it was, what it costs (README.md)."""

from core.tasks import Chore, Handler
from core.usage.backlog import rate_backlog
from core.usage.billed import (
    TooMuch,
    UsageItem,
    UsageKey,
    UsageTotal,
    claim_usage,
    first_unbilled,
    settle_usage,
    usage_on_bill,
)
from core.usage.rating import INCLUDED
from core.usage.taxes import AppliedTax, taxes_of, with_taxes
from core.usage.unspecified import COMPLETE, complete_usages, look_for_old_usages
from core.usage.usage import Usage
from core.usage.usage_specification import UsageSpecification

ENTITIES = (UsageSpecification, Usage)
TASKS: dict[str, Handler] = {COMPLETE: complete_usages}
CHORES: tuple[Chore, ...] = (look_for_old_usages,)

__all__ = [
    "CHORES",
    "ENTITIES",
    "INCLUDED",
    "TASKS",
    "AppliedTax",
    "TooMuch",
    "Usage",
    "UsageItem",
    "UsageKey",
    "UsageSpecification",
    "UsageTotal",
    "claim_usage",
    "first_unbilled",
    "rate_backlog",
    "settle_usage",
    "taxes_of",
    "usage_on_bill",
    "with_taxes",
]
