"""Where catalog data is exchanged: files inside one folder; and what a job is about.

A `file:` URL names a file of the exchange folder, relative to it (`file:plans.ndjson`) or by its full path. Whatever
leads outside, by `..`, by percent-encoding or through a symbolic link, is refused.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qsl, unquote, urlsplit

from core.entity import Document
from core.errors import InvalidInput
from core.query_string import parts_of

# By the last step of a resource's address, in both generations.
RESOURCES = {
    "category": "Category",
    "productCatalog": "ProductCatalog",
    "catalog": "ProductCatalog",
    "productSpecification": "ProductSpecification",
    "productOfferingPrice": "ProductOfferingPrice",
    "productOffering": "ProductOffering",
}
EVERYTHING = tuple(dict.fromkeys(RESOURCES.values()))
# Names and values, as they are written.
Filters = tuple[tuple[str, str], ...]
_ROOT = re.compile(r"v[0-9]+(\.[0-9]+)*|productCatalogManagement", re.IGNORECASE)
_PAGING = frozenset({"fields", "offset", "limit", "after", "sort", "expand", "depth"})


def locate(url: str, folder: Path) -> Path:
    """Return the file that a URL names, inside `folder`. Raises InvalidInput for anything else, with the reason."""
    try:
        parts = urlsplit(url)
        named = unquote(parts.path, errors="strict")
    except ValueError as error:
        raise _refused("is not a URL") from error
    if parts.scheme != "file":
        raise _refused(f"can't be read by '{parts.scheme}'")
    if parts.netloc.lower() not in ("", "localhost") or parts.query or parts.fragment:
        raise _refused("names another host, a query or a fragment")
    return _inside(named, folder)


def open_to_read(file: Path) -> BinaryIO:
    """Open an ordinary file that already exists. Raises InvalidInput if it is none."""
    # Neither follow a link that appeared meanwhile nor wait for the other end of a pipe.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(file, flags)
    except OSError as error:
        raise _refused(f"can't be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _refused("is not a file")
    return os.fdopen(descriptor, "rb")


def entities_of(job: Document) -> tuple[str, ...]:
    """Return the entities that a job is about: the one its `path` ends with, all for none or the root of the API."""
    try:
        steps = [step for step in urlsplit(job.get("path") or "").path.split("/") if step]
    except ValueError:
        steps = ["?"]
    if not steps or _ROOT.fullmatch(steps[-1]):
        return EVERYTHING
    if steps[-1] not in RESOURCES:
        reason = f"path must end with one of {', '.join(RESOURCES)}, not '{steps[-1]}'"
        raise InvalidInput(reason, path="path")
    return (RESOURCES[steps[-1]],)


def filters_of(job: Document) -> Filters:
    """Return an export's `query` in pairs, as a list of the API has them: `lifecycleStatus=Launched&version.gt=2`."""
    try:
        parts = parts_of((job.get("query") or "").lstrip("?"))
        text = "&".join(part.replace("&", "%26") for part in parts)
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise InvalidInput("query is not percent-encoded UTF-8", path="query") from error
    for name, value in pairs:
        if "\0" in name + value:
            raise InvalidInput("query has the character NUL in it", path="query")
        if name in _PAGING:
            raise InvalidInput(f"query can filter by attributes, '{name}' has no meaning here", path="query")
    return tuple(pairs)


def _inside(named: str, folder: Path) -> Path:
    root = folder.resolve()
    try:
        target = (root / named).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise _refused("can't be followed") from error
    if target == root or not target.is_relative_to(root):
        raise _refused("leads outside of the exchange folder")
    return target


def _refused(why: str) -> InvalidInput:
    reason = f"url {why}; a file of the exchange folder is expected, such as 'file:plans.ndjson'"
    return InvalidInput(reason, path="url", code="urlRefused")
