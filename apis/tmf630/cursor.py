"""The place in a list after which the next page begins, as `after` carries it: the sort keys of the last resource.

Beside them stands how many resources have been passed, from which the page before can be told.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from core.query import Order
from core.storage.json import dumps, loads

WRONG = "is no place in this list; take it from the link to the next page"
# Beyond any list, and within what databases count.
MOST_PASSED = 2**53


def write_cursor(keys: Sequence[Any], sort: Sequence[Order], passed: int = 0) -> str:
    """Return the text for a place in a list of this order, behind so many resources."""
    return urlsafe_b64encode(dumps([_mark(sort), passed, *keys])).decode().rstrip("=")


def read_cursor(text: str, sort: Sequence[Order]) -> tuple[tuple[Any, ...], int]:
    """Return the keys and the number that `write_cursor` has written. Raises ValueError for all else, another order."""
    try:
        said = loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except ValueError:
        raise ValueError(WRONG) from None
    if not isinstance(said, list) or len(said) < 3 or said[0] != _mark(sort):
        raise ValueError(WRONG)
    _, passed, *keys = said
    if type(passed) is not int or not 0 <= passed < MOST_PASSED:
        raise ValueError(WRONG)
    if any("\0" in key for key in keys if isinstance(key, str)):
        raise ValueError(WRONG)
    return tuple(keys), passed


def _mark(sort: Sequence[Order]) -> int:
    return crc32(repr([(order.path, order.descending, order.kind, order.shown) for order in sort]).encode())
