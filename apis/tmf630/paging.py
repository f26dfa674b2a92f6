"""The headers of a list: how many there are, how many these are, and where the neighbouring pages are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from apis.tmf630.cursor import write_cursor
from core.query import Page, Query

_PLACES = ("offset", "limit", "after")
# What most clients and proxies still take as a header; of a longer query string some links are left out, `next` last.
LONGEST = 6000
_DISPENSABLE = ("last", "first", "prev", "next")


def page_headers(page: Page, query: Query, address: str, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return `X-Total-Count`, `X-Result-Count` and `Link` (TMF630 Part 1, pagination; RFC 8288).

    `X-Total-Count-Relation: gte` says that the total is a lower bound, as in lists that are too long to count. `pairs`
    is the query string of the request; the links repeat its filters.
    """
    headers = {"X-Total-Count": str(page.total), "X-Result-Count": str(len(page.items))}
    if not page.exact:
        headers["X-Total-Count-Relation"] = "gte"
    if query.limit:
        others = [pair for pair in pairs if pair[0] not in _PLACES]
        start = f"{address}?{urlencode(others)}&" if others else f"{address}?"
        links = {name: f'<{start}{place}>; rel="{name}"' for name, place in _neighbours(page, query, query.limit)}
        while len(header := ", ".join(links.values())) > LONGEST:
            del links[next(name for name in _DISPENSABLE if name in links)]
        if header:
            headers["Link"] = header
    return headers


def is_partial(page: Page, query: Query) -> bool:
    """Tell whether a list is only a part of what there is."""
    return not page.exact or query.after is not None or query.offset > 0 or len(page.items) < page.total


def _neighbours(page: Page, query: Query, limit: int) -> Iterator[tuple[str, str]]:
    """Yield where the other pages are; where it isn't known which is the last one, it has no link."""
    last = max(page.total - 1, 0) // limit * limit
    start = query.passed + query.offset
    yield "first", f"offset=0&limit={limit}"
    if start > 0:
        before = max((min(start, last + limit) if page.exact else start) - limit, 0)
        yield "prev", f"offset={before}&limit={min(limit, start)}"
    if _has_next(page, query, limit):
        # Lists of something else than resources have no cursors.
        keys, passed = page.last, start + len(page.items)
        after = f"offset={passed}" if keys is None else f"after={write_cursor(keys, query.sort, passed)}"
        yield "next", f"{after}&limit={limit}"
    if page.exact:
        yield "last", f"offset={last}&limit={limit}"


def _has_next(page: Page, query: Query, limit: int) -> bool:
    if query.after is None and page.exact:
        return query.offset + len(page.items) < page.total
    return len(page.items) == limit
