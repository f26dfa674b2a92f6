"""Addresses of ours as attributes: shown below the origin by which the server is called, stored without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from apis.tmf630.fitting import LOCATION
from apis.tmf630.identifiers import identifier_in
from apis.tmf630.validation_form import SCHEMAS
from core.query import Path

if TYPE_CHECKING:
    from apis.tmf630.version import ServedResource

HREF = ("href",)
NO_TEXT = "is an address: only eq and ne are offered"


def is_address(resource: ServedResource, path: Path) -> bool:
    """Tell whether an attribute, at a path in a version's words, is shown as another address than is stored.

    Such are the resource's own, those of the files that it lists, and in v4, which has no paths for addresses, that of
    a schema. Nothing but being equal can be asked of them.
    """
    if path[-1:] == (LOCATION,):
        return not resource.version.is_canonical
    return path in (HREF, (resource.version.api.files.get(resource.name), "url"))


def address_as_stored(resource: ServedResource, path: Path, addresses: Sequence[str]) -> tuple[Path, Sequence[str]]:
    """Return what is stored for addresses that are asked for at a path: the attribute, and what it may have.

    An own address stands for the identifier in it. Nobody's question says under which origin we are known, so any will
    do; and a file elsewhere may have such a path.
    """
    base = f"{resource.version.base_path}/"
    if path == HREF:
        return ("id",), tuple(identifier_in(f"{base.rstrip('/')}{resource.path}/", each) for each in addresses)
    complete = [each for each in addresses if "://" in each]
    if path[-1] == LOCATION:
        below = [f"{SCHEMAS}{name}" for each in complete if (name := each.partition(SCHEMAS)[2])]
    else:
        below = [name for each in complete if (name := each.partition(base)[2])]
    return path, (*addresses, *below)
