"""Conditions on any attribute path as SQL, for both databases; values travel as parameters, never as query text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, text

from core.entity import Entity
from core.errors import InvalidInput, NotYet
from core.query import Condition, Path
from core.storage.json import dumps_text


def where(entity: Entity, table: Table, conditions: Sequence[Condition], dialect: str) -> Iterator[ColumnElement[bool]]:
    """Yield one SQL clause a condition. Text columns derived from the same path are preferred to the document."""
    columns = {c.path: c.name for c in entity.columns if c.path and c.kind == "text"} | {"id": "id"}
    for number, condition in enumerate(conditions):
        if condition.operator != "eq":
            raise NotYet(f"the operator '{condition.operator}' isn't offered yet", path=".".join(condition.path))
        column = columns.get(".".join(condition.path))
        if column:
            yield table.c[column].in_(condition.values)
        elif dialect == "postgresql":
            yield _contains(table, condition)
        else:
            yield _walk(table, condition, f"q{number}")


def order_by(entity: Entity, table: Table, sort: Sequence[tuple[Path, bool]]) -> list[ColumnElement[Any]]:
    """Return the order: derived columns where asked for, identifiers (time of creation) last."""
    columns = {c.path: c.name for c in entity.columns if c.path} | {"id": "id"}
    order: list[ColumnElement[Any]] = []
    for path, descending in sort:
        name = columns.get(".".join(path))
        if name is None:
            raise NotYet("sorting by this attribute isn't offered yet", path=".".join(path))
        order.append(table.c[name].desc() if descending else table.c[name].asc())
    return [*order, table.c.id]


def _contains(table: Table, condition: Condition) -> ColumnElement[bool]:
    # Lax JSON path unwraps arrays by itself, and the GIN index answers `@?`.
    accessor = "".join("." + dumps_text(key) for key in condition.path)
    tests = " || ".join(f"@ == {dumps_text(c)}" for value in condition.values for c in readings(value))
    path = f"${accessor} ? ({tests})"
    return table.c.document.op("@?", is_comparison=True)(text("CAST(:path AS jsonpath)").bindparams(_unique(path)))


def _unique(path: str) -> Any:
    return bindparam("path", path, unique=True)


def readings(value: str) -> list[Any]:
    """Return what a query value may stand for: the string, and the number or truth value it spells."""
    readings: list[Any] = [value]
    if value in ("true", "false"):
        readings.append(value == "true")
    number = _number(value)
    return readings if number is None else [*readings, number]


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 300 else None


def _walk(table: Table, condition: Condition, prefix: str) -> ColumnElement[bool]:
    """Return, for SQLite, an EXISTS over a chain of json_each, one link a path step, arrays spread out."""
    source, links, keys = f"{table.name}.document", [], {}
    for depth, key in enumerate(condition.path):
        if '"' in key:
            raise InvalidInput("an attribute name can't contain a quotation mark", path=".".join(condition.path))
        alias, parameter = f"{prefix}_{depth}", f"{prefix}_k{depth}"
        keys[parameter] = f'$."{key}"'
        guard = "" if depth == 0 else f"WHEN {prefix}_{depth - 1}.type <> 'object' THEN '[]' "
        links.append(
            f"json_each(CASE {guard}WHEN json_type({source}, :{parameter}) IS NULL THEN '[]' "
            f"WHEN json_type({source}, :{parameter}) = 'array' THEN json_extract({source}, :{parameter}) "
            f"ELSE json_array(json({source} -> :{parameter})) END) AS {alias}"
        )
        source = f"{alias}.value"
    test, values = _sqlite_test(f"{prefix}_{len(condition.path) - 1}", prefix, condition.values)
    # Only table and alias names of our own are put into the text; keys and values are bound.
    clause = f"EXISTS (SELECT 1 FROM {', '.join(links)} WHERE {test})"  # noqa: S608
    if len(condition.values) == 1 and len(readings(condition.values[0])) == 1:
        # Only a string can meet it, and a document that has the string has it in the one way that `dumps` writes it.
        values[f"{prefix}_s"] = dumps_text(condition.values[0])
        clause = f"(instr({table.name}.document, :{prefix}_s) AND {clause})"
    return text(clause).bindparams(**keys, **values)  # type: ignore[return-value]


def _sqlite_test(alias: str, prefix: str, values: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the test that a JSON value is one that is asked for: a set of each type, however many values there are."""
    numbers = [value for value in values if _number(value) is not None]
    tests = [_in(alias, "= 'text'", f"{prefix}_t", "value")]
    tests += [f"{alias}.type = '{value}'" for value in ("true", "false") if value in values]
    if numbers:
        tests.append(_in(alias, "IN ('integer', 'real')", f"{prefix}_n", "CAST(value AS NUMERIC)"))
    sets = {f"{prefix}_t": dumps_text(list(values))} | ({f"{prefix}_n": dumps_text(numbers)} if numbers else {})
    return f"({' OR '.join(tests)})", sets


def _in(alias: str, kind: str, parameter: str, value: str) -> str:
    chosen = f"SELECT {value} FROM json_each(:{parameter})"  # noqa: S608 - names of our own
    return f"({alias}.type {kind} AND {alias}.value IN ({chosen}))"
