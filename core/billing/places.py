"""Where the lines of a product stand on a bill: a line with its number first, then its parts and additions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.entity import Document
from core.inventory import named_in, parent_of


def places(products: Iterable[Document]) -> dict[str, int]:
    """Return the place of each product, from 0: what belongs together stands together, what leads it comes first."""
    known = {product["id"]: product for product in products}
    children: dict[str | None, list[Document]] = {}
    for product in known.values():
        parent = parent_of(product)
        children.setdefault(parent if parent in known else None, []).append(product)
    placed = dict.fromkeys(_below(None, children))
    # Products that name one another as parents belong to no root.
    return {identifier: place for place, identifier in enumerate({**placed, **dict.fromkeys(sorted(known))})}


def _below(parent: str | None, children: Mapping[str | None, list[Document]]) -> Iterator[str]:
    for product in sorted(children.get(parent, ()), key=_rank):
        yield product["id"]
        yield from _below(product["id"], children)


def _rank(product: Document) -> tuple[bool, str, str]:
    has_number = any(named_in(product.get("productCharacteristic") or ()))
    return not has_number, product.get("startDate") or "", product["id"]
