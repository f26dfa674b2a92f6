"""Who has which products, and which products belong together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from core.entity import Document
from core.inventory.belonging import parent_of
from core.inventory.identifiers import named_in
from core.inventory.lifecycle import LIVE
from core.query import Query
from core.reading import Reading

BATCH = 1000


def products_of(reading: Reading, product_ids: Iterable[str]) -> dict[str, Document]:
    """Return the products that exist among `product_ids`, live or not, by identifier."""
    return reading.get_many("Product", product_ids)


def live_products_of_customer(reading: Reading, customer_id: str) -> list[Document]:
    """Return what a customer has that hasn't come to its end."""
    return reading.find_by("Product", customer_id=customer_id, status=list(LIVE))


def products_of_account(reading: Reading, account_ids: Collection[str]) -> list[Document]:
    """Return all products, live or not, that are charged to these billing accounts; in sets."""
    return list(_by(reading, "billing_account_id", account_ids))


def children_of(reading: Reading, product_ids: Collection[str]) -> list[Document]:
    """Return the live products that are part of these products or additions to them."""
    return list(_by(reading, "parent_id", product_ids, status=list(LIVE)))


def offering_in_use(reading: Reading, offering_id: str) -> bool:
    """Tell whether any product, live or not, was sold from an offering."""
    return _any(reading, {"productOffering.id": offering_id})


def specification_in_use(reading: Reading, specification_id: str) -> bool:
    """Tell whether any product, live or not, is of a specification."""
    return _any(reading, {"productSpecification.id": specification_id})


def families_of(reading: Reading, product_ids: Collection[str]) -> dict[str, list[str]]:
    """Return, for each product, itself and then all products whose prices and allowances it shares, oldest first.

    These are its bundle, its additions and those parts of the bundle that have no number of their own; a part with
    a number is another line, and what belongs to that line stays with it.
    """
    families = family_documents(reading, product_ids)
    return {identifier: [document["id"] for document in family] for identifier, family in families.items()}


def family_documents(reading: Reading, product_ids: Collection[str]) -> dict[str, list[Document]]:
    """Return the documents of each product's family, itself first; see `families_of`."""
    members = _trees(reading, product_ids)
    lines = {identifier: _line(members, identifier) for identifier in members}
    roots = {identifier: _root(members, identifier) for identifier in members}
    trees: dict[str, list[str]] = {}
    for identifier in sorted(members):
        trees.setdefault(roots[identifier], []).append(identifier)
    families = {}
    for each in set(product_ids) & members.keys():
        tree = trees[roots[each]]
        shared = [other for other in tree if other != each and lines[other] in (None, lines[each])]
        families[each] = [members[one] for one in (each, *shared)]
    return families


def roots_of(reading: Reading, product_ids: Collection[str]) -> dict[str, str]:
    """Return, for each product, the one that it belongs to in the end: part of it or an addition to it; else itself."""
    members = _up_to_roots(reading, product_ids)
    return {identifier: _root(members, identifier) for identifier in product_ids if identifier in members}


def _up_to_roots(reading: Reading, product_ids: Collection[str]) -> dict[str, Document]:
    members: dict[str, Document] = {}
    wanted = set(product_ids)
    while wanted:
        found = _many(reading, wanted)
        members |= found
        wanted = {parent for document in found.values() if (parent := parent_of(document))} - members.keys()
    return members


def _trees(reading: Reading, product_ids: Collection[str]) -> dict[str, Document]:
    """Load every product of the trees that these products stand in: up to the roots, then down to the leaves."""
    members = _up_to_roots(reading, product_ids)
    level: set[str] = set(members)
    while level:
        children = {document["id"]: document for document in _by(reading, "parent_id", level)}
        level = children.keys() - members.keys()
        members |= children
    return members


def _root(members: dict[str, Document], identifier: str) -> str:
    return list(_upwards(members, identifier))[-1]


def _line(members: dict[str, Document], identifier: str) -> str | None:
    """Return the nearest product, upwards from this one, that has a number: the line it belongs to."""
    for each in _upwards(members, identifier):
        if any(named_in(members[each].get("productCharacteristic", ()))):
            return each
    return None


def _upwards(members: dict[str, Document], identifier: str) -> Iterator[str]:
    seen: set[str] = set()
    at: str | None = identifier
    while at is not None and at in members and at not in seen:
        seen.add(at)
        yield at
        at = parent_of(members[at])


def _any(reading: Reading, values: dict[str, str]) -> bool:
    return bool(reading.find("Product", Query.matching(values, limit=1)).items)


def _many(reading: Reading, product_ids: Collection[str]) -> dict[str, Document]:
    wanted, found = sorted(product_ids), dict[str, Document]()
    for start in range(0, len(wanted), BATCH):
        found |= products_of(reading, wanted[start : start + BATCH])
    return found


def _by(reading: Reading, column: str, values: Collection[str], **others: Any) -> Iterator[Document]:
    wanted = sorted(set(values))
    for start in range(0, len(wanted), BATCH):
        columns: dict[str, Any] = {column: wanted[start : start + BATCH], **others}
        yield from reading.find_by("Product", **columns)
