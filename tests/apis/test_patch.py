"""PATCH bodies in every media type, applied to a document."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from apis.tmf630.patch import read_patch
from core.errors import BssError, Conflict, InvalidInput, TooLarge
from tests.apis.served import resource

MERGE = "application/merge-patch+json"
OPERATIONS = "application/json-patch+json"
QUERY = "application/json-patch-query+json"
MOST = 100_000


def an_order() -> dict[str, Any]:
    return {
        "id": "o1",
        "href": "https://example.org/o1",
        "@type": "ProductOrder",
        "relatedParty": [
            {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "customer", "name": "Ada"},
            {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "vendor", "name": "Shop"},
            {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "vendor", "name": "Kiosk"},
        ],
        "productOrderItem": [
            {"id": "110", "quantity": 1, "billingAccount": {"id": "b1"}, "note": [{"id": "n1", "text": "x"}]},
            {"id": "120", "quantity": 2, "billingAccount": {"id": "b2"}},
        ],
        "description": "first",
    }


def patched(media_type: str, body: Any, most_bytes: int = MOST) -> dict[str, Any]:
    return read_patch(media_type, copy.deepcopy(body), resource("tmf622", "ProductOrder"), most_bytes)(an_order())


def refused(media_type: str, body: Any, most_bytes: int = MOST) -> BssError:
    with pytest.raises(BssError) as caught:
        patched(media_type, body, most_bytes)
    return caught.value


@pytest.mark.parametrize("media_type", ["application/json", MERGE])
def test_a_merge_patch_sets_and_removes(media_type: str) -> None:
    after = patched(media_type, {"description": None, "priority": "1", "ext": {"a": None, "b": 1}})
    assert "description" not in after
    assert (after["priority"], after["ext"]) == ("1", {"b": 1})


def test_a_merge_patch_replaces_arrays_whole() -> None:
    assert patched(MERGE, {"relatedParty": []})["relatedParty"] == []


def test_json_patch_operations_run_in_order() -> None:
    after = patched(
        OPERATIONS,
        [
            {"op": "test", "path": "/description", "value": "first"},
            {"op": "replace", "path": "/description", "value": "second"},
            {"op": "copy", "from": "/description", "path": "/category"},
            {"op": "move", "from": "/category", "path": "/priority"},
            {"op": "remove", "path": "/relatedParty/0"},
        ],
    )
    assert (after["description"], after["priority"]) == ("second", "second")
    assert "category" not in after
    assert [party["name"] for party in after["relatedParty"]] == ["Shop", "Kiosk"]


@pytest.mark.parametrize("media_type", [OPERATIONS, QUERY])
def test_one_object_added_to_an_array_is_appended(media_type: str) -> None:
    after = patched(media_type, [{"op": "add", "path": "/relatedParty", "value": {"role": "agent"}}])
    assert [party["role"] for party in after["relatedParty"]] == ["customer", "vendor", "vendor", "agent"]


def test_one_object_added_to_an_array_that_is_not_there_yet_makes_it() -> None:
    after = patched(OPERATIONS, [{"op": "add", "path": "/note", "value": {"text": "x"}}])
    assert after["note"] == [{"text": "x"}]
    after = patched(OPERATIONS, [{"op": "add", "path": "/productOrderItem/1/note", "value": {"text": "x"}}])
    assert after["productOrderItem"][1]["note"] == [{"text": "x"}]


@pytest.mark.parametrize("value", [None, "x", 5, True])
def test_what_is_no_object_replaces_an_array_that_it_is_added_to(value: Any) -> None:
    operation = {"op": "add", "path": "/mine", "value": value}
    change = read_patch(OPERATIONS, [operation], resource("tmf622", "ProductOrder"), MOST)
    assert change({"mine": [[1]]}) == {"mine": value}


def test_an_array_or_a_place_in_one_is_added_as_the_standard_says() -> None:
    assert patched(OPERATIONS, [{"op": "add", "path": "/relatedParty", "value": []}])["relatedParty"] == []
    after = patched(OPERATIONS, [{"op": "add", "path": "/relatedParty/0", "value": {"role": "agent"}}])
    assert after["relatedParty"][0] == {"role": "agent"}
    after = patched(OPERATIONS, [{"op": "add", "path": "/relatedParty/-", "value": {"role": "agent"}}])
    assert after["relatedParty"][3] == {"role": "agent"}


def test_an_object_that_the_schema_has_as_an_object_is_not_put_into_an_array() -> None:
    after = patched(OPERATIONS, [{"op": "add", "path": "/billingAccount", "value": {"id": "b9"}}])
    assert after["billingAccount"] == {"id": "b9"}


@pytest.mark.parametrize("body", [{"x": [{"a": 1}]}, {"x": {"y": [1]}}])
def test_a_patch_stays_what_it_is_for_a_transaction_that_is_repeated(body: dict[str, Any]) -> None:
    change = read_patch(MERGE, body, resource("tmf622", "ProductOrder"), MOST)
    change(an_order())["x"].clear()
    assert change(an_order())["x"]


@pytest.mark.parametrize("media_type", [OPERATIONS, QUERY])
def test_a_test_that_fails_says_where(media_type: str) -> None:
    error = refused(media_type, [{"op": "test", "path": "/productOrderItem/1/quantity", "value": True}])
    assert (error.faults[0].path, error.faults[0].code) == ("[0]", "testFailed")
    assert "'/productOrderItem/1/quantity'" in error.reason


def test_a_query_in_plain_json_patch_is_part_of_the_name() -> None:
    assert isinstance(refused(OPERATIONS, [{"op": "remove", "path": "/relatedParty?role=vendor"}]), Conflict)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/relatedParty?role=nobody"},
        {"op": "remove", "path": "/nothing"},
        {"op": "replace", "path": "/relatedParty/7/name", "value": 1},
        {"op": "test", "path": "/description", "value": "other"},
        {"op": "add", "path": "/a/b/c", "value": 1},
        {"op": "add", "path": "/relatedParty/x", "value": 1},
        {"op": "add", "path": "/description/x", "value": 1},
        {"op": "copy", "from": "/relatedParty?role=vendor", "path": "/x"},
        {"op": "move", "from": "/nothing", "path": "/x"},
    ],
)
def test_an_operation_that_does_not_fit_the_resource_conflicts(operation: dict[str, Any]) -> None:
    error = refused(QUERY, [{"op": "test", "path": "/id", "value": "o1"}, operation])
    assert isinstance(error, Conflict)
    assert error.faults[0].path.startswith("[1]")


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "relatedParty", "value": 1},
        {"op": "add", "path": "/a~2b", "value": 1},
        {"op": "remove", "path": "name"},
        {"op": "move", "from": "name", "path": "/a"},
        {"op": "replace", "path": "/a?b", "value": 1},
    ],
)
def test_a_malformed_operation_is_refused_as_such(operation: dict[str, Any]) -> None:
    error = refused(QUERY, [operation])
    assert isinstance(error, InvalidInput)
    assert error.faults[0].path.startswith("[0]")


@pytest.mark.parametrize("media_type", [OPERATIONS, QUERY])
@pytest.mark.parametrize("place", ["\N{SUPERSCRIPT ONE}", "\N{ARABIC-INDIC DIGIT ZERO}", "01", "9" * 5000])
def test_what_is_no_place_in_an_array_does_not_fit(media_type: str, place: str) -> None:
    for operation in (
        {"op": "add", "path": f"/relatedParty/{place}", "value": {}},
        {"op": "add", "path": f"/relatedParty/{place}/role", "value": "agent"},
        {"op": "copy", "from": f"/relatedParty/{place}", "path": "/x"},
        {"op": "remove", "path": f"/relatedParty/{place}"},
    ):
        assert isinstance(refused(media_type, [operation]), Conflict)


@pytest.mark.parametrize("value", [5, [], "x", None])
def test_a_resource_stays_an_object(value: Any) -> None:
    assert isinstance(refused(OPERATIONS, [{"op": "replace", "path": "", "value": value}]), Conflict)


def test_copies_of_copies_are_stopped_while_they_are_small() -> None:
    doubling = [{"op": "copy", "from": "", "path": f"/x{number}"} for number in range(60)]
    assert isinstance(refused(OPERATIONS, doubling), TooLarge)


def test_a_resource_does_not_grow_without_end() -> None:
    assert isinstance(refused(MERGE, {"description": "x" * 2000}, most_bytes=1000), TooLarge)


def test_a_patch_does_not_nest_deeper_than_a_body_may() -> None:
    nesting = [{"op": "move", "from": "/description", "path": "/a"}]
    nesting += [{"op": "copy", "from": "/productOrderItem/0", "path": "/productOrderItem/0/deeper"} for _ in range(110)]
    error = refused(OPERATIONS, nesting, most_bytes=10_000_000)
    assert error.faults[0].code == "tooDeep"
