"""Who has which number: reserved by an order, owned by a product from one instant to another, one owner at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, select, update

from core.clock import LATEST
from core.entity import new_id
from core.inventory.identifiers import Identifier, identifier
from core.inventory.tables import product_identifier as table
from core.reading import Reading
from core.service import Work
from core.storage.statements import insert_new

BATCH = 1000


class Sighting(NamedTuple):
    """A number as the network wrote it, and when: `Sighting("msisdn", "+4915112345678", at)`."""

    kind: str
    value: str
    at: datetime


def owners(reading: Reading, identifiers: Collection[Identifier]) -> dict[Identifier, str]:
    """Return which product has, or is to get, each of these numbers now."""
    values = {each.value for each in identifiers}
    rows = reading.connection.execute(
        select(table.c.kind, table.c.value, table.c.product_id).where(
            table.c.tenant == reading.context.tenant, table.c.value.in_(values), table.c.valid_to.is_(None)
        )
    )
    found = {Identifier(row.kind, row.value): row.product_id for row in rows}
    return {each: found[each] for each in identifiers if each in found}


def claim(work: Work, product_id: str, identifiers: Iterable[Identifier]) -> list[Identifier]:
    """Reserve numbers for a product; return those that another one has. Of two that claim at once one gets it."""
    wanted = set(identifiers)
    mine = {each for each, owner in owners(work, wanted).items() if owner == product_id}
    # In one order everywhere, so that two orders never wait for each other.
    rows = {new_id(): each for each in sorted(wanted - mine)}
    shared = {"tenant": work.context.tenant, "product_id": product_id, "valid_from": None, "valid_to": None}
    new = insert_new(work.connection, table, [{"id": id_} | each._asdict() | shared for id_, each in rows.items()])
    inserted = {id_ for _, id_ in new}
    return [each for id_, each in rows.items() if id_ not in inserted]


def release(work: Work, product_id: str, identifiers: Iterable[Identifier]) -> None:
    """Give up reservations, where they haven't become more."""
    values = {each.value for each in identifiers}
    reserved = and_(_of(work, product_id), table.c.valid_from.is_(None), table.c.value.in_(values))
    work.connection.execute(delete(table).where(reserved))


def take(work: Work, product_id: str, identifiers: Collection[Identifier], at: datetime) -> list[Identifier]:
    """Make numbers a product's own from `at` on; return those that another one has."""
    refused = claim(work, product_id, identifiers)
    values = {each.value for each in identifiers}
    reserved = and_(_of(work, product_id), table.c.valid_from.is_(None), table.c.value.in_(values))
    work.connection.execute(update(table).where(reserved).values(valid_from=at))
    return refused


def leave(work: Work, product_id: str, identifiers: Iterable[Identifier], at: datetime) -> None:
    """End the ownership of numbers at `at`; what hadn't begun by then never was."""
    values = {each.value for each in identifiers}
    current = and_(_of(work, product_id), table.c.valid_to.is_(None), table.c.value.in_(values))
    begun = and_(current, table.c.valid_from < at)
    work.connection.execute(update(table).where(begun).values(valid_to=at))
    work.connection.execute(delete(table).where(current))


def forget(work: Work, product_id: str) -> None:
    """Remove all that is known of a product's numbers, because the product goes too."""
    work.connection.execute(delete(table).where(_of(work, product_id)))


def guide(reading: Reading, sightings: Iterable[Sighting]) -> dict[Sighting, str]:
    """Return the product that had each number at its time; in sets, so ask for many at once.

    What isn't a number of its kind, or belonged to nobody then, is left out.
    """
    wanted = [(sighting, known) for sighting in set(sightings) if (known := _known(sighting))]
    history = _history(reading, {known for _, known in wanted})
    found = {}
    for sighting, known in wanted:
        owned = [row for row in history.get(known, ()) if row.valid_from <= sighting.at < (row.valid_to or LATEST)]
        if owned:
            found[sighting] = max(owned, key=lambda row: row.valid_from).product_id
    return found


class _Owned(NamedTuple):
    product_id: str
    valid_from: datetime
    valid_to: datetime | None


def _history(reading: Reading, identifiers: Collection[Identifier]) -> dict[Identifier, list[_Owned]]:
    history: dict[Identifier, list[_Owned]] = {}
    values = sorted({each.value for each in identifiers})
    for start in range(0, len(values), BATCH):
        rows = reading.connection.execute(
            select(table).where(
                table.c.tenant == reading.context.tenant,
                table.c.value.in_(values[start : start + BATCH]),
                table.c.valid_from.is_not(None),
            )
        )
        for row in rows:
            owned = _Owned(row.product_id, row.valid_from, row.valid_to)
            history.setdefault(Identifier(row.kind, row.value), []).append(owned)
    return history


def _known(sighting: Sighting) -> Identifier | None:
    try:
        return identifier(sighting.kind, sighting.value)
    except ValueError:
        return None


def _of(work: Work, product_id: str) -> ColumnElement[bool]:
    return and_(table.c.tenant == work.context.tenant, table.c.product_id == product_id)
