"""Requests a second and latencies of a server process with 10,000 customers, beside stock Connexion validation.

    python -m benchmarks.http [--seconds 3] [--resources 10000] [--database SQLite|PostgreSQL]

For each database two servers run over the same data: `bss serve`, and the same with Connexion's own validation
(`benchmarks.stock_validation`). Each operation is asked of one and the other in turns, so that whatever else the
machine does meets both. Callers are 16 connections with one request at a time. Validation of requests and replies is
on, every change writes its event, commits survive a power cut (SQLite `synchronous=FULL`, PostgreSQL's defaults).

The processor time a request is that of the server process alone; on a busy machine it says more than the rate.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import text

from benchmarks.customers import a_customer, operations
from benchmarks.databases import databases
from benchmarks.load_generator import keep_busy
from benchmarks.servers import OURS, STOCK, Server, serving
from core.context import Context
from core.domains import open_core
from core.events.distribution import distribute
from core.events.selection import Selection
from core.settings import Settings

TURNS = 2
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
    options = parser.parse_args()
    with databases() as addresses:
        for name, address in addresses:
            if options.database in (None, name):
                measure_database(name, address, options)


def measure_database(name: str, address: str, options: argparse.Namespace) -> None:
    """Load a database, measure all operations on both servers, and print a line each."""
    identifiers = load(address, options.resources)
    with serving(OURS, address) as ours, serving(STOCK, address) as stock:
        print(f"{name}, {options.resources:,} customers; ready after {ours.ready_after:.1f} s", end="; ")
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(
            f"{'':<28}{'/s':>7}{'p50':>8}{'p95':>8}{'p99 ms':>8}{'CPU ms':>8}"
            f"{'stock /s':>12}{'CPU ms':>8}{'times':>7}{'floors':>16}"
        )
        for operation, requests in operations(identifiers).items():
            print(line(name, operation, *compare(ours, stock, requests, options.seconds)), flush=True)
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
            connection.execute(text("ANALYZE"))  # as PostgreSQL would by itself within a minute; SQLite never does
    core.dispose()
    return identifiers


def compare(
    ours: Server, stock: Server, requests: Callable[[], Iterator[bytes]], seconds: float
) -> tuple[Figures, Figures]:
    """Ask one operation of both servers, in turns, after they have warmed up."""
    figures = {ours.port: Figures(), stock.port: Figures()}
    for server in (ours, stock):
        keep_busy(server.port, requests(), WARM_UP)
    for _ in range(TURNS):
        for server in (ours, stock):
            add_turn(figures[server.port], server, requests(), seconds / TURNS)
    return figures[ours.port], figures[stock.port]


def add_turn(figures: Figures, server: Server, requests: Iterator[bytes], seconds: float) -> None:
    """Measure a server for so many seconds and add what came of it."""
    used = server.cpu_seconds()
    latencies, took = keep_busy(server.port, requests, seconds)
    figures.latencies += latencies
    figures.seconds += took
    figures.cpu_seconds += server.cpu_seconds() - used


def line(database: str, operation: str, ours: Figures, stock: Figures) -> str:
    """Return a line of the table."""
    percentiles = "".join(f"{ours.percentile(share):>8.1f}" for share in (0.5, 0.95, 0.99))
    floor, ratio = FLOORS.get((database, operation)), RATIOS.get(operation)
    floors = f"{floor:,} /s, {ratio} x" if floor else ""
    return (
        f"{operation:<28}{ours.rate:>7,.0f}{percentiles}{ours.cpu:>8.2f}"
        f"{stock.rate:>12,.0f}{stock.cpu:>8.2f}{ours.rate / stock.rate:>7.1f}{floors:>16}"
    )


if __name__ == "__main__":
    main()
