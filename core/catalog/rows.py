"""CSV (RFC 4180, UTF-8, with a header): rows that are read as elements, and elements that are written as rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from core.catalog.flat import Path, column_name, column_path, flatten, in_order, unflatten
from core.catalog.pieces import Entry, Piece, Streamed, Taken
from core.catalog.unpacking import Content
from core.entity import Document
from core.errors import InvalidInput
from core.storage.json import dumps

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# What the widest spreadsheets can open.
MOST_COLUMNS = 16_384
LONGEST_HEADER = 4 * 1024 * 1024


class Rows(Streamed):
    """One element a row; quoted cells may go over several lines."""

    def __init__(self, content: Content, longest: int) -> None:
        super().__init__(content, longest)
        # For the whole process: the standard library knows no other place for it.
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST_HEADER, longest))
        # Quotes in cells stand twice, and empty cells take a comma each.
        self._longest_row = 2 * longest + MOST_COLUMNS
        header, self._header_lines = self._header()
        self._columns = [column_path(name) for name in header]
        self._start = content.tell()
        _refuse_columns_named_twice(self._columns)

    def read(self, position: int, line: int, count: int) -> Piece:
        """Return up to `count` rows; the first piece begins behind the header."""
        if position < self._start:
            position, line = self._start, self._header_lines + 1
        return super().read(position, line, count)

    def take(self, line: int) -> Taken:
        """Take a row."""
        reader = _Reader(self.content, self._longest_row)
        try:
            cells = reader.row(line)
        except csv.Error as error:
            return Taken(reader.lines, Entry(line, b"", _told(error)))
        if cells is None:
            return Taken(0)
        return Taken(reader.lines, self._entry(line, cells) if any(cells) else None)

    def _entry(self, line: int, cells: Sequence[str]) -> Entry:
        try:
            # Bytes that are no UTF-8 were carried along as lone surrogates.
            "".join(cells).encode()
            text = dumps(unflatten(self._columns, cells))
        except (UnicodeError, InvalidInput) as error:
            return Entry(line, b"", _told(error))
        is_too_long = len(text) > self.longest
        return Entry(line, b"", f"is longer than {self.longest} bytes") if is_too_long else Entry(line, text)

    def _header(self) -> tuple[list[str], int]:
        if self.content.read(len(BYTE_ORDER_MARK)) != BYTE_ORDER_MARK:
            self.content.seek(0)
        reader = _Reader(self.content, LONGEST_HEADER)
        try:
            cells = reader.row(1) or []
            "".join(cells).encode()
        except (csv.Error, UnicodeError) as error:
            raise InvalidInput(f"the header {_told(error)}", path="url") from error
        if not any(cells) and reader.lines:
            raise InvalidInput("the header names no columns", path="url")
        return cells, reader.lines


class _Reader:
    """Reads one row and counts what it takes: a quote that is never closed would take all of the file."""

    def __init__(self, content: Content, most: int) -> None:
        self._content = content
        self._most = most
        self.lines = 0
        self.size = 0

    def row(self, line: int) -> list[str] | None:
        """Return the cells of the next row, None at the end. Raises csv.Error, InvalidInput for one without end."""
        return next(csv.reader(self._read(line), strict=True), None)

    def _read(self, line: int) -> Iterator[str]:
        while text := self._content.readline(self._most + 1):
            self.lines += 1
            self.size += len(text)
            if self.size > self._most:
                reason = f"line {line}: the row has more than {self._most} bytes, or a quote in it is never closed"
                raise InvalidInput(reason, path="url")
            yield text.decode(errors="surrogateescape")


class Table:
    """Elements that are to be written as rows. All columns are known once all elements have been looked at."""

    def __init__(self) -> None:
        self._columns: set[Path] = set()

    def look_at(self, element: Document) -> None:
        """Note the columns that an element fills. Raises InvalidInput when there are too many."""
        self._columns.update(path for path, _ in flatten(element))
        if len(self._columns) > MOST_COLUMNS:
            reason = f"the elements fill more than {MOST_COLUMNS} columns; write them as application/x-ndjson"
            raise InvalidInput(reason, path="contentType")

    def lines(self, elements: Iterable[Document]) -> Iterator[bytes]:
        """Yield the header and a row for each element."""
        columns = in_order(self._columns)
        if not columns:
            return
        writer = csv.writer(_Echo())
        yield _line(writer.writerow([column_name(path) for path in columns]))
        for element in elements:
            cells = dict(flatten(element))
            yield _line(writer.writerow([cells.get(path, "") for path in columns]))


class _Echo:
    """Gives a line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _line(written: object) -> bytes:
    return str(written).encode()


def _refuse_columns_named_twice(columns: Sequence[Path]) -> None:
    seen: set[Path] = set()
    for path in filter(None, columns):
        if path in seen:
            raise InvalidInput(f"the header names the column {column_name(path)} twice", path="url")
        seen.add(path)


def _told(error: Exception) -> str:
    if isinstance(error, InvalidInput):
        return "; ".join(f"{fault.path}: {fault.reason}" for fault in error.faults) or error.reason
    return "is not UTF-8" if isinstance(error, UnicodeError) else f"is not CSV: {error}"
