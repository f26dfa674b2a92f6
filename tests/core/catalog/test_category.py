"""Categories form trees."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core, Work
from tests.builders.catalog import a_category, an_offering, refer


def tree(work: Work, *names: str) -> list[Document]:
    """Create categories each below the one before."""
    made: list[Document] = []
    for name in names:
        parent = made[-1]["id"] if made else None
        made.append(work.create("Category", a_category(id=name, name=name, parent=parent)))
    return made


def test_a_category_without_parent_is_a_root(core: Core, context: Context) -> None:
    with core.work(context) as work:
        top, below = tree(work, "top", "below")
        assert (top["isRoot"], below["isRoot"]) == (True, False)
        moved = work.change("Category", "top", lambda one: one | {"parent": refer("Category", "elsewhere")})
        assert moved["isRoot"] is False


@pytest.mark.parametrize("parent", ["a", "b", "c"])
def test_a_category_is_never_its_own_ancestor(core: Core, context: Context, parent: str) -> None:
    with core.work(context) as work:
        tree(work, "a", "b", "c")
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.change("Category", "a", lambda one: one | {"parent": refer("Category", parent)})
    assert refusal.value.faults[0].path == "parent.id"


def test_a_sub_category_is_never_above(core: Core, context: Context) -> None:
    with core.work(context) as work:
        tree(work, "a", "b", "c")
    for above in ("a", "b", "c"):
        children = [refer("Category", "elsewhere"), refer("Category", above)]
        with core.work(context) as work, pytest.raises(Conflict) as refusal:
            work.change("Category", "c", lambda one, children=children: one | {"subCategory": children})
        assert refusal.value.faults[0].path == "subCategory[1].id"


def test_both_sides_may_name_the_relation(core: Core, context: Context) -> None:
    with core.work(context) as work:
        tree(work, "a", "b")
        work.change("Category", "a", lambda one: one | {"subCategory": [refer("Category", "b")]})


def test_a_category_that_holds_something_stays(core: Core, context: Context) -> None:
    with core.work(context) as work:
        tree(work, "a", "b")
        work.create("ProductOffering", an_offering(category=[refer("Category", "b")]))
    for held in ("a", "b"):
        with core.work(context) as work, pytest.raises(Conflict):
            work.delete("Category", held)


def test_an_empty_category_goes(core: Core, context: Context) -> None:
    with core.work(context) as work:
        tree(work, "a")
        work.delete("Category", "a")
        assert work.get("Category", "a") is None


def test_of_two_changes_at_once_that_close_a_circle_one_is_refused(core: Core, context: Context) -> None:
    def put_below(pair: tuple[str, str]) -> bool:
        child, parent = pair
        try:
            core.run(
                context, lambda w: w.change("Category", child, lambda d: d | {"parent": refer("Category", parent)})
            )
        except Conflict:
            return False
        return True

    for number in range(6):
        one, other = f"one-{number}", f"other-{number}"
        with core.work(context) as work:
            work.create_many("Category", [a_category(id=one), a_category(id=other)])
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(put_below, [(one, other), (other, one)])) == [False, True]
