"""Query strings of lists: paging, filters on attribute paths, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apis.tmf630.query import MOST, ListRequest, read_list_request, refuse_unknown_parameters, values_in
from core.errors import InvalidInput
from core.query import Condition
from core.settings import Settings
from tests.apis.served import resource

DEFAULT = Settings()


def read(*pairs: tuple[str, str], settings: Settings = DEFAULT) -> ListRequest:
    return read_list_request(pairs, resource("tmf629", "Customer"), settings)


def faults(*pairs: tuple[str, str]) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(*pairs)
    return [fault.path for fault in caught.value.faults]


def test_without_a_query_the_first_page_has_the_default_length() -> None:
    query = read().query
    assert (query.conditions, query.offset, query.limit) == ((), 0, 100)


def test_offset_and_limit_are_read() -> None:
    query = read(("offset", "20"), ("limit", "5")).query
    assert (query.offset, query.limit) == (20, 5)


def test_a_limit_above_the_setting_is_cut_to_it() -> None:
    assert read(("limit", "100000")).query.limit == DEFAULT.max_limit


def test_an_offset_beyond_all_numbers_is_the_end_of_the_list() -> None:
    assert read(("offset", "9" * 30)).query.offset == MOST


@pytest.mark.parametrize("text", ["-1", "abc", "1e9", "1.0", "", " 1", "+1", "٣", "9" * 200])
def test_an_offset_or_limit_that_is_no_whole_number_is_refused(text: str) -> None:
    assert faults(("limit", text), ("offset", text)) == ["offset", "limit"]


def test_an_offset_given_twice_is_refused() -> None:
    assert faults(("offset", "1"), ("offset", "2")) == ["offset"]


@pytest.mark.parametrize(
    "name",
    ["name", "@type", "engagedParty.id", "contactMedium.emailAddress", "characteristic.value", "validFor.endDateTime"],
)
def test_attributes_are_known_through_objects_arrays_and_subtypes(name: str) -> None:
    path = tuple(name.split("."))
    assert read((name, "x")).query.conditions == (Condition(path, ("x",)),)


def test_commas_and_repetition_are_alternatives() -> None:
    conditions = read(("status", "a,b"), ("name", "n"), ("status", "c,a")).query.conditions
    assert conditions == (Condition(("status",), ("a", "b", "c")), Condition(("name",), ("n",)))


@pytest.mark.parametrize(
    "name",
    [
        "foo",
        "name.first",
        "engagedParty.foo",
        "",
        ".",
        "name.",
        "$..name",
        "name' OR 1=1 --",
        '"name"',
        "name[0]",
        "sort",
    ],
)
def test_an_attribute_that_no_schema_knows_is_refused_by_name(name: str) -> None:
    assert faults((name, "x")) == [name]


def test_a_setting_lets_unknown_attributes_be_filtered_by_but_no_metacharacters() -> None:
    accepting = Settings(unknown_filters="accept")
    assert read(("loyalty.level", "x"), settings=accepting).query.conditions == (
        Condition(("loyalty", "level"), ("x",)),
    )
    with pytest.raises(InvalidInput):
        read(('loyalty"]', "x"), settings=accepting)


def test_a_value_with_nul_is_refused() -> None:
    assert faults(("name", "a\0")) == ["name"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        ('"a,b",c', ["a,b", "c"]),
        ("'a,b'", ["a,b"]),
        ('"say \\"hi\\""', ['say "hi"']),
        ("O'Brien", ["O'Brien"]),
        ('"open', ['"open']),
        ('"a"b', ['"a"b']),
        ("", [""]),
        ("a,", ["a", ""]),
        (" a , b ", ["a", "b"]),
    ],
)
def test_values_may_stand_in_quotes(text: str, values: list[str]) -> None:
    assert list(values_in(text)) == values


@given(st.lists(st.text(), min_size=1))
def test_quoted_values_come_out_as_they_were_put_in(values: list[str]) -> None:
    quoted = ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    assert list(values_in(quoted)) == values


def test_other_operations_refuse_parameters_that_they_do_not_have() -> None:
    refuse_unknown_parameters((("fields", "a"),), frozenset({"fields"}))
    with pytest.raises(InvalidInput, match="query"):
        refuse_unknown_parameters((("name", "a"),), frozenset({"fields"}))


def test_a_filter_on_a_path_deeper_than_anything_is_refused() -> None:
    deep = ".".join(["characteristic", *["value"] * 60])
    assert faults(("name", "x"), (deep, "1")) == [deep]
