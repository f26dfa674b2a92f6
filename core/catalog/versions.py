"""Prices as they were sold: snapshots that never change, so that a bill can always be explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import select, tuple_

from core.catalog.pricing import Price, read_price
from core.catalog.tables import price_version
from core.entity import Document
from core.reading import Reading
from core.service import Core, Work
from core.storage.statements import insert_new

ATTEMPTS = 10
CACHED = 20_000
_cache: WeakKeyDictionary[Core, dict[tuple[str, PriceKey], Price]] = WeakKeyDictionary()


class PriceKey(NamedTuple):
    """One version of a price: what a sold product refers to."""

    price_id: str
    revision: int


def freeze(work: Work, price_id: str) -> int:
    """Keep a price of the catalog as it is now and return the revision it is kept under. NotFound if unknown.

    An unchanged price keeps its revision; a changed one gets the next.
    """
    return freeze_all(work, [work.require("ProductOfferingPrice", price_id)])[0].revision


def freeze_all(work: Work, prices: Sequence[Document]) -> list[PriceKey]:
    """Keep prices (each with an `id`) as they are and return their keys, in order; in sets, not one by one."""
    wanted = {price["id"]: _content(price) for price in prices}
    for _ in range(ATTEMPTS):
        latest = _latest(work, wanted)
        missing = [price_id for price_id, content in wanted.items() if latest.get(price_id, (0, None))[1] != content]
        if not missing:
            return [PriceKey(price["id"], latest[price["id"]][0]) for price in prices]
        # Another sale may be adding the same revision: what it wrote is read in the next round.
        rows = [_row(work, price_id, latest.get(price_id, (0, None))[0] + 1, wanted[price_id]) for price_id in missing]
        insert_new(work.connection, price_version, rows)
    raise RuntimeError(f"the prices {sorted(wanted)} keep changing while they are being sold")


def load_prices(work: Reading, keys: Iterable[tuple[str, int]]) -> dict[PriceKey, Price]:
    """Return the prices of these versions, read in one statement; those that don't exist are missing."""
    cached = _cache.setdefault(work.core, {})
    tenant = work.context.tenant
    wanted = {PriceKey(*key) for key in keys}
    found = {key: cached[tenant, key] for key in wanted if (tenant, key) in cached}
    for key, price, created_at in _read(work, sorted(wanted - found.keys())):
        found[key] = price
        # A snapshot of the running transaction may yet be undone.
        if created_at < work.now:
            _remember(cached, tenant, key, price)
    return found


def was_sold(work: Reading, price_id: str) -> bool:
    """Tell whether any version of a price was ever sold."""
    table = price_version
    statement = select(table.c.revision).where(table.c.tenant == work.context.tenant, table.c.price_id == price_id)
    return work.connection.execute(statement.limit(1)).first() is not None


def _read(work: Reading, keys: list[PriceKey]) -> Iterable[tuple[PriceKey, Price, datetime]]:
    table = price_version
    for start in range(0, len(keys), 500):
        batch = keys[start : start + 500]
        statement = select(table.c.price_id, table.c.revision, table.c.document, table.c.created_at).where(
            table.c.tenant == work.context.tenant, tuple_(table.c.price_id, table.c.revision).in_(batch)
        )
        for price_id, revision, document, created_at in work.connection.execute(statement):
            yield PriceKey(price_id, revision), read_price(document, revision), created_at


def _remember(cached: dict[tuple[str, PriceKey], Price], tenant: str, key: PriceKey, price: Price) -> None:
    if len(cached) >= CACHED:
        cached.clear()
    cached[tenant, key] = price


def _latest(work: Reading, wanted: Iterable[str]) -> dict[str, tuple[int, Document]]:
    table = price_version
    statement = (
        select(table.c.price_id, table.c.revision, table.c.document)
        .where(table.c.tenant == work.context.tenant, table.c.price_id.in_(list(wanted)))
        .order_by(table.c.revision)
    )
    return {price_id: (revision, document) for price_id, revision, document in work.connection.execute(statement)}


def _content(price: Document) -> Document:
    # When and in which state a price was sold doesn't make it another price.
    return {key: value for key, value in price.items() if key not in ("lastUpdate", "lifecycleStatus")}


def _row(work: Work, price_id: str, revision: int, content: Document) -> dict[str, Any]:
    return {
        "tenant": work.context.tenant,
        "price_id": price_id,
        "revision": revision,
        "document": content,
        "created_at": work.now,
    }
