"""Requests a second and latencies of a server process with 10,000 customers, beside stock Connexion validation.

    python -m benchmarks.http [--seconds 3] [--resources 10000] [--database SQLite|PostgreSQL]
                              [--stock validation|connexion]

For each database two servers run over the same data: `bss serve`, and the same with Connexion's own validation
(`benchmarks.stock_validation`) or with all that Connexion has (`benchmarks.stock_connexion`). Each operation is asked
in turns of ours in v5, of ours in v4 and of the other in v5, so that whatever else the machine does meets all. Callers
are 16 connections with one request at a time. Validation of requests and replies is on, every change writes its event,
commits survive a power cut (SQLite `synchronous=FULL`, PostgreSQL's defaults).

The processor time a request is that of the server process alone; on a busy machine it says more than the rate.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import text

from benchmarks.customers import OPERATIONS, Operations, a_customer
from benchmarks.databases import databases
from benchmarks.load_generator import keep_busy
from benchmarks.servers import OURS, STOCK, Server, serving
from core.context import Context
from core.domains import open_core
from core.events.distribution import distribute
from core.events.selection import Selection
from core.settings import Settings

TURNS = 6
WARM_UP = 0.3
BATCH = 500
# What issue and design ask for: requests a second of one process, and times what stock validation does.
FLOORS = {
    ("SQLite", "get"): 1000,
    ("SQLite", "list of 20"): 400,
    ("SQLite", "post"): 600,
    ("PostgreSQL", "get"): 500,
    ("PostgreSQL", "list of 20"): 250,
    ("PostgreSQL", "post"): 300,
}
RATIOS = {"get": 3, "list of 20": 10, "post": 3}
# How much of v5's requests a second v4 has to reach: translating may cost the rest.
SHARES = {"get": 0.85, "list of 20": 0.75, "post": 0.85}
Contender = tuple[Server, Callable[[], Iterator[bytes]]]


@dataclass
class Figures:
    """What was measured of one operation on one server; times in seconds."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Return requests a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds that this share of the requests doesn't exceed."""
        return sorted(self.latencies)[int(share * (len(self.latencies) - 1))] * 1e3

    @property
    def cpu(self) -> float:
        """Return the processor time of a request in milliseconds."""
        return self.cpu_seconds / len(self.latencies) * 1e3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each operation is asked of each server")
    parser.add_argument("--resources", type=int, default=10_000, help="customers loaded before")
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], help="measure this one only")
    parser.add_argument("--stock", choices=[*STOCK], default="validation", help="what of Connexion to compare with")
    options = parser.parse_args()
    with databases() as addresses:
        for name, address in addresses:
            if options.database in (None, name):
                measure_database(name, address, options)


def measure_database(name: str, address: str, options: argparse.Namespace) -> None:
    """Load a database, measure all operations on both servers and in both generations, and print a line each."""
    identifiers = load(address, options.resources)
    v5, v4 = Operations(identifiers, "v5"), Operations(identifiers, "v4")
    with serving(OURS, address) as ours, serving(STOCK[options.stock], address) as stock:
        print(f"{name}, {options.resources:,} customers; ready after {ours.ready_after:.1f} s", end="; ")
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; stock {options.stock}")
        print(
            f"{'':<24}{'v5 /s':>7}{'p50':>7}{'p95':>7}{'p99 ms':>8}{'CPU ms':>7}{'v4 /s':>9}{'CPU ms':>7}{'of v5':>7}"
            f"{'stock /s':>10}{'CPU ms':>7}{'times':>6}   floors"
        )
        for operation, of in OPERATIONS.items():
            contenders = [(ours, partial(of, v5)), (ours, partial(of, v4)), (stock, partial(of, v5))]
            print(line(name, operation, *compare(contenders, options.seconds)), flush=True)
    print()


def load(address: str, resources: int) -> list[str]:
    """Store customers and what goes with them, and return their identifiers."""
    settings = Settings(database_url=address)
    core, identifiers = open_core(settings), []
    for start in range(0, resources, BATCH):
        numbers = range(start, min(start + BATCH, resources))
        with core.work(Context(tenant=settings.tenant)) as work:
            made = work.create_many("Customer", [a_customer(number) for number in numbers])
        identifiers += [customer["id"] for customer in made]
    # The relay of a server would do the following in the middle of the first measurement.
    while distribute(core.database, lambda *_query: Selection(), core.clock.now(), BATCH):
        pass
    if not core.database.is_sqlite:
        with core.database.reading() as connection:
            # As PostgreSQL does by itself within a minute; SQLite never does.
            connection.execute(text("VACUUM ANALYZE"))
    core.dispose()
    return identifiers


def compare(contenders: Sequence[Contender], seconds: float) -> list[Figures]:
    """Ask one operation of all contenders, in turns, after they have warmed up."""
    figures = [Figures() for _ in contenders]
    for server, requests in contenders:
        keep_busy(server.port, requests(), WARM_UP)
    for _ in range(TURNS):
        for each, (server, requests) in zip(figures, contenders, strict=True):
            add_turn(each, server, requests(), seconds / TURNS)
    return figures


def add_turn(figures: Figures, server: Server, requests: Iterator[bytes], seconds: float) -> None:
    """Measure a server for so many seconds and add what came of it."""
    used = server.cpu_seconds()
    latencies, took = keep_busy(server.port, requests, seconds)
    figures.latencies += latencies
    figures.seconds += took
    figures.cpu_seconds += server.cpu_seconds() - used


def line(database: str, operation: str, v5: Figures, v4: Figures, stock: Figures) -> str:
    """Return a line of the table."""
    percentiles = f"{v5.percentile(0.5):>7.1f}{v5.percentile(0.95):>7.1f}{v5.percentile(0.99):>8.1f}"
    floor = FLOORS.get((database, operation))
    floors = f"{floor:,} /s, v4 {SHARES[operation]}, {RATIOS[operation]} x" if floor else ""
    return (
        f"{operation:<24}{v5.rate:>7,.0f}{percentiles}{v5.cpu:>7.2f}{v4.rate:>9,.0f}{v4.cpu:>7.2f}"
        f"{v4.rate / v5.rate:>7.2f}{stock.rate:>10,.0f}{stock.cpu:>7.2f}{v5.rate / stock.rate:>6.1f}   {floors}"
    ).rstrip()


if __name__ == "__main__":
    main()
