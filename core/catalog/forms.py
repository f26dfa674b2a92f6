"""How an exchanged file is written: JSON, NDJSON or CSV, packed by gzip or not, as the job or the file's name says."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Literal

from core.entity import Document
from core.errors import InvalidInput

Kind = Literal["json", "ndjson", "csv"]

_MEDIA_TYPES: dict[str, Kind] = {
    "application/json": "json",
    "application/ndjson": "ndjson",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
    "text/csv": "csv",
}
_ENDINGS: dict[str, Kind] = {".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv"}
_GZIP = frozenset({"application/gzip", "application/x-gzip"})
# RFC 8460 registers the suffix.
_GZIP_SUFFIX = "+gzip"
_GZIP_ENDING = ".gz"
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written, and whether it is packed by gzip."""

    kind: Kind
    zipped: bool = False


def form_of(job: Document, file: Path) -> Form:
    """Return how the file is written: by the job's `contentType`, else by the file's ending.

    It is packed if either says so: `.gz`, `application/gzip`, or `+gzip` after another type. Raises InvalidInput.
    """
    content_type = job.get("contentType")
    media_type, charset, header = _read_media_type(content_type or "")
    name = file.name.lower()
    zipped = name.endswith(_GZIP_ENDING) or media_type in _GZIP or media_type.endswith(_GZIP_SUFFIX)
    if media_type and media_type not in _GZIP:
        kind = _MEDIA_TYPES.get(media_type.removesuffix(_GZIP_SUFFIX))
    else:
        kind = _ENDINGS.get(Path(name.removesuffix(_GZIP_ENDING)).suffix)
    if kind is None:
        raise _unknown(content_type or f"a file that is called {file.name}")
    if charset not in _CHARSETS or header == "absent":
        raise InvalidInput(
            f"contentType must mean UTF-8, with a header in CSV, not '{content_type}'", path="contentType"
        )
    return Form(kind, zipped)


def _read_media_type(content_type: str) -> tuple[str, str, str]:
    """Return the media type, its `charset` and its `header` (RFC 4180)."""
    if not content_type:
        return "", "utf-8", ""
    message = Message()
    message["content-type"] = " ".join(content_type.split())
    charset, header = message.get_param("charset", "utf-8"), message.get_param("header", "")
    return content_type.partition(";")[0].strip().lower(), str(charset).lower(), str(header).lower()


def _unknown(told: str) -> InvalidInput:
    known = "application/json, application/x-ndjson or text/csv, or such a type with +gzip behind"
    return InvalidInput(f"contentType must be {known}, not '{told}'", path="contentType")
