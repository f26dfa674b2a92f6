"""Query strings of lists: paging, filters on attribute paths, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apis.tmf630.cursor import write_cursor
from apis.tmf630.query import MOST, ListRequest, read_list_request, refuse_unknown_parameters
from core.errors import InvalidInput
from core.evaluation import holds
from core.query import AllOf, AnyOf, Condition, Criterion, Member, Negation, Order
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
    ["name", "@type", "engagedParty.id", "contactMedium.emailAddress", "characteristic.value"],
)
def test_attributes_are_known_through_objects_arrays_and_subtypes(name: str) -> None:
    path = tuple(name.split("."))
    assert read((name, "x")).query.conditions == (Condition(path, ("x",)),)


def test_commas_and_repetition_are_alternatives() -> None:
    conditions = read(("status", "a,b"), ("name", "n"), ("status", "c,a")).query.conditions
    assert conditions == (Condition(("status",), ("a", "b", "a,b", "c", "c,a")), Condition(("name",), ("n",)))
    order = resource("tmf622", "ProductOrder")
    assert read_list_request([("state", "held,failed")], order, DEFAULT).query.conditions == (
        Condition(("state",), ("held", "failed")),
    )


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "name.",
        "$..name",
        '"name"',
        "na\\me",
    ],
)
def test_a_name_that_no_attribute_can_have_is_refused(name: str) -> None:
    assert faults((name, "x")) == [name]


@pytest.mark.parametrize("name", ["foo", "name.first", "engagedParty.foo", "name[0]", "name' OR 1"])
def test_an_attribute_that_no_schema_knows_may_be_an_extension_if_some_resource_has_it(name: str) -> None:
    assert read((name, "x")).view.extensions == {tuple(name.split(".")): name}
    assert read(("sort", name)).view.extensions == {tuple(name.split(".")): f"sort={name}"}
    assert read(("fields", name)).view.extensions == {tuple(name.split(".")): f"fields={name}"}
    assert not read((name, "x"), settings=Settings(unknown_filters="accept")).view.extensions


START = ("validFor", "startDateTime")


@pytest.mark.parametrize(
    ("pair", "condition"),
    [
        (("name.gt", "a"), Condition(("name",), ("a",), "gt")),
        (("name>a", ""), Condition(("name",), ("a",), "gt")),
        (("name>", "a"), Condition(("name",), ("a",), "gte")),
        (("name>=a", ""), Condition(("name",), ("a",), "gte")),
        (("name<a", ""), Condition(("name",), ("a",), "lt")),
        (("name<", "a"), Condition(("name",), ("a",), "lte")),
        (("name.lte", "a,b"), Condition(("name",), ("a", "b"), "lte")),
        (("name!", "a"), Condition(("name",), ("a",), "ne")),
        (("name!=a", ""), Condition(("name",), ("a",), "ne")),
        (("name.ne", "a"), Condition(("name",), ("a",), "ne")),
        (("name.eq", "a"), Condition(("name",), ("a",))),
        (("name=a", ""), Condition(("name",), ("a",))),
        (("name*", "a{1,2}"), Condition(("name",), ("a{1,2}",), "regex")),
        (("name", "~^a,b"), Condition(("name",), ("^a,b",), "regex")),
        (("name=~^a", ""), Condition(("name",), ("^a",), "regex")),
        (("name.regex", '"a;b"'), Condition(("name",), ("a;b",), "regex")),
        (("name", "a;b"), Condition(("name",), ("a", "b", "a;b"))),
        (("name", "a;name=b"), Condition(("name",), ("a", "b"))),
        (("name", '"a;b"'), Condition(("name",), ("a;b",))),
        (("validFor.startDateTime>2026-01-01", ""), Condition(START, ("2026-01-01",), "gt", "instant")),
        (
            ("creditProfile.creditScore.gte", "500"),
            Condition(("creditProfile", "creditScore"), ("500",), "gte", "number"),
        ),
    ],
)
def test_operators_have_a_word_and_a_sign(pair: tuple[str, str], condition: Condition) -> None:
    assert read(pair).query.conditions == (condition,)


def test_a_range_is_two_conditions_on_one_attribute() -> None:
    assert read(("name.gte", "a"), ("name.lt", "b")).query.conditions == (
        Condition(("name",), ("a",), "gte"),
        Condition(("name",), ("b",), "lt"),
    )


def test_semicolons_are_alternatives_of_different_attributes() -> None:
    parts = (Condition(("name",), ("a", "a;status!=b")), Condition(("status",), ("b",), "ne"))
    assert read(("name", "a;status!=b"), ("limit", "3")).query.conditions == (AnyOf(parts),)


def test_a_list_is_sorted_by_any_path_up_or_down() -> None:
    sort = read(("sort", " name,-validFor.startDateTime,+status")).query.sort
    assert sort == (
        Order(("name",), kind="text"),
        Order(START, descending=True, kind="instant"),
        Order(("status",), kind="text"),
    )


def test_a_place_belongs_to_lists_of_one_order() -> None:
    place = write_cursor(("Ada", None, "id-1"), (Order(("name",), kind="text"),), 20)
    query = read(("sort", "name"), ("after", place)).query
    assert (query.after, query.passed) == (("Ada", None, "id-1"), 20)
    assert faults(("sort", "-name"), ("after", place)) == ["after"]


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("$[?(@.name=='a')]", Condition(("name",), ("a",), kind="text")),
        (
            "$[?@.creditProfile.creditScore > 1.50]",
            Condition(("creditProfile", "creditScore"), ("1.50",), "gt", "number"),
        ),
        ("[?(5 <= @.id)]", Condition(("id",), ("5",), "gte", "number")),
        ("$[?(@.characteristic.name contains 'a')]", Condition(("characteristic", "name"), ("a",), kind="text")),
        ("$[?(@.name in ['a', 'b'])]", Condition(("name",), ("a", "b"), kind="text")),
        ("$[?(!@.name)]", Negation(Condition(("name",), operator="present"))),
        ("$[?(@.name != null)]", Negation(Condition(("name",), operator="null"))),
        ("$[?(@.@type=='a')]", Condition(("@type",), ("a",), kind="text")),
        (
            "$[?(@.engagedParty.@referredType=='a.@b')]",
            Condition(("engagedParty", "@referredType"), ("a.@b",), kind="text"),
        ),
        ("$[?(@.@baseType=~/.@type/)]", Condition(("@baseType",), (".@type",), "regex", "text")),
        ("$[?(@.name =~ /^a/i)]", Condition(("name",), ("(?i)^a",), "regex", "text")),
        ("$[?match(@.name, 'a.*')]", Condition(("name",), ("^(?:a.*)$",), "regex", "text")),
        (
            "$.relatedParty[?(@.role=='seller')]",
            Member(("relatedParty",), Condition(("role",), ("seller",), kind="text")),
        ),
        (
            "$[?(@.relatedParty[?(@.role=='seller')].partyOrPartyRole)]",
            Member(
                ("relatedParty",),
                AllOf(
                    (
                        Condition(("role",), ("seller",), kind="text"),
                        Condition(("partyOrPartyRole",), operator="present"),
                    )
                ),
            ),
        ),
    ],
)
def test_a_json_path_is_a_criterion(text: str, criterion: Criterion) -> None:
    assert read(("filter", text)).query.conditions == (criterion,)


def test_a_name_with_an_at_sign_is_one_of_those_of_the_standard_and_places_stay_right() -> None:
    for text, place in (("$[?(@.@type=='a' && )]", 21), ("$[?(@.@types=='a')]", 7), ("$[?(@.@name=='a')]", 7)):
        with pytest.raises(InvalidInput, match="query") as caught:
            read(("filter", text))
        assert f"at character {place}" in caught.value.faults[0].reason


@pytest.mark.parametrize("plus", ["+", " "])
def test_an_offset_may_have_lost_its_plus_sign_to_a_blank(plus: str) -> None:
    asked = f"2026-01-01T01:00:00.5{plus}01:00"
    said = {"validFor": {"startDateTime": "2026-01-01T00:00:00.500Z"}, "own": ["2026-01-01T00:00:00.500Z"]}
    filters = (
        ("validFor.startDateTime", asked),
        ("own", asked),
        ("filter", f"$[?(@.validFor.startDateTime>='{asked}')]"),
    )
    for pair in filters:
        [condition] = read(pair).query.conditions
        assert holds(condition, said)
    assert faults(("validFor.startDateTime", "2026-01-01T01:00 01")) == ["validFor.startDateTime"]
    [condition] = read(("validFor.startDateTime.gt", "2026-01-01 00:00")).query.conditions
    assert holds(condition, said)


def test_what_has_no_counterpart_in_sql_is_evaluated_on_the_document() -> None:
    (criterion,) = read(
        ("filter", "$[?(count(@.relatedParty[*]) > 1 && @.relatedParty[0].role == 'a')]")
    ).query.conditions
    assert holds(criterion, {"relatedParty": [{"role": "a"}, {"role": "b"}]})
    assert not holds(criterion, {"relatedParty": [{"role": "a"}]})


@settings(max_examples=300)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), max_size=3))
def test_no_query_string_is_anything_but_understood_or_refused(pairs: list[tuple[str, str]]) -> None:
    for names in (pairs, [("filter", f"$[?{text}]") for _, text in pairs[:1]], [("sort", text) for _, text in pairs]):
        with suppress(InvalidInput):
            read(*names)


def test_a_setting_lets_unknown_attributes_be_filtered_by_but_no_metacharacters() -> None:
    accepting = Settings(unknown_filters="accept")
    assert read(("loyalty.level", "x"), settings=accepting).query.conditions == (
        Condition(("loyalty", "level"), ("x",)),
    )
    with pytest.raises(InvalidInput):
        read(('loyalty"]', "x"), settings=accepting)


def test_an_attribute_that_is_called_like_an_operator_is_one_where_the_schema_has_it() -> None:
    specification = resource("tmf620", "ProductSpecification")
    for name, operator, path in (
        ("productSpecCharacteristic.regex", "eq", ("productSpecCharacteristic", "regex")),
        ("productSpecCharacteristic.regex.ne", "ne", ("productSpecCharacteristic", "regex")),
        ("productSpecCharacteristic.name.regex", "regex", ("productSpecCharacteristic", "name")),
        ("name.regex", "regex", ("name",)),
    ):
        [condition] = read_list_request([(name, "[0-9]{15}")], specification, DEFAULT).query.conditions
        assert condition == Condition(path, ("[0-9]{15}",), operator)  # type: ignore[arg-type]


def test_a_value_with_nul_is_refused() -> None:
    assert faults(("name", "a\0")) == ["name"]


def test_other_operations_refuse_parameters_that_they_do_not_have() -> None:
    refuse_unknown_parameters((("fields", "a"),), frozenset({"fields"}))
    with pytest.raises(InvalidInput, match="query"):
        refuse_unknown_parameters((("name", "a"),), frozenset({"fields"}))


def test_a_filter_on_a_path_deeper_than_anything_is_refused() -> None:
    deep = ".".join(["characteristic", *["value"] * 60])
    assert faults(("name", "x"), (deep, "1")) == [deep]


def test_a_path_to_an_array_shows_its_members_and_not_those_inside_of_them() -> None:
    array = read(("filter", "characteristic[?(@.value[?(@.a[?(@.b==1)])])]")).view.array
    inside = Member(("value", "a"), Condition(("b",), ("1",), kind="number"))
    assert array is not None
    assert (array.path, array.criterion) == (("characteristic",), inside)
