"""The same network record sent twice is one usage: recognised by its source and record identifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from core.catalog import spelling
from core.entity import Document
from core.errors import Conflict
from core.reading import Reading
from core.service import Work
from core.storage.json import dumps
from core.storage.statements import insert_new
from core.usage.characteristics import instant_of, values_of
from core.usage.tables import usage_record as table

SOURCE, RECORD = "source", "recordId"
CHARACTERISTICS = "usageCharacteristic"
# What the server gives or moves on doesn't make it another record.
APART = ("id", "href", "status")
BATCH = 500


class Seen(NamedTuple):
    """The usage that a record became, and a digest of what was sent."""

    usage_id: str
    content: str


def record_key(document: Document) -> str | None:
    """Return the digest of source and record identifier, None where a usage names no record."""
    values = values_of(document)
    if values.get(RECORD) is None:
        return None
    return _digest([spelling(values.get(SOURCE, "")), spelling(values[RECORD])])


def register(work: Work, documents: Sequence[Document]) -> dict[int, str]:
    """Note the records of new usages; return, by position, the usage of each that was there before.

    Of two that arrive at once, in one set or two transactions, one is first. Raises Conflict when a record comes
    again and says something else.
    """
    keys = {place: key for place, document in enumerate(documents) if (key := record_key(document))}
    first: dict[str, int] = {}
    for place, key in keys.items():
        first.setdefault(key, place)
    contents = {place: _content(documents[place]) for place in keys}
    rows = [_row(work, key, documents[place]["id"], contents[place]) for key, place in sorted(first.items())]
    inserted = {key for _, key in insert_new(work.connection, table, rows)}
    seen = _seen(work, keys.values()) if len(inserted) < len(keys) else {}
    again = {place: key for place, key in keys.items() if key not in inserted or first[key] != place}
    for place, key in again.items():
        if seen[key].content != contents[place]:
            raise _contradiction(documents[place], seen[key].usage_id)
    return {place: seen[key].usage_id for place, key in again.items()}


def forget(work: Work, usage_id: str) -> None:
    """Let go of the record of a usage that is deleted: it may be sent again."""
    mine = (table.c.tenant == work.context.tenant) & (table.c.usage_id == usage_id)
    work.connection.execute(delete(table).where(mine))


def refuse_another_record(before: Document, after: Document) -> None:
    """Refuse a change that would make a usage the usage of another network record. Raises Conflict."""
    if record_key(before) != record_key(after):
        reason = f"the characteristics {SOURCE} and {RECORD} name the network record and can't be changed"
        raise Conflict(reason, path="usageCharacteristic", code="unchangeable")


def _contradiction(document: Document, usage_id: str) -> Conflict:
    record = values_of(document)[RECORD]
    return Conflict(
        f"record '{spelling(record)}' was received before, with other content, as usage '{usage_id}'",
        path="usageCharacteristic",
        code="recordContradicted",
    )


def _seen(work: Reading, keys: Any) -> dict[str, Seen]:
    wanted, found = sorted(set(keys)), dict[str, Seen]()
    for start in range(0, len(wanted), BATCH):
        mine = (table.c.tenant == work.context.tenant) & table.c.record_key.in_(wanted[start : start + BATCH])
        rows = work.connection.execute(select(table.c.record_key, table.c.usage_id, table.c.content).where(mine))
        found |= {key: Seen(usage_id, content) for key, usage_id, content in rows}
    return found


def _row(work: Work, key: str, usage_id: str, content: str) -> Mapping[str, Any]:
    return {"tenant": work.context.tenant, "record_key": key, "usage_id": usage_id, "content": content}


def _content(document: Document) -> str:
    """Return a digest of what a record says: the same instant, numbers and set of characteristics however written."""
    said = {name: value for name, value in document.items() if name not in APART}
    if (at := instant_of(document)) is not None:
        said["usageDate"] = at.isoformat()
    if CHARACTERISTICS in said:
        # The record's name is known to be the same.
        members = [each for each in said[CHARACTERISTICS] or () if each.get("name") not in (SOURCE, RECORD)]
        said[CHARACTERISTICS] = sorted(dumps(_plain(each), sort=True).decode() for each in members)
    return _digest(_plain(said))


def _digest(value: Any) -> str:
    return sha256(dumps(value, sort=True)).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value in which equal numbers are written alike: 10, 10.0 and 1e1."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    sign, digits, exponent = Decimal(value).as_tuple()
    text = "".join(map(str, digits))
    kept = text.strip("0")
    # No text begins like this: what callers send has no NUL in it.
    return f"\0{sign}{kept}e{int(exponent) + len(text) - len(text.rstrip('0'))}" if kept else "\0"
