"""Takes query strings apart that callers write into a document, where nobody's HTTP client has encoded them."""

from __future__ import annotations

import re

# `&&` joins conditions of a JSONPath.
_SINGLE = re.compile("(?<!&)&(?!&)")


def parts_of(text: str) -> list[str]:
    """Return the parts of a query string, as they are written; in `filter` only a single & ends one."""
    parts: list[str] = []
    for part in _SINGLE.split(text):
        parts += [part] if part.lstrip().startswith("filter=") else part.split("&")
    return parts
