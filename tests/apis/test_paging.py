"""The headers of a list."""

from __future__ import annotations

import pytest

from apis.tmf630.cursor import write_cursor
from apis.tmf630.paging import is_partial, page_headers
from core.query import Page, Query

ADDRESS = "https://example.org/customer"


def after(passed: int) -> str:
    return write_cursor(("last",), (), passed)


def links(total: int, offset: int, limit: int, *pairs: tuple[str, str]) -> dict[str, str]:
    page = Page([{}] * max(min(limit, total - offset), 0), total, last=("last",) if offset < total else None)
    header = page_headers(page, Query(offset=offset, limit=limit), ADDRESS, pairs)["Link"]
    found = {}
    for link in header.split(", "):
        address, relation = link.split("; ")
        found[relation[5:-1]] = address[1:-1].removeprefix(ADDRESS)
    return found


def test_total_and_result_counts_are_told() -> None:
    headers = page_headers(Page([{}, {}], 12), Query(limit=2), ADDRESS, ())
    assert (headers["X-Total-Count"], headers["X-Result-Count"]) == ("12", "2")


def test_a_page_in_the_middle_has_neighbours() -> None:
    assert links(25, 10, 10) == {
        "first": "?offset=0&limit=10",
        "prev": "?offset=0&limit=10",
        "next": f"?after={after(20)}&limit=10",
        "last": "?offset=20&limit=10",
    }


@pytest.mark.parametrize(("total", "last"), [(0, 0), (1, 0), (10, 0), (11, 10), (20, 10), (21, 20)])
def test_the_last_page_is_never_empty_unless_all_are(total: int, last: int) -> None:
    assert links(total, 0, 10)["last"] == f"?offset={last}&limit=10"


def test_the_first_page_has_none_before_and_the_last_none_after_it() -> None:
    assert links(15, 0, 10).keys() == {"first", "next", "last"}
    assert links(15, 10, 10).keys() == {"first", "prev", "last"}


def test_beyond_the_end_the_previous_page_is_the_last_one() -> None:
    assert links(15, 1000, 10)["prev"] == "?offset=10&limit=10"


def test_the_page_before_a_place_that_is_no_multiple_of_pages_ends_there() -> None:
    assert links(25, 3, 10)["prev"] == "?offset=0&limit=3"
    assert links(25, 13, 10)["prev"] == "?offset=3&limit=10"


def test_a_page_that_was_followed_to_has_one_before_it() -> None:
    page = Page([{}] * 10, 25, last=("last",))
    header = page_headers(page, Query(after=("x",), passed=10, limit=10), ADDRESS, ())["Link"]
    assert f'<{ADDRESS}?offset=0&limit=10>; rel="prev"' in header
    assert f'<{ADDRESS}?after={after(20)}&limit=10>; rel="next"' in header


def test_links_repeat_the_filters() -> None:
    assert links(3, 0, 2, ("name", "a b"), ("limit", "2"), ("fields", "id"))["next"] == (
        f"?name=a+b&fields=id&after={after(2)}&limit=2"
    )


@pytest.mark.parametrize(
    ("length", "left"),
    [(100, {"first", "prev", "next", "last"}), (2500, {"prev", "next"}), (5000, {"next"}), (9000, None)],
)
def test_links_are_left_out_where_a_header_would_be_too_long(length: int, left: set[str] | None) -> None:
    page, filters = Page([{}] * 2, 9, last=("last",)), [("name", "x" * length)]
    header = page_headers(page, Query(offset=4, limit=2), ADDRESS, filters).get("Link")
    assert (header and {each.rpartition('rel="')[2][:-1] for each in header.split(", ")}) == left


def test_a_list_of_nothing_has_no_links() -> None:
    assert "Link" not in page_headers(Page([], 5), Query(limit=0), ADDRESS, ())


def test_a_total_that_is_a_lower_bound_says_so_and_nobody_knows_the_last_page() -> None:
    page = Page([{}] * 10, 10_000, exact=False, last=("last",))
    headers = page_headers(page, Query(offset=20, limit=10), ADDRESS, ())
    assert headers["X-Total-Count-Relation"] == "gte"
    assert 'rel="next"' in headers["Link"]
    assert 'rel="prev"' in headers["Link"]
    assert 'rel="last"' not in headers["Link"]


@pytest.mark.parametrize(
    ("page", "query", "partial"),
    [
        (Page([{}] * 3, 3), Query(limit=5), False),
        (Page([{}] * 3, 4), Query(limit=3), True),
        (Page([{}], 4), Query(offset=3, limit=3), True),
        (Page([{}], 4), Query(after=("x",), limit=3), True),
        (Page([{}] * 3, 3, exact=False), Query(limit=3), True),
    ],
)
def test_a_list_is_partial_if_there_is_more_than_it_shows(page: Page, query: Query, partial: bool) -> None:
    assert is_partial(page, query) is partial
