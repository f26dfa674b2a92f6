"""The addresses of files that resources list, such as the documents of a bill: stored relative to the base path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def file_below(base: str, file: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a file that a resource lists with its address complete."""
    url = file.get("url")
    return {**file, "url": f"{base}/{url}"} if url and "://" not in url else file


def file_apart_from(base: str, file: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a listed file with its address relative to the base path, as it is stored."""
    url = str(file.get("url", ""))
    return {**file, "url": url.removeprefix(f"{base}/")} if url.startswith(f"{base}/") else file


def addresses_as_stored(base_path: str, addresses: Sequence[str]) -> list[str]:
    """Return addresses of files that are asked for, those below a base path also relative to it, as ours are stored.

    Nobody's question says under which origin we are known, so any will do; and a file elsewhere may have such a path.
    """
    below = [address.partition(f"{base_path}/")[2] for address in addresses if "://" in address]
    return [*addresses, *filter(None, below)]
