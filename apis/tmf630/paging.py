"""The headers of a list: how many there are, how many these are, and where the neighbouring pages are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from core.query import Page, Query


def page_headers(page: Page, query: Query, address: str, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return `X-Total-Count`, `X-Result-Count` and `Link` (TMF630 Part 1, pagination; RFC 8288).

    `pairs` is the query string of the request; the links repeat its filters.
    """
    headers = {"X-Total-Count": str(page.total), "X-Result-Count": str(len(page.items))}
    if query.limit:
        others = [pair for pair in pairs if pair[0] not in ("offset", "limit")]
        start = f"{address}?{urlencode(others)}&" if others else f"{address}?"
        links = (
            f'<{start}offset={offset}&limit={query.limit}>; rel="{name}"'
            for name, offset in _neighbours(query.offset, query.limit, page.total)
        )
        headers["Link"] = ", ".join(links)
    return headers


def _neighbours(offset: int, limit: int, total: int) -> Iterator[tuple[str, int]]:
    last = max(total - 1, 0) // limit * limit
    yield "first", 0
    if offset > 0:
        yield "prev", max(min(offset, last + limit) - limit, 0)
    if offset + limit < total:
        yield "next", offset + limit
    yield "last", last
