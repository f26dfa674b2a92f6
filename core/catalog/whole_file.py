"""A file that is written under another name and appears under its own once all of it is on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from gzip import GzipFile
from pathlib import Path
from typing import BinaryIO
from uuid import NAMESPACE_URL, uuid5

from core.entity import new_id


class Overtaken(Exception):
    """Another process has begun to write the same file for the same job: this one is to be looked at later."""


class WholeFile:
    """One file that a job writes, again after having been killed: what was left behind then is removed."""

    def __init__(self, file: Path, writer: str) -> None:
        self._file = file
        self._mark = uuid5(NAMESPACE_URL, writer)

    def write(self, lines: Iterator[bytes], *, zipped: bool) -> None:
        """Write all lines, packed by gzip if wanted, and rename. Raises OSError, Overtaken."""
        folder = self._file.parent
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f".{self._mark}.*.part"):
            left.unlink(missing_ok=True)
        unfinished = folder / f".{self._mark}.{new_id()}.part"
        try:
            with unfinished.open("xb") as opened:
                _write(opened, lines, zipped=zipped)
            self._rename(unfinished)
        finally:
            unfinished.unlink(missing_ok=True)

    def _rename(self, unfinished: Path) -> None:
        if not unfinished.exists():
            raise Overtaken(f"{self._file.name} is being written by another process")
        unfinished.replace(self._file)


def _write(opened: BinaryIO, lines: Iterator[bytes], *, zipped: bool) -> None:
    if zipped:
        # Without a name and a time, so that the same elements make the same file.
        with GzipFile(filename="", mode="wb", fileobj=opened, mtime=0) as packed:
            packed.writelines(lines)
    else:
        opened.writelines(lines)
    opened.flush()
    os.fsync(opened.fileno())
