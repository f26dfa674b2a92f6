"""Catalog elements as rows of a table, and back: nothing is lost, and no cell is a formula (README.md, CSV).

A column is called by the path of its attribute (`price.value`, `category[0].id`), a name that has one of `.[]"` in it
or blanks around it in quotes, as a JSON string. A cell says a number, a truth value, null, `{}` or `[]` as JSON does,
and any other text as itself; a cell without anything says nothing. Text that would be read as something else, and
text that a spreadsheet would calculate, has an apostrophe in front; so has a column's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from core.entity import Document
from core.errors import InvalidInput
from core.storage.json import dumps_text, loads

Path = tuple[str | int, ...]

MOST_LEVELS = 100
APOSTROPHE = "'"
_LITERAL = re.compile(r"true|false|null|\{\}|\[\]|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
# What spreadsheets take for the start of a formula (OWASP, CSV injection), wide forms included.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", APOSTROPHE)
_PLAIN_NAME = re.compile(r'[^.\[\]"\s]([^.\[\]"]*[^.\[\]"\s])?')
_STEP = re.compile(r'(?P<name>"(?:[^"\\]|\\.)*"|[^.\[\]"]+)|\[(?P<place>[0-9]{1,6})\]', re.DOTALL)
_FIRST: dict[Path, int] = {("@type",): 0, ("id",): 1, ("name",): 2}


def flatten(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the columns and cells that an element fills."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from flatten(member, (*path, name))
    elif isinstance(value, list) and value:
        for place, member in enumerate(value):
            yield from flatten(member, (*path, place))
    elif path:
        yield path, _written(value)


def unflatten(columns: Sequence[Path], cells: Sequence[str]) -> Document:
    """Return the element that a row says; members of arrays without any cell are left out.

    Raises InvalidInput for cells that contradict one another, or stand outside of the columns.
    """
    if any(cells[len(columns) :]):
        raise InvalidInput(f"has more than the {len(columns)} cells that the header names")
    root = _Inner()
    for path, cell in zip(columns, cells, strict=False):
        if cell and not path:
            raise InvalidInput("has a cell in a column that the header doesn't name")
        if cell:
            _insert(root, path, _read(cell))
    document: Document = _closed(root)
    return document


def column_name(path: Path) -> str:
    """Return what the column of a path is called in the header."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_name(step)}" for step in path)
    name = "".join(steps).removeprefix(".")
    return APOSTROPHE + name if name.startswith(_STARTS) else name


def column_path(name: str) -> Path:
    """Return the path that a column's name says; an empty one for an empty name. Raises InvalidInput."""
    text = name.strip().removeprefix(APOSTROPHE)
    path: list[str | int] = []
    position = 0
    while position < len(text):
        # A name stands at the beginning or behind a dot; a place behind what it is in.
        behind_dot = text[position] == "." and path != []
        found = _STEP.match(text, position + behind_dot)
        if found is None or (found["name"] is not None) != (behind_dot or not path) or len(path) == MOST_LEVELS:
            raise _misnamed(name)
        path.append(_step(found, name))
        position = found.end()
    return tuple(path)


def in_order(columns: set[Path]) -> list[Path]:
    """Return columns as a reader expects them: type, identifier, name, then by path, places as numbers."""
    return sorted(columns, key=lambda path: (_FIRST.get(path, len(_FIRST)), [_sortable(step) for step in path]))


class _Inner(dict[str | int, Any]):
    """An object or array while its cells come in; `{}` and `[]` in a cell are values instead."""


def _insert(root: _Inner, path: Path, value: Any) -> None:
    inner = root
    for step in path[:-1]:
        inner = inner.setdefault(step, _Inner())
        if not isinstance(inner, _Inner):
            raise _contradiction(path)
    kinds = {type(step) for step in (*inner, path[-1])}
    if path[-1] in inner or len(kinds) > 1:
        raise _contradiction(path)
    inner[path[-1]] = value


def _closed(value: Any) -> Any:
    if not isinstance(value, _Inner):
        return value
    kinds = {type(step) for step in value}
    if kinds == {int}:
        return [_closed(value[place]) for place in sorted(value, key=int)]
    if len(kinds) > 1:
        raise _contradiction(tuple(value)[:1])
    return {str(name): _closed(member) for name, member in value.items()}


def _written(value: Any) -> str:
    if not isinstance(value, str):
        return dumps_text(value)
    is_plain = value and not value.startswith(_STARTS) and not _LITERAL.fullmatch(value)
    return value if is_plain else APOSTROPHE + value


def _read(cell: str) -> Any:
    if cell.startswith(APOSTROPHE):
        return cell[1:]
    return loads(cell) if _LITERAL.fullmatch(cell) else cell


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else dumps_text(name)


def _step(found: re.Match[str], name: str) -> str | int:
    if found["place"] is not None:
        return int(found["place"])
    if not found["name"].startswith('"'):
        return found["name"].strip()
    try:
        return str(loads(found["name"]))
    except ValueError as error:
        raise _misnamed(name) from error


def _sortable(step: str | int) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, step)


def _misnamed(name: str) -> InvalidInput:
    reason = f"the header names a column '{name[:80]}'; a path such as price.value or category[0].id is expected"
    return InvalidInput(reason, path="url")


def _contradiction(path: Path) -> InvalidInput:
    return InvalidInput("its cells contradict one another", path=column_name(path))
