"""Which members of an array are the same before and after a change, told by what they say."""

from __future__ import annotations

from typing import Any

import pytest

from apis.tmf630.matching import MOST_COMPARISONS, places_before


def party(role: str, identifier: str, **more: Any) -> dict[str, Any]:
    return {"role": role, "id": identifier, **more}


def phone(number: str, **more: Any) -> dict[str, Any]:
    return {"mediumType": "phone", "characteristic": {"phoneNumber": number}, **more}


SELLER, BUYER = party("seller", "A", **{"@type": "RelatedParty"}), party("buyer", "A", **{"@type": "RelatedParty"})
ONE, TWO = phone("1", **{"@type": "ContactMedium"}), phone("2", **{"@type": "ContactMedium"})
MAIL = {"mediumType": "email", "characteristic": {"emailAddress": "a@example.org"}}
CASES = {
    "a type is left unsaid": ([ONE, TWO], [phone("2"), phone("1")], [1, 0]),
    "a member is dropped and no type said": ([ONE, TWO, MAIL], [phone("2"), MAIL], [1, 2]),
    "several are about the same": ([SELLER, BUYER], [party("buyer", "A")], [1]),
    "several are about the same, and both are edited": (
        [SELLER, BUYER],
        [party("buyer", "A", name="B"), party("seller", "A", name="S")],
        [1, 0],
    ),
    "one comes first and others are edited": (
        [SELLER, BUYER],
        [party("payer", "B"), party("seller", "A", name="S"), party("buyer", "A", name="B")],
        [None, 0, 1],
    ),
    "one is edited, another dropped": ([ONE, TWO, MAIL], [phone("1", preferred=True), TWO], [0, 1]),
    "one is dropped, and of those that are left one is edited": (
        [MAIL, phone("2", contactType="home")],
        [phone("9", contactType="home")],
        [1],
    ),
    "one is edited between others": ([ONE, TWO, MAIL], [phone("0"), ONE, phone("9"), MAIL], [None, 0, 1, 2]),
    "nobody can tell which one is edited": ([ONE, TWO, MAIL], [phone("9"), MAIL], [None, 2]),
    "one is renamed": ([{"name": "a", "value": 1}, {"name": "b"}], [{"name": "z", "value": 1}, {"name": "b"}], [0, 1]),
    "one of another name says something else": ([{"name": "a", "value": 1}], [{"name": "z", "value": 2}], [None]),
    "one is another": ([{"id": "1", "value": 1}], [{"id": "2", "value": 1}], [None]),
    "values that are not objects": ([1, 2, 3], [3, 1], [2, 0]),
}


@pytest.mark.parametrize(("before", "after", "places"), CASES.values(), ids=CASES)
def test_members_are_told_by_what_they_say(before: list[Any], after: list[Any], places: list[int | None]) -> None:
    assert places_before(before, after) == places


def test_of_members_that_say_the_same_in_what_is_known_those_are_paired_that_have_most_in_common() -> None:
    before = [{"name": "a", "use": "work", "best": True}, {"name": "a", "use": "home"}]
    known = [{"name": "a"}, {"name": "a"}]
    for after, places in (
        ([{"name": "a", "use": "home"}], [1]),
        ([{"name": "a", "use": "home", "kept": 1}], [1]),
        ([{"name": "a", "use": "home"}, {"name": "a", "use": "work"}], [1, 0]),
        ([{"name": "a"}, {"name": "a"}], [0, 1]),
    ):
        assert places_before(before, after, (known, known[: len(after)])) == places


def test_many_members_of_which_nothing_is_told_stay_in_their_order() -> None:
    many = range(MOST_COMPARISONS)
    before = [{"note": [{"text": f"before {number}"}]} for number in many]
    after = [{"note": [{"text": f"after {number}"}]} for number in many]
    assert places_before(before, after) == [*many]


def test_members_that_are_reordered_inside_and_outside_are_told_by_what_is_in_them() -> None:
    def product(*names: str) -> dict[str, Any]:
        return {"characteristic": [{"name": name, "value": name.upper()} for name in names]}

    before = [product("colour", "size"), product("msisdn", "iccid")]
    assert places_before(before, [product("iccid", "msisdn"), product("size", "colour")]) == [1, 0]


def test_so_many_members_that_only_their_order_tells_apart_stay_in_it() -> None:
    def members(word: str) -> list[dict[str, Any]]:
        return [{"name": f"n{number // 50}", "value": f"{word}{number}"} for number in range(MOST_COMPARISONS)]

    assert places_before(members("before"), members("after")) == list(range(MOST_COMPARISONS))
