"""Whether the schemas of extensions that are registered can be used: `bss doctor` looks, after upgrades above all."""

from __future__ import annotations

from collections.abc import Iterator

from apis.tmf630.extensions import extensible_types
from cli.checks import Finding
from core.errors import BssError
from core.reading import Reading
from core.schemas import Registered, get_all, read_schema


def check_extensions(reading: Reading) -> Iterator[Finding]:
    """Compile the brand's schemas and look whether what they extend is still there."""
    found = get_all(reading.connection, reading.context.tenant)
    broken = [*_broken(found)]
    yield from broken
    if not broken:
        yield Finding("schemas", "good", f"of extensions: {len(found)} registered, all usable")


def _broken(found: list[Registered]) -> Iterator[Finding]:
    types = extensible_types() if found else frozenset()
    for each in found:
        try:
            read_schema(each.document, each.name, types)
        except BssError as error:
            advice = f"`bss schema remove {each.name}`, and add one that is right"
            yield Finding("schema", "bad", f"{each.name}: {error.reason[:200]}; {advice}")
