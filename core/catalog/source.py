"""Reads import files: lines of NDJSON, members of a JSON array, rows of CSV."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalog.forms import Kind
from core.catalog.pieces import Entry, Piece, Source, Streamed, Taken
from core.catalog.rows import BYTE_ORDER_MARK, Rows
from core.catalog.unpacking import Content
from core.errors import InvalidInput
from core.storage.json import dumps, loads

LARGEST_ARRAY = 64 * 1024 * 1024


def open_source(content: Content, kind: Kind, longest: int) -> Source:
    """Return how to read a file; entries longer than `longest` bytes are refused. Raises InvalidInput."""
    if kind == "json":
        return Array(content, longest)
    return Rows(content, longest) if kind == "csv" else Lines(content, longest)


class Lines(Streamed):
    """One JSON object a line."""

    def take(self, line: int) -> Taken:
        """Take a line."""
        text = self.content.readline(self.longest + 1)
        if line == 1:
            text = text.removeprefix(BYTE_ORDER_MARK)
        if len(text) > self.longest and not text.endswith(b"\n"):
            self._skip_line()
            return Taken(1, Entry(line, b"", f"is longer than {self.longest} bytes"))
        return Taken(1 if text else 0, Entry(line, text) if text.strip() else None)

    def _skip_line(self) -> None:
        while (rest := self.content.readline(self.longest)) and not rest.endswith(b"\n"):
            pass


class Array:
    """A JSON array of objects, or one object: read at once, so its size is limited."""

    def __init__(self, content: Content, longest: int) -> None:
        text = content.read(LARGEST_ARRAY + 1)
        if len(text) > LARGEST_ARRAY:
            reason = f"a JSON file may have {LARGEST_ARRAY} bytes; write a larger one as application/x-ndjson"
            raise InvalidInput(reason, path="url")
        try:
            data = loads(text.removeprefix(BYTE_ORDER_MARK))
        except ValueError as error:
            raise InvalidInput(f"the file is not JSON: {error}", path="url") from error
        self._members = data if isinstance(data, list) else [data]
        self._longest = longest

    def read(self, position: int, line: int, count: int) -> Piece:
        """Return up to `count` members from place `position` on."""
        entries = tuple(self._entries(position, count))
        end = position + len(entries)
        return Piece(entries, end, end + 1, is_last=end == len(self._members))

    def _entries(self, position: int, count: int) -> Iterator[Entry]:
        for place, member in enumerate(self._members[position : position + count], start=position + 1):
            text = dumps(member)
            is_too_long = len(text) > self._longest
            yield Entry(place, b"", f"is longer than {self._longest} bytes") if is_too_long else Entry(place, text)
