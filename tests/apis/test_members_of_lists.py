"""`in` and `contains` of a JSONPath: about members of lists, wherever the condition is evaluated."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apis.tmf630.query import read_list_request
from core.errors import InvalidInput
from core.evaluation import holds
from core.settings import Settings
from tests.apis.served import resource

# Attributes of nobody's, of which only data tells what they are.
OPEN = Settings(unknown_filters="accept")
OWN: dict[str, Any] = {
    "xa": [{"k": "text"}, {"k": ["a", 1, Decimal("2.5"), None, [1, 2]]}],
    "xo": {"q": "abc"},
    "xt": "abc",
    "xn": 5,
    "xl": ["a", True, "abc"],
}
WORDS = ("null", "true", "1", "2.5", "'a'", "['a']", "[1,2]", "@.xo", "@.xl[0]", "@.xa[0].k", "@.none", "@.xa[*].k")


def finds(condition: str, document: dict[str, Any] = OWN) -> bool:
    """Tell whether a filter of customers finds one."""
    wanted = read_list_request([("filter", f"$[?({condition})]")], resource("tmf629", "Customer"), OPEN)
    return all(holds(criterion, document) for criterion in wanted.query.conditions)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("@.xa[1].k contains 'a'", True),
        ("@.xa[1].k contains 1", True),
        ("@.xa[1].k contains 2.50", True),
        ("@.xa[1].k contains null", True),
        ("@.xa[1].k contains [1,2]", True),
        ("@.xl[0] in @.xl", True),
        ("@.xl[0] in ['b', 'a']", True),
        ("@.xt in @.xl", True),
        ("length(@.xl) in [3]", True),
        ("@.xa[1].k contains 'b'", False),
        ("@.xa[1].k contains true", False),
        ("1 in @.xa[0].k", False),
        ("@.xa[0].k contains 'te'", False),
        ("@.xa[0].k contains null", False),
        ("@.xl[0] in @.xt", False),
        ("@.xo.q contains ['a']", False),
        ("@.xo contains [1,2]", False),
        ("@.xo contains ['q']", False),
        ("@.xa[0] contains 'k'", False),
        ("@.xn in @.xn", False),
        ("@.none[0] contains 'a'", False),
        ("!(@.xa[0].k contains 1)", True),
    ],
)
def test_a_list_has_its_members_and_nothing_else_has_any(condition: str, found: bool) -> None:
    assert finds(condition) is found


@pytest.mark.parametrize(
    "condition",
    [
        "@.productOrderItem[0].state contains 1",
        "@.productOrderItem[0].state contains 'o'",
        "@.productOrderItem[0].note[1].text contains null",
        "@.productOrderItem[0] contains 'state'",
        "'o' in @.productOrderItem[0].state",
        "@.productOrderItem[0].id in @.productOrderItem[1].id",
        "@.productOrderItem[0].id in @.description",
        "length(@.id) in @.productOrderItem[0].id",
    ],
)
def test_what_is_no_list_by_the_schema_is_refused_behind_a_place_too(condition: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_list_request([("filter", f"$[?({condition})]")], resource("tmf622", "ProductOrder"), Settings())
    assert [(fault.path, "is no list" in fault.reason) for fault in caught.value.faults] == [("filter", True)]


def test_a_list_behind_a_place_has_members() -> None:
    order = {"productOrderItem": [{"note": [{"text": "a"}]}]}
    wanted = [("filter", "$[?(@.productOrderItem[0].note contains @.productOrderItem[0].note[0])]")]
    [criterion] = read_list_request(wanted, resource("tmf622", "ProductOrder"), Settings()).query.conditions
    assert holds(criterion, order)


class Odd:
    """What compares with nothing."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise TypeError


def test_a_document_that_the_library_fails_to_compare_is_not_found() -> None:
    assert not finds("@.xl[0] == 1", {"xl": [Odd()]})


values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(("a", "q", "")),
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.sampled_from("kq"), some, max_size=2),
    max_leaves=5,
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(OWN, values)),
    st.sampled_from(("@.xa[0].k", "@.xo", "@.xl[0]", "@.xa[*].k", "@.xl[0:2]", "length(@.xt)")),
    st.sampled_from(("in", "contains", "==", "!=", "<", ">=")),
    st.sampled_from(WORDS),
    st.booleans(),
)
def test_whatever_a_document_has_is_found_or_not(
    document: dict[str, Any], left: str, operator: str, right: str, swapped: bool
) -> None:
    condition = f"{right} {operator} {left}" if swapped else f"{left} {operator} {right}"
    with suppress(InvalidInput):
        assert finds(condition, document) is not finds(f"!({condition})", document)
