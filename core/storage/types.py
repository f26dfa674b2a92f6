"""Column types that mean the same on both databases: exact amounts, instants, JSON documents."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Numeric, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

SCALE = 9
_UNIT = Decimal(1).scaleb(-SCALE)


class Amount(TypeDecorator[Decimal]):
    """An exact number with up to nine decimal places: NUMERIC on PostgreSQL, a scaled integer on SQLite.

    SQLite has no exact decimal type; as integers, comparison, order and SUM stay exact there too.
    """

    impl = Numeric(28, SCALE)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type for a database."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(28, SCALE))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Refuse what would lose digits, then scale where the database needs it."""
        if value is None:
            return None
        exact = Decimal(value)
        if exact != exact.quantize(_UNIT):
            raise ValueError(f"{value} has more than {SCALE} decimal places")
        return int(exact.scaleb(SCALE)) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the amount as Decimal."""
        if value is None:
            return None
        return Decimal(value).scaleb(-SCALE) if dialect.name == "sqlite" else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: timestamptz on PostgreSQL, fixed-width text that sorts by time on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type for a database."""
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Bring an aware datetime to UTC; a naive one is a mistake."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.isoformat(timespec="microseconds").replace("+00:00", "Z") if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)


# With a tenant and an identifier beside it, each character of up to four bytes.
LONGEST_WORD = 300


class Word(TypeDecorator[str]):
    """Text that an index holds: beyond 300 characters, its beginning and the digest of the whole.

    PostgreSQL refuses index entries over some 2,700 bytes, and no caller should learn of that; as values are folded
    the same way when they are stored and when they are looked for, equality stays what it is.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Order text by its characters' codes, as SQLite does, whatever the language of the server."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Text(collation="C"))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Fold a long value."""
        if value is None or len(value) <= LONGEST_WORD:
            return value
        digest = sha256(value.encode()).hexdigest()
        return f"{value[: LONGEST_WORD - len(digest)]}{digest}"


Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
