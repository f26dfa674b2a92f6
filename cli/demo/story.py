"""What happens in a demo and when: who joins on which day, which days have usage, when bills are run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from cli.demo.data import read
from cli.demo.people import customer
from cli.demo.sales import Sale, sale
from cli.demo.usage import Record, usage_by_day
from core.period import Period, month_of

RECORDS = 1000  # usages that a subscriber makes in a month
MONTH = 30
EARLY = 14  # days before the usage on which the first customers join


@dataclass(frozen=True, slots=True)
class Joining:
    """A customer who comes on a day: the request bodies of customer and order, and the line that comes of them."""

    day: date
    customer: Record
    sale: Sale


@dataclass(frozen=True, slots=True)
class Story:
    """A demo of so many subscribers over a period of whole days; `first` is the number of the first customer.

    The same story, told again, has the same customers, orders and usage.
    """

    period: Period
    subscribers: int
    records: int
    seed: int
    first: int = 1

    @classmethod
    def until(cls, now: datetime, subscribers: int, days: int | None, seed: int, first: int = 1) -> Story:
        """Return the story that ends with the last full month before `now`, `days` long (None: that month)."""
        running = month_of(now).start
        assert running is not None
        month = month_of(running - timedelta(days=1))
        if days is None:
            return cls(month, subscribers, RECORDS * subscribers, seed, first)
        assert month.end is not None
        period = Period(month.end - timedelta(days=days), month.end)
        return cls(period, subscribers, RECORDS * subscribers * days // MONTH, seed, first)

    @property
    def beginning(self) -> datetime:
        """Return when the brand opens: before the first customer joins."""
        return self._start - timedelta(days=EARLY + 1)

    def joinings(self) -> Sequence[Joining]:
        """Return who joins, in order: most before the first usage, some in the first third of it."""
        people, sales = read("people"), read("sales")
        return [
            Joining(day, customer(number, people, self.seed), sale(number, sales, self.seed))
            for number, day in zip(range(self.first, self.first + self.subscribers), self._days(), strict=True)
        ]

    def usage(self, joinings: Sequence[Joining]) -> Iterator[tuple[date, list[Record]]]:
        """Yield each day of the period with its usage; a line is used from the day after its customer has joined."""
        lines = [replace(each.sale.line, since=each.day + timedelta(days=1)) for each in joinings]
        return usage_by_day(lines, self.period, self.records, self.seed, read("traffic"))

    def days(self) -> Iterator[date]:
        """Yield every day of the story, from the first on which somebody joins to the last of the period."""
        for number in range(EARLY + self.period.length.days):
            yield (self._start + timedelta(days=number - EARLY)).date()

    def has_usage(self, day: date) -> bool:
        """Tell whether the usage of a day belongs to the story."""
        return self._start.date() <= day

    @property
    def _start(self) -> datetime:
        assert self.period.start is not None
        return self.period.start

    def _days(self) -> Iterator[date]:
        span = EARLY + self.period.length.days // 3
        for index in range(self.subscribers):
            yield (self._start + timedelta(days=index * span // self.subscribers - EARLY)).date()
