"""What stored resources refer to and isn't here: `bss doctor` lists it, since the default settings accept it."""

from __future__ import annotations

from collections.abc import Iterator

from cli.checks import Finding, listed
from core.query import Query
from core.reading import Reading
from core.references import dangling_references

PAGE = 500


def check_references(reading: Reading) -> Iterator[Finding]:
    """List the brand's references that name what isn't here: it may live elsewhere, or be a mistake."""
    return listed("reference", _dangling(reading), "all lead to something that is here")


def _dangling(reading: Reading) -> Iterator[str]:
    for name, rules in reading.entities.items():
        offset = 0
        while rules.references and (items := reading.find(name, Query(offset=offset, limit=PAGE)).items):
            for document, missing in zip(items, dangling_references(reading, rules, items), strict=True):
                for each in missing:
                    yield f"{name} {document['id']}: {each.path} names {each.entity} '{each.identifier}', not here"
            offset += PAGE
