"""Rating what waits, in sets: after a rush, after prices were corrected, by as many processes as are started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from core.context import Context
from core.service import Core, Work
from core.storage.repository import Claim
from core.usage.guiding import subject_of
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
    for outcome in chain.from_iterable(_rated_sets(core, context, state) for state in WAITING):
        counts += outcome
        if progress:
            progress(outcome.total())
    return dict(counts)


def _rated_sets(core: Core, context: Context, state: str) -> Iterator[Counter[str]]:
    """Yield the outcome of set after set, subscriber after subscriber, then once more from the first on."""
    after: str | None = None
    while True:
        outcome, last = core.run(context, lambda work, begin=after: _rate_set(work, state, begin))  # type: ignore[misc]
        if outcome:
            yield outcome
        elif after is None:
            return
        after = last


def _rate_set(work: Work, state: str, after: str | None) -> tuple[Counter[str], str | None]:
    claimed = work.claim("Usage", Claim(SET, order="subject", after=after), status=state)
    outcome = Counter(usage["status"] for usage in judge(work, claimed))
    return outcome, subject_of(claimed[-1].document) if claimed else None


def _recycle_set(work: Work) -> int:
    claimed = work.claim("Usage", Claim(SET), status="rejected")
    work.advance("Usage", [(usage, [usage.document | {"status": "recycled"}]) for usage in claimed])
    return len(claimed)
