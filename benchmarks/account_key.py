"""What it would cost and bring to have the billing account in the key of rated usage, on PostgreSQL.

    python -m benchmarks.account_key [--rows 300000] [--accounts 2000] [--database URL]

The same rows, in order of time as the network sends them, a twelfth of them unbilled, in three layouts: the table as it
is; the same key, a partition for each month of identifiers (UUIDv7); the account in the key, sixteen partitions by it.
For each: write-ahead log and indexes a row, then pages that a statement reads (which no other work on the machine
changes) and its median time, planning included. The figures are those of docs/decisions/0011.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, create_engine, text

from benchmarks.databases import databases
from core.usage.tables import rated_usage

MONTHS, BATCH, REPEATED = 12, 1000, 50
START = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ("tenant, usage_id, part", "tenant, billing_account_id, usage_id, part")
INDEXES = (
    "(tenant, billing_account_id, usage_date) WHERE bill_id IS NULL",
    "(tenant, bill_id)",
)
STATEMENTS = {
    "one usage by its identifier": "usage_id = :usage_id",
    "the usage on a bill": "bill_id = :bill_id",
    "what an account has unbilled": "billing_account_id = :account AND bill_id IS NULL AND usage_date < 'infinity'",
}
_ANY = random.Random(678)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--database", help="address of an empty PostgreSQL database to measure instead")
    options = parser.parse_args()
    with ExitStack() as stack:
        found = [options.database] if options.database else [each for _, each in stack.enter_context(databases())]
        engine = create_engine(next(address for address in found if address.startswith("postgres")))
        stack.callback(engine.dispose)
        with engine.connect() as connection:
            rows = list(made(options.rows, options.accounts))
            for name in create(connection):
                measure(connection, name, rows)


def made(count: int, accounts: int) -> Iterator[dict[str, Any]]:
    """Yield rated usage of a year, oldest first; what is older than its last month is on the bill of its month."""
    for number in range(count):
        at = START + timedelta(days=365) * number / count
        account = f"account-{_ANY.randrange(accounts):06d}"
        bill = f"bill-{at.month:02d}-{account}" if at.month < MONTHS else None
        yield {
            "usage_id": identifier(at, _ANY.getrandbits(80)),
            "account": account,
            "usage_date": at,
            "period_start": at.replace(day=1, hour=0, minute=0, second=0, microsecond=0),
            "bill_id": bill,
        }


def identifier(at: datetime, chance: int) -> str:
    """Return an identifier as it is given at that time: UUIDv7 begins with the milliseconds."""
    digits = f"{int(at.timestamp() * 1000):012x}7{chance:020x}"[:32].ljust(32, "0")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def create(connection: Connection) -> list[str]:
    """Create the table in its three layouts; return their names."""
    connection.execute(text(f"DROP TABLE IF EXISTS {rated_usage.name} CASCADE"))
    rated_usage.metadata.create_all(connection, [rated_usage])
    like = f"(LIKE {rated_usage.name})"
    connection.execute(text(f"CREATE TABLE by_month {like} PARTITION BY RANGE (usage_id)"))
    edges = [identifier(datetime(2026 + month // 12, month % 12 + 1, 1, tzinfo=UTC), 0) for month in range(MONTHS + 1)]
    for number, edge in enumerate(edges[1:]):
        span = f"FROM ('{edges[number]}') TO ('{edge}')"
        connection.execute(text(f"CREATE TABLE by_month_{number} PARTITION OF by_month FOR VALUES {span}"))
    connection.execute(text(f"CREATE TABLE by_account {like} PARTITION BY HASH (billing_account_id)"))
    for number in range(16):
        part = f"WITH (MODULUS 16, REMAINDER {number})"
        connection.execute(text(f"CREATE TABLE by_account_{number} PARTITION OF by_account FOR VALUES {part}"))
    for name, key in zip(("by_month", "by_account"), KEYS, strict=True):
        connection.execute(text(f"ALTER TABLE {name} ADD PRIMARY KEY ({key})"))
        for index in INDEXES:
            connection.execute(text(f"CREATE INDEX ON {name} {index}"))
    # Without it no usage would be found by its identifier, which is all that a caller knows of it.
    connection.execute(text("CREATE INDEX ON by_account (tenant, usage_id)"))
    connection.commit()
    return [rated_usage.name, "by_month", "by_account"]


def measure(connection: Connection, name: str, rows: list[dict[str, Any]]) -> None:
    """Fill a layout as rating does, in sets, and print what that and each statement takes."""
    log = fill(connection, name, rows)
    parts = "SELECT pg_indexes_size(CAST(:name AS regclass)) + coalesce(sum(pg_indexes_size(inhrelid)), 0)"
    parts += " FROM pg_inherits WHERE inhparent = CAST(:name AS regclass)"
    size = connection.execute(text(parts), {"name": name}).scalar_one()
    print(f"\n{name}: {len(rows)} rows, {log / len(rows):.0f} B of log and {size / len(rows):.0f} B of indexes a row")
    connection.execute(text(f"ANALYZE {name}"))
    connection.commit()
    some = [row for row in rows if row["bill_id"]]
    chosen = _ANY.sample(some, REPEATED)
    for what, condition in STATEMENTS.items():
        pages, seconds = zip(*(explained(connection, name, condition, row) for row in chosen), strict=True)
        print(f"  {what:<30}{median(pages):>6.0f} pages {median(seconds):>8.2f} ms", flush=True)


def fill(connection: Connection, name: str, rows: list[dict[str, Any]]) -> int:
    """Insert the rows, a transaction for each set; return the bytes of log written."""
    statement = text(
        f"INSERT INTO {name} SELECT 'default', :usage_id, 0, :account, 'product', 'price', 1, 'product', "
        ":period_start, :usage_date, 'usage', 's', 60, 60, 0.09, 'EUR', :usage_date, :bill_id, NULL"
    )
    connection.execute(text("CHECKPOINT"))
    before = connection.execute(text("SELECT pg_current_wal_insert_lsn()")).scalar_one()
    for start in range(0, len(rows), BATCH):
        connection.execute(statement, rows[start : start + BATCH])
        connection.commit()
    moved = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), :before)"
    return int(connection.execute(text(moved), {"before": before}).scalar_one())


def explained(connection: Connection, name: str, condition: str, row: dict[str, Any]) -> tuple[int, float]:
    """Return the pages that a statement reads, and the milliseconds it takes with its planning."""
    statement = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM {name} WHERE tenant = 'default' AND {condition}"
    (said,) = connection.execute(text(statement), row).scalar_one()
    pages = said["Plan"]["Shared Hit Blocks"] + said["Plan"]["Shared Read Blocks"]
    return pages, said["Planning Time"] + said["Execution Time"]


if __name__ == "__main__":
    main()
