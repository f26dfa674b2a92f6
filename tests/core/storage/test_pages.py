"""Pages of a list hold the tenant's own documents in order, and count all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.context import Context
from core.query import Condition, Order, Query
from core.service import Core
from core.storage import listing

TENANTS = ("able", "baker", "charlie")


@pytest.fixture
def crowded(things: Core) -> Core:
    """A core with three tenants who have seven things each, made in turns."""
    for number in range(7):
        for tenant in TENANTS:
            with things.work(Context(tenant)) as work:
                work.create("Thing", {"id": f"{number}", "name": tenant})
    return things


@pytest.mark.parametrize("tenant", TENANTS)
@pytest.mark.parametrize(
    ("offset", "limit", "expected"),
    [(0, 3, "012"), (3, 3, "345"), (6, 3, "6"), (5, 2, "56"), (7, 3, ""), (900, 3, ""), (0, 0, ""), (2, 0, "")],
)
def test_a_page_anywhere_has_its_documents_and_the_total(
    crowded: Core, tenant: str, offset: int, limit: int, expected: str
) -> None:
    with crowded.reading(Context(tenant)) as work:
        page = work.find("Thing", Query(offset=offset, limit=limit))
    assert [(thing["id"], thing["name"]) for thing in page.items] == [(id_, tenant) for id_ in expected]
    assert page.total == 7


@pytest.mark.parametrize("tenant", TENANTS)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("some_lack_it", [False, True])
def test_a_sorted_page_anywhere_has_none_of_other_tenants(
    crowded: Core, tenant: str, descending: bool, some_lack_it: bool
) -> None:
    expected = ["6", "5", "4", "3", "2", "1", "0"] if descending else ["0", "1", "2", "3", "4", "5", "6"]
    if some_lack_it:
        with crowded.work(Context(tenant)) as work:
            work.create("Thing", {"id": "lacks it"})
        expected.insert(0 if descending else 7, "lacks it")
    by_name = (Order(("name",), descending, "text"),)
    with crowded.reading(Context(tenant)) as reading:
        pages = [reading.find("Thing", Query(sort=by_name, offset=offset, limit=3)) for offset in range(1, 10)]
    assert [[thing["id"] for thing in page.items] for page in pages] == [expected[n : n + 3] for n in range(1, 10)]
    assert {page.total for page in pages} == {len(expected)}


def test_somebody_without_things_has_an_empty_list(crowded: Core) -> None:
    with crowded.reading(Context("aardvark")) as work:
        assert work.find("Thing", Query(limit=5)).total == 0
        assert work.find("Thing", Query(offset=4, limit=5)).total == 0


@pytest.mark.parametrize("offset", [2**31, 2**63 - 1])
@pytest.mark.parametrize("conditions", [(), (Condition(("name",), ("able",)),)])
def test_an_offset_beyond_all_things_finds_none_however_large(
    crowded: Core, conditions: tuple[Condition, ...], offset: int
) -> None:
    with crowded.reading(Context("able")) as work:
        page = work.find("Thing", Query(conditions, offset=offset, limit=3))
    assert (page.items, page.total) == ([], 7)


@given(
    pages=st.lists(st.tuples(st.sampled_from(TENANTS), st.integers(0, 9), st.integers(0, 4)), max_size=12),
    after=st.sampled_from([None, "1", "4"]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_that_are_read_together_are_those_that_are_read_alone(
    crowded: Core, pages: list[tuple[str, int, int]], after: str | None
) -> None:
    def read(tenant: str, query: Query) -> tuple[list[str], int]:
        with crowded.reading(Context(tenant)) as reading:
            page = reading.find("Thing", query)
        return [thing["id"] for thing in page.items], page.total

    asked = [(tenant, Query(offset=offset, limit=limit)) for tenant, offset, limit in pages]
    if after:
        asked.insert(len(asked) // 2, ("baker", Query(after=(after,), limit=3)))
    alone = [read(*each) for each in asked]
    with crowded.reading_together():
        assert [read(*each) for each in asked] == alone


def test_a_page_goes_on_to_another_value_when_all_that_have_the_first_are_looked_at(
    things: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "FEW", 5)
    # Behind the place of the cursor there are more of the name `a` than are looked at for a page that is soon full.
    found = {0, 1, 18, 20, 21, 22}
    with things.work(Context("able")) as work:
        for number in range(40):
            said = {"x": "yes" if number in found else "no"}
            work.create("Thing", {"id": f"{number:02}", "name": "a" if number < 20 else "b", **said})
    wanted = Query((Condition(("x",), ("o",), "gt"),), sort=(Order(("name",), kind="text"),), limit=2, scan_limit=100)
    with things.reading(Context("able")) as reading:
        pages = [reading.find("Thing", wanted)]
        for _ in range(2):
            pages.append(reading.find("Thing", replace(wanted, after=pages[-1].last)))
    assert [thing["id"] for page in pages for thing in page.items] == ["00", "01", "18", "20", "21", "22"]
