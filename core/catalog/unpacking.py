"""The content of an import file, unpacked where it is packed, and read no further than the settings allow."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import BadGzipFile, GzipFile
from typing import BinaryIO, cast

from core.errors import InvalidInput

_MAGIC = b"\x1f\x8b"


class Content:
    """What a file holds. Any place in it can be gone to; going back in a packed file unpacks it anew.

    `most` bytes of content are read: a small file may unpack to anything. What can't be unpacked, and more than that,
    raises InvalidInput.
    """

    def __init__(self, file: BinaryIO, most: int, *, zipped: bool = False) -> None:
        is_packed = file.read(len(_MAGIC)) == _MAGIC
        file.seek(0)
        if zipped and not is_packed:
            raise InvalidInput("the file is not packed by gzip, as its name or contentType says", path="url")
        self._file = cast(BinaryIO, GzipFile(fileobj=file, mode="rb")) if is_packed else file
        self._most = most

    def seek(self, position: int) -> None:
        """Go to a place, counted in bytes of the content."""
        with _readable():
            self._file.seek(position)

    def tell(self) -> int:
        """Return the place that has been reached."""
        return self._file.tell()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes."""
        with _readable():
            return self._bounded(self._file.read(size))

    def readline(self, size: int) -> bytes:
        """Return the next line with its end, or the first `size` bytes of a longer one; nothing at the end."""
        with _readable():
            return self._bounded(self._file.readline(size))

    def _bounded(self, piece: bytes) -> bytes:
        if self._file.tell() > self._most:
            raise InvalidInput(f"the file holds more than {self._most} bytes (max_import_bytes)", path="url")
        return piece


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise InvalidInput(f"the file can't be unpacked: {error}", path="url") from error
    except OSError as error:
        raise InvalidInput(f"the file can't be read: {error.strerror}", path="url") from error
