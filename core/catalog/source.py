"""Reads an import file piece by piece: lines of NDJSON from where the last piece ended, members of a JSON array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from core.catalog.exchange import Format
from core.errors import InvalidInput
from core.storage.json import dumps, loads

LARGEST_ARRAY = 64 * 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of the file: its line (or place in the array, from 1), its text (None: too long to be read)."""

    line: int
    text: bytes | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Some entries, and where the next piece begins. A piece without entries ends the file."""

    entries: tuple[Entry, ...]
    position: int
    line: int


class Source(Protocol):
    """A file that can be read from any place that an earlier piece ended at."""

    def read(self, position: int, line: int, count: int) -> Piece:
        """Return up to `count` entries from `position`, whose first line is number `line`."""


def open_source(file: BinaryIO, form: Format, longest: int) -> Source:
    """Return how to read an open file; entries longer than `longest` bytes aren't read. Raises InvalidInput."""
    return Lines(file, longest) if form == "ndjson" else Array(file, longest)


class Lines:
    """One JSON object a line; a large file is never in memory as a whole."""

    def __init__(self, file: BinaryIO, longest: int) -> None:
        self._file = file
        self._longest = longest

    def read(self, position: int, line: int, count: int) -> Piece:
        """Return up to `count` lines that aren't blank."""
        self._file.seek(position)
        entries: list[Entry] = []
        while len(entries) < count and (text := self._file.readline(self._longest + 1)):
            if line == 1:
                text = text.removeprefix(BYTE_ORDER_MARK)
            if len(text) > self._longest and not text.endswith(b"\n"):
                self._skip_line()
                entries.append(Entry(line, None))
            elif text.strip():
                entries.append(Entry(line, text))
            line += 1
        return Piece(tuple(entries), self._file.tell(), line)

    def _skip_line(self) -> None:
        while (rest := self._file.readline(self._longest)) and not rest.endswith(b"\n"):
            pass


class Array:
    """A JSON array of objects, or one object: read at once, so its size is limited."""

    def __init__(self, file: BinaryIO, longest: int) -> None:
        content = file.read(LARGEST_ARRAY + 1)
        if len(content) > LARGEST_ARRAY:
            reason = f"a JSON file may have {LARGEST_ARRAY} bytes; write a larger one as application/x-ndjson"
            raise InvalidInput(reason, path="url")
        try:
            data = loads(content.removeprefix(BYTE_ORDER_MARK))
        except ValueError as error:
            raise InvalidInput(f"the file is not JSON: {error}", path="url") from error
        self._members = data if isinstance(data, list) else [data]
        self._longest = longest

    def read(self, position: int, line: int, count: int) -> Piece:
        """Return up to `count` members from place `position` on."""
        entries = tuple(self._entries(position, count))
        end = position + len(entries)
        return Piece(entries, end, end + 1)

    def _entries(self, position: int, count: int) -> Iterator[Entry]:
        for place, member in enumerate(self._members[position : position + count], start=position + 1):
            text = dumps(member)
            yield Entry(place, text if len(text) <= self._longest else None)
