"""Pieces of an import file: entries, and from where the next ones are to be read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from core.catalog.unpacking import Content

# Blank lines make no entries; a file full of them is read in pieces all the same.
LARGEST_PIECE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of the file: its line (or place in the array, from 1) and its JSON text, or why it has none."""

    line: int
    text: bytes
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some entries, where the next piece begins, and whether there is none."""

    entries: tuple[Entry, ...]
    position: int
    line: int
    is_last: bool


class Source(Protocol):
    """A file that can be read from any place that an earlier piece ended at."""

    def read(self, position: int, line: int, count: int) -> Piece:
        """Return up to `count` entries from `position`, whose first line is number `line`. Raises InvalidInput."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many lines were taken from the file, and the entry that they are, if they are not blank."""

    lines: int
    entry: Entry | None = None


class Streamed(ABC):
    """A source that is read line by line: a large file is never in memory as a whole."""

    def __init__(self, content: Content, longest: int) -> None:
        self.content = content
        self.longest = longest

    @abstractmethod
    def take(self, line: int) -> Taken:
        """Take the next entry, which begins at line number `line`, or a blank line; no lines at the end of the file."""

    def read(self, position: int, line: int, count: int) -> Piece:
        """Return up to `count` entries, or those of a few megabytes."""
        self.content.seek(position)
        entries: list[Entry] = []
        while len(entries) < count and self.content.tell() - position < LARGEST_PIECE:
            taken = self.take(line)
            line += taken.lines
            entries += [taken.entry] if taken.entry else []
            if not taken.lines:
                return Piece(tuple(entries), self.content.tell(), line, is_last=True)
        return Piece(tuple(entries), self.content.tell(), line, is_last=False)
