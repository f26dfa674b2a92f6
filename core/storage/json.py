"""JSON that keeps the digits: numbers become Decimal when read and go out as they came."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jiter
import orjson


def loads(text: str | bytes) -> Any:
    """Parse JSON; fractions become Decimal, equal keys and NaN are errors (ValueError)."""
    data = text.encode() if isinstance(text, str) else text
    # Names repeat and are worth a look into the parser's cache, values hardly do.
    return jiter.from_json(
        data, float_mode="decimal", catch_duplicate_keys=True, allow_inf_nan=False, cache_mode="keys"
    )


def loads_stored(text: str | bytes) -> Any:
    """Parse what `dumps` has written; a third faster, since equal keys can't be in it."""
    data = text.encode() if isinstance(text, str) else text
    return jiter.from_json(data, float_mode="decimal", allow_inf_nan=False, cache_mode="keys")


def dumps(value: Any, *, sort: bool = False) -> bytes:
    """Write JSON; Decimals keep their digits. `sort` puts names in order. Raises TypeError for what JSON can't say."""
    option = orjson.OPT_SORT_KEYS if sort else None
    try:
        return orjson.dumps(value, default=_decimal, option=option)
    except TypeError:
        # orjson refuses integers beyond 64 bits without asking `default`; as Decimals they pass.
        return orjson.dumps(_with_long_integers(value), default=_decimal, option=option)


class Written(str):
    """A value that is JSON text already: what it was written from may change, and it need not be written again."""

    __slots__ = ()


def written(value: Any) -> Written:
    """Return a value as it is now, for the database."""
    return Written(dumps(value).decode())


def dumps_text(value: Any) -> str:
    """Write JSON as text, for the database drivers."""
    return value if type(value) is Written else dumps(value).decode()


def dumps_indented(value: Any) -> str:
    """Write JSON for people to read, an attribute a line."""
    return orjson.dumps(_with_long_integers(value), default=_decimal, option=orjson.OPT_INDENT_2).decode()


def _with_long_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_long_integers(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_with_long_integers(member) for member in value]
    return Decimal(value) if isinstance(value, int) and value.bit_length() > 63 else value


def _decimal(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
