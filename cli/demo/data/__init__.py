"""The demo brand as data: request bodies of its catalog, seed lists of people, what they buy, how they behave."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from core.storage.json import loads


def read(name: str) -> Any:
    """Return the content of a data file (`category`), numbers with a point as Decimal."""
    return loads((files(__name__) / f"{name}.json").read_bytes())
