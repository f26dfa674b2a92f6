"""Tells a demo's story to the suite, day by day, with the clock standing at the time of each event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from cli.demo.data import read
from cli.demo.story import Joining, Story
from cli.demo.summary import BEGUN, LOADED
from cli.demo.summary import CATALOG as BRAND
from core.billing import run_bills
from core.domains import task_handlers
from core.tasks import Worker

if TYPE_CHECKING:
    from cli.demo.desk import Desk
    from cli.demo.usage import Record
    from core.clock import FixedClock

# In the order in which they refer to one another, each with its data file.
CATALOG = {
    "Category": "category",
    "ProductCatalog": "productCatalog",
    "ProductSpecification": "productSpecification",
    "ProductOfferingPrice": "productOfferingPrice",
    "ProductOffering": "productOffering",
    "UsageSpecification": "usageSpecification",
}
BATCH = 1000
OPENING = timedelta(hours=10)  # when customers come, on their day
MEDIATION = timedelta(minutes=10)  # after midnight, when the usage of a day comes in
BILLING = timedelta(minutes=30)  # after midnight, when bills are run

Advance = Callable[[str, int], None]


class Loader:
    """Loads one story through a desk whose core has this clock."""

    def __init__(self, desk: Desk, clock: FixedClock, story: Story) -> None:
        self.desk = desk
        self.clock = clock
        self.story = story
        self.joinings = story.joinings()
        self._until = clock.now()
        self._advance: Advance = lambda _kind, _count: None
        self._worker = Worker(desk.core, task_handlers())

    def totals(self) -> Mapping[str, int]:
        """Return how many of each kind will be loaded."""
        people = len(self.joinings)
        bills = sum(self._billed_at(midnight) for midnight in map(_midnight_after, self.story.days()))
        return {"customers": people, "orders": people, "usage records": self.story.records, "bills": bills}

    def load(self, advance: Advance) -> None:
        """Load the catalog, then all days: customers and their orders, usage, bills. Moves the clock.

        What is there already stays, so that a story that was broken off is told to its end. `advance` hears what has
        been loaded, and how many.
        """
        self._advance = advance
        self._stand_at(self.story.beginning)
        for resource, name in CATALOG.items():
            self._create(resource, read(name))
        usage = self.story.usage(self.joinings)
        for day in self.story.days():
            self._join([each for each in self.joinings if each.day == day], day)
            if self.story.has_usage(day):
                self._use(*next(usage))
            if due := self._billed_at(_midnight_after(day)):
                self._bill(_midnight_after(day), due)
        self._stand_at(self._until)
        self._launch()

    def _create(self, resource: str, bodies: Sequence[Record]) -> None:
        with self.desk.core.reading(self.desk.context) as reading:
            there = reading.get_many(resource, [body["id"] for body in bodies])
        self.desk.create_many(resource, [body for body in bodies if body["id"] not in there])

    def _launch(self) -> None:
        """Note in the catalog that all is loaded, unless more has become of it."""

        def launched(catalog: Record) -> Record:
            return catalog | {"lifecycleStatus": LOADED} if catalog["lifecycleStatus"] == BEGUN else catalog

        self.desk.core.run(self.desk.context, lambda work: work.change("ProductCatalog", BRAND, launched))

    def _join(self, joining: Sequence[Joining], day: date) -> None:
        if not joining:
            return
        self._stand_at(datetime.combine(day, time(), tzinfo=UTC) + OPENING)
        self._create("Customer", [each.customer for each in joining])
        self._advance("customers", len(joining))
        self._create("ProductOrder", [each.sale.order for each in joining])
        self._worker.run_due()
        # A process that was killed may have had one of these tasks.
        self.clock.advance(timedelta(seconds=self.desk.core.settings.task_lease))
        self._worker.run_due()
        self._advance("orders", len(joining))

    def _use(self, day: date, records: Sequence[Record]) -> None:
        self._stand_at(_midnight_after(day) + MEDIATION)
        for start in range(0, len(records), BATCH):
            batch = records[start : start + BATCH]
            self.desk.create_many("Usage", batch)
            self._advance("usage records", len(batch))

    def _billed_at(self, midnight: datetime) -> int:
        """Return how many get a bill: on the first of a month all who have joined, since every plan has a fee."""
        return sum(each.day < midnight.date() for each in self.joinings) if midnight.day == 1 else 0

    def _bill(self, at: datetime, due: int) -> None:
        self._stand_at(at + BILLING)
        run = run_bills(self.desk.core, self.desk.context, at)
        if run.failed:
            raise RuntimeError(f"the demo's accounts can't be billed: {run.failed}")
        self._advance("bills", due)

    def _stand_at(self, at: datetime) -> None:
        # Nothing happens later than the present.
        self.clock.advance(min(at, self._until) - self.clock.now())


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC) + timedelta(days=1)
