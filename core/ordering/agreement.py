"""The prices an order agrees on when it is accepted: they hold, whatever the catalog says when it is delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select

from core.catalog import freeze_all
from core.entity import Document
from core.inventory import PriceVersion
from core.ordering.tables import agreed_price as table
from core.reading import Reading
from core.service import Work
from core.storage.json import dumps


def agree(work: Work, order_id: str, prices: Mapping[str, Sequence[Document]]) -> None:
    """Freeze the prices of each product of an order and keep them; product identifier to ProductOfferingPrices."""
    revisions = _frozen(work, [price for documents in prices.values() for price in documents])
    if not revisions:
        return
    rows = [
        {
            "tenant": work.context.tenant,
            "order_id": order_id,
            "product_id": product_id,
            "price_id": price["id"],
            "position": position,
            "revision": revisions[dumps(price)],
            "document": price,
        }
        for product_id, documents in prices.items()
        for position, price in enumerate({price["id"]: price for price in documents}.values())
    ]
    work.connection.execute(insert(table), rows)


def _frozen(work: Work, prices: Sequence[Document]) -> dict[bytes, int]:
    """Freeze prices, those of one identifier that say different things as revisions of it; text to revision."""
    revisions: dict[bytes, int] = {}
    waiting = {dumps(price): price for price in prices}
    while waiting:
        some = {price["id"]: (text, price) for text, price in waiting.items()}
        keys = freeze_all(work, [price for _, price in some.values()])
        revisions |= {text: key.revision for (text, _), key in zip(some.values(), keys, strict=True)}
        waiting = {text: price for text, price in waiting.items() if text not in revisions}
    return revisions


def agreed_prices(reading: Reading, order_id: str, product_id: str) -> list[PriceVersion]:
    """Return the prices that an order agreed on for a product, as the offering lists them."""
    statement = (
        select(table.c.price_id, table.c.revision, table.c.document)
        .where(
            table.c.tenant == reading.context.tenant,
            table.c.order_id == order_id,
            table.c.product_id == product_id,
        )
        .order_by(table.c.position)
    )
    return [PriceVersion(*row) for row in reading.connection.execute(statement)]


def withdraw_agreement(work: Work, order_id: str) -> None:
    """Forget what an order agreed on: it is judged anew, or will not be delivered."""
    mine = (table.c.tenant == work.context.tenant) & (table.c.order_id == order_id)
    work.connection.execute(delete(table).where(mine))
