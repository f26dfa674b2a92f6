"""Rating what waits, in sets: after a rush, after prices were corrected, by as many processes as are started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from core.context import Context
from core.service import Core, Work
from core.usage.judging import WAITING, judge

SET = 1000


def rate_backlog(
    core: Core,
    context: Context,
    progress: Callable[[int], None] | None = None,
    *,
    rejected: bool = False,
) -> dict[str, int]:
    """Guide and rate all usages that wait for it, and return how many ended in which state.

    Each set is a transaction of its own: killed and started again, it goes on where it was; several processes share
    the backlog. With `rejected`, what was rejected before is recycled first. `progress` hears the size of each set.
    """
    if rejected:
        while core.run(context, _recycle_set):
            pass
    counts: Counter[str] = Counter()
    while outcome := core.run(context, _rate_set):
        counts += outcome
        if progress:
            progress(outcome.total())
    return dict(counts)


def _rate_set(work: Work) -> Counter[str]:
    claimed = work.claim("Usage", limit=SET, status=list(WAITING))
    return Counter(usage["status"] for usage in judge(work, claimed))


def _recycle_set(work: Work) -> int:
    claimed = work.claim("Usage", limit=SET, status="rejected")
    work.advance("Usage", [(usage, [usage.document | {"status": "recycled"}]) for usage in claimed])
    return len(claimed)
