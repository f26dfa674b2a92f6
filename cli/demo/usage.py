"""A stretch of usage for many lines: so many records exactly, spread over days and subscribers as people behave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise
from random import Random
from typing import Any

from cli.demo.traffic import Line, Subscriber
from core.clock import wire_instant
from core.period import Period

SOURCE = "demo-mediation"
FRIENDS = 6
Record = dict[str, Any]


def usage_by_day(
    lines: Sequence[Line], period: Period, count: int, seed: int, traffic: Mapping[str, Any]
) -> Iterator[tuple[date, list[Record]]]:
    """Yield the whole days of `period`, each with its usages, oldest first, as TMF635 v4 request bodies.

    In all exactly `count` (fewer only if there are days on which no line is in use). The same lines, period, count,
    seed and traffic (data/traffic.json) give the same records.
    """
    subscribers = [Subscriber(line, traffic, _friends(line, lines, seed), seed) for line in lines]
    days = _days(period)
    weights = [traffic["weekdays"][day.weekday()] for day in days]
    for day, records in zip(days, _apportioned(count, weights), strict=True):
        moments = sorted(_day(subscribers, day, records, seed), key=lambda moment: moment[:2])
        stem = f"{lines[0].msisdn}-{day:%Y%m%d}"
        yield (
            day,
            [
                _usage(at, {"msisdn": msisdn, **values}, f"{stem}-{number:06d}")
                for number, (at, msisdn, values) in enumerate(moments)
            ],
        )


def _friends(line: Line, lines: Sequence[Line], seed: int) -> list[str]:
    others = [f"+{other.msisdn}" for other in lines if other is not line] or [f"+{line.msisdn}"]
    dice = Random(f"{seed}/{line.msisdn}/friends")  # noqa: S311 - no secret
    return dice.sample(others, min(FRIENDS, len(others)))


def _days(period: Period) -> list[date]:
    assert period.start is not None
    return [(period.start + timedelta(days=number)).date() for number in range(period.length.days)]


def _apportioned(count: int, weights: Sequence[int]) -> list[int]:
    """Return `count` split by weights into whole numbers that add up to it."""
    total = sum(weights)
    steps = [count * reached // total for reached in accumulate(weights, initial=0)]
    return [after - before for before, after in pairwise(steps)]


def _day(
    subscribers: Sequence[Subscriber], day: date, records: int, seed: int
) -> Iterator[tuple[datetime, str, Record]]:
    active = [each for each in subscribers if each.line.since is None or each.line.since <= day]
    if not active:
        return
    dice = Random(f"{seed}/{day}")  # noqa: S311 - no secret
    chosen = dice.choices(range(len(active)), [each.weight for each in active], k=records)
    for index, number in sorted(Counter(chosen).items()):
        subscriber = active[index]
        for at, values in subscriber.records(day, number):
            yield at, subscriber.line.msisdn, values


def _usage(at: datetime, values: Record, record_id: str) -> Record:
    kind = values.pop("usageType")
    named = {**values, "source": SOURCE, "recordId": record_id}
    return {
        "@type": "Usage",
        "usageType": kind,
        "usageDate": wire_instant(at),
        "usageCharacteristic": [
            {"name": name, "valueType": "number" if isinstance(value, int) else "string", "value": value}
            for name, value in named.items()
        ],
    }
