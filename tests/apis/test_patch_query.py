"""JSON Patch Query: queries and JSONPaths select the members of arrays that an operation is about."""

from __future__ import annotations

import pytest

from core.errors import Conflict, InvalidInput, TooLarge
from tests.apis.test_patch import OPERATIONS, QUERY, an_order, patched, refused


def test_a_query_selects_members_of_the_last_array() -> None:
    after = patched(QUERY, [{"op": "remove", "path": "/relatedParty?role=vendor"}])
    assert [party["role"] for party in after["relatedParty"]] == ["customer"]


def test_a_query_selects_from_the_resource_on() -> None:
    path = "/productOrderItem/billingAccount/id?productOrderItem.id=120"
    after = patched(QUERY, [{"op": "replace", "path": path, "value": "b3"}])
    assert [item["billingAccount"]["id"] for item in after["productOrderItem"]] == ["b1", "b3"]


def test_all_conditions_of_a_query_must_hold() -> None:
    path = "/relatedParty/name?role=vendor&name=%22Kiosk%22"
    after = patched(QUERY, [{"op": "replace", "path": path, "value": "Stall"}])
    assert [party["name"] for party in after["relatedParty"]] == ["Ada", "Shop", "Stall"]


def test_a_query_reaches_attributes_that_are_no_strings() -> None:
    after = patched(QUERY, [{"op": "replace", "path": "/productOrderItem/quantity?quantity=2", "value": 3}])
    assert [item["quantity"] for item in after["productOrderItem"]] == [1, 3]


def test_an_addition_below_selected_members_appends() -> None:
    path = "/productOrderItem/note?productOrderItem.id=110"
    after = patched(QUERY, [{"op": "add", "path": path, "value": {"text": "y"}}])
    assert [note["text"] for note in after["productOrderItem"][0]["note"]] == ["x", "y"]


@pytest.mark.parametrize(
    ("path", "quantities"),
    [
        ("$.productOrderItem[?(@.id=='120')].quantity", [1, 9]),
        ("$.productOrderItem[?@.billingAccount.id=='b1' && @.quantity<1.5].quantity", [9, 2]),
        ("$['productOrderItem'][?count(@.note[?@.text=='x'])==1].quantity", [9, 2]),
        ("$.productOrderItem[*].quantity", [9, 9]),
        ("$.productOrderItem[-1].quantity", [1, 9]),
    ],
)
def test_a_json_path_selects_members(path: str, quantities: list[int]) -> None:
    after = patched(QUERY, [{"op": "replace", "path": path, "value": 9}])
    assert [item["quantity"] for item in after["productOrderItem"]] == quantities


def test_a_json_path_may_have_a_type_behind_a_point() -> None:
    path = "$.relatedParty[?@.@type=='RelatedPartyRefOrPartyRoleRef' && @.name!='Ada'].@type"
    after = patched(QUERY, [{"op": "replace", "path": path, "value": "Vendor"}])
    assert [party["@type"] for party in after["relatedParty"]] == ["RelatedPartyRefOrPartyRoleRef", "Vendor", "Vendor"]


def test_one_object_that_is_moved_or_copied_to_an_array_is_appended() -> None:
    paths = {"from": "$.relatedParty[?@.role=='customer']", "path": "$.productOrderItem[?@.id=='120'].note"}
    after = patched(QUERY, [{"op": "copy", **paths}, {"op": "copy", "from": "/relatedParty/1", "path": "/note"}])
    party = an_order()["relatedParty"]
    assert (after["productOrderItem"][1]["note"], after["note"]) == ([party[0]], [party[1]])
    after = patched(
        QUERY, [{"op": "move", **paths}, {"op": "move", "from": "/relatedParty/0", "path": "/relatedParty"}]
    )
    assert after["productOrderItem"][1]["note"] == [party[0]]
    assert [each["name"] for each in after["relatedParty"]] == ["Kiosk", "Shop"]


def test_a_json_path_leads_to_what_is_made_and_to_what_is_moved() -> None:
    item = "$.productOrderItem[?@.id=='120']"
    after = patched(
        QUERY,
        [
            {"op": "add", "path": f"{item}.note", "value": {"text": "new"}},
            {"op": "add", "path": f"{item}.note", "value": {"text": "newer"}},
            {"op": "add", "path": "$.relatedParty[0]", "value": {"role": "first"}},
            {"op": "move", "from": "$.relatedParty[?@.name=='Kiosk'].name", "path": "$.description"},
            {"op": "remove", "path": "$.relatedParty[?@.role=='vendor']"},
        ],
    )
    assert after["productOrderItem"][1]["note"] == [{"text": "new"}, {"text": "newer"}]
    assert [party["role"] for party in after["relatedParty"]] == ["first", "customer"]
    assert after["description"] == "Kiosk"


def test_values_that_an_operation_adds_to_several_members_are_their_own() -> None:
    operations = [
        {"op": "add", "path": "$.productOrderItem[*].extra", "value": {"a": 1}},
        {"op": "replace", "path": "$.productOrderItem[0].extra.a", "value": 2},
    ]
    after = patched(QUERY, operations)
    assert [item["extra"]["a"] for item in after["productOrderItem"]] == [2, 1]


@pytest.mark.parametrize(
    "path",
    [
        "$.productOrderItem[?@.id=='nobody'].quantity",
        "$..quantity",
        "$.productOrderItem[0,0].quantity",
        "$.productOrderItem[?$.id=='o1'].quantity",
        "$.productOrderItem[?@..id].quantity",
        "$.productOrderItem[?match(@.id, '(1*)*2')].quantity",
        "$" + ".a" * 1000,
        "$[?" + "(" * 900,
    ],
)
def test_a_json_path_that_leads_nowhere_or_may_take_for_ever_is_refused(path: str) -> None:
    error = refused(QUERY, [{"op": "replace", "path": path, "value": 1}])
    assert isinstance(error, Conflict)
    assert error.faults[0].path == "[0].path"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("$.productOrderItem[", "at its end"),
        ("$.productOrderItem[?(@.id=='120'].quantity", "at character 21"),
        ("$.productOrderItem[?@..id=='o1'].quantity", "not comparable"),
        ("$.productOrderItem[?likes(@.id)].quantity", "at character 21"),
        ("$.productOrderItem[?@.quantity==01].quantity", "at character 33"),
        ("$productOrderItem", "at character 2"),
        ("$.productOrderItem[1e400]", "'1e400'"),
        ("/productOrderItem?id", "behind its '?'"),
        ("/productOrderItem?", "behind its '?'"),
        ("/productOrderItem?id=120&", "behind its '?'"),
        ("/productOrderItem?billingAccount..id=b1", "behind its '?'"),
    ],
)
def test_a_path_that_is_malformed_is_refused_as_such_and_says_where(path: str, where: str) -> None:
    for operation in ({"op": "replace", "path": path, "value": 1}, {"op": "copy", "from": path, "path": "/x"}):
        error = refused(QUERY, [operation])
        assert isinstance(error, InvalidInput)
        assert error.faults[0].path in ("[0].path", "[0].from")
        assert where in error.reason


def test_a_json_path_in_plain_json_patch_is_no_path() -> None:
    assert isinstance(refused(OPERATIONS, [{"op": "remove", "path": "$.relatedParty[0]"}]), InvalidInput)


def test_queries_are_bounded_in_number() -> None:
    assert isinstance(refused(QUERY, [{"op": "test", "path": "$.id", "value": "o1"}] * 201), TooLarge)
