"""The addresses of files that resources list, such as the documents of a bill: stored relative to the base path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def file_below(base: str, file: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a file that a resource lists with its address complete."""
    url = file.get("url")
    return {**file, "url": f"{base}/{url}"} if url and "://" not in url else file


def file_apart_from(base: str, file: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a listed file with its address relative to the base path, as it is stored."""
    url = str(file.get("url", ""))
    return {**file, "url": url.removeprefix(f"{base}/")} if url.startswith(f"{base}/") else file
