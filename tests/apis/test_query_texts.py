"""Values of filters: texts as they were returned, alternatives, and which of both commas and quotes mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apis.tmf630.conditions import values_in
from apis.tmf630.query import read_list_request
from core.evaluation import holds
from core.query import AnyOf, Condition
from tests.apis.served import resource
from tests.apis.test_query import DEFAULT, read


@pytest.mark.parametrize(
    "text",
    [
        *("10 GB, and more", "a;b", "a, b; c", "Ada", "a,,b", "it's, or isn't", " lead", "tail ", " ", ";", "a;;"),
        *(" a, b", "a; b=c", "a; see>b", "a;; b", 'a, "b"', "'t Hof", '5" and "6', "a,b, c", "a, ", "b, 'a"),
    ],
)
def test_a_value_is_found_as_it_was_returned_in_quotes_or_not(text: str) -> None:
    quoted = text.replace('"', '\\"')
    for said in (text, f'"{quoted}"'):
        [condition] = read(("name", said)).query.conditions
        assert holds(condition, {"name": text})
        assert not holds(condition, {"name": f"{text} "})
    [condition] = read(("creditProfile.creditScore", "1,2")).query.conditions
    assert holds(condition, {"creditProfile": [{"creditScore": 2}]})


@pytest.mark.parametrize(
    ("pair", "values"),
    [
        (("name", "Wren M, SIM only"), ("Wren M, SIM only",)),
        (("name", "Wren M, SIM only,Wren L"), ("Wren M, SIM only", "Wren L", "Wren M, SIM only,Wren L")),
        (("name.ne", "Wren M, SIM only"), ("Wren M, SIM only",)),
        (("name>a, b", ""), ("a, b",)),
        (("name", "first; then=second"), ("first; then=second",)),
        (("name", '"a", "b"'), ("a", "b")),
        (("name", "'a' , b"), ("a", "b")),
        (("name", '"a"; "b"'), ("a", "b")),
        (("name", '"a";"=x"'), ("a", "=x")),
        (("name", "a;'b>c'"), ("a", "b>c")),
        (("name.eq", "=a"), ("=a",)),
        (("name.eq", "~a"), ("~a",)),
        (("name", "'t Hof"), ("'t Hof",)),
    ],
)
def test_a_comma_or_semicolon_before_a_blank_belongs_to_a_text(pair: tuple[str, str], values: tuple[str, ...]) -> None:
    [condition] = read(pair).query.conditions
    assert isinstance(condition, Condition)
    assert condition.values == values


@pytest.mark.parametrize(
    ("said", "name"), [("'a;b'", "a;b"), ('"a;b"', "a;b"), ("'a;b,c'", "a;b,c"), ("O'Neil;l'", "O'Neil;l'")]
)
def test_a_semicolon_in_quotes_belongs_to_the_value(said: str, name: str) -> None:
    [condition] = read(("name", said)).query.conditions
    assert holds(condition, {"name": name})


@pytest.mark.parametrize("name", ["a\\b", "a\\\\b", "a\\", "\\", "\\\\", "C:\\x, y;\\", "a\\'b"])
def test_what_has_backslashes_is_found_in_quotes_as_it_was_returned(name: str) -> None:
    for said in (f'"{name}"', '"' + name.replace("\\", "\\\\") + '"'):
        [condition] = read(("name", said)).query.conditions
        assert holds(condition, {"name": name}), said
        assert not holds(condition, {"name": name.replace("\\", "")})
    [different] = read(("name.ne", '"a\\b"')).query.conditions
    assert [holds(different, {"name": each}) for each in ("ab", "a\\b")] == [True, False]


def test_what_is_no_text_is_told_apart_whatever_stands_behind_the_comma() -> None:
    for separator in (", ", "; "):
        [condition] = read(("creditProfile.creditScore", f"1{separator}2")).query.conditions
        assert holds(condition, {"creditProfile": [{"creditScore": 2}]})
    order = resource("tmf622", "ProductOrder")
    for text in ("held, failed", "held; failed", "held; state=failed"):
        [condition] = read_list_request([("state", text)], order, DEFAULT).query.conditions
        assert holds(condition, {"state": "failed"})
    other = read(("name", "a; status=b")).query.conditions
    assert other == (AnyOf((Condition(("name",), ("a", "a; status=b")), Condition(("status",), ("b",)))),)


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


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        (r"@.name =~ /\\/ && @.id =~ /f/", "a\\b"),
        (r"@.id =~ /f/ && @.name =~ /b\\/", "ab\\"),
        (r"@.name =~ /a\/b/ && @.id =~ /f/", "a/b"),
        (r"@.name =~ /[\\\/]/ && @.id =~ /f/i", "a/b"),
    ],
)
def test_a_pattern_ends_at_a_slash_that_has_no_backslash_of_its_own(condition: str, name: str) -> None:
    [*criteria] = read(("filter", f"$[?({condition})]")).query.conditions
    assert all(holds(criterion, {"name": name, "id": "f"}) for criterion in criteria)
    assert not all(holds(criterion, {"name": "other", "id": "f"}) for criterion in criteria)
