"""What a JSON body may not hold, and how the refusal names the place."""

from __future__ import annotations

from decimal import Decimal
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apis.tmf630.json_body import parse_body
from core.errors import BssError, Conflict, InvalidInput
from core.storage.json import dumps


def refusal(body: bytes, kind: type[BssError] = InvalidInput) -> BssError:
    with pytest.raises(kind) as caught:
        parse_body(body)
    return caught.value


@pytest.mark.parametrize(
    ("body", "path", "words"),
    [
        (b'{"name": "a", "name": "b"}', "name", "stands twice"),
        (b'{"price": {"value": NaN}}', "price.value", "NaN"),
        (b'{"a": [{"b": 1}, {"b": tru}]}', "a.b", "not JSON"),
        (b'{"a": {"b": 1}, "c": tru}', "c", "not JSON"),
        (b'{"a": 1, "b": 2, "a": 3}', "a", "stands twice"),
        (b'{"a": {"b": 1, "c": 2, "b": 3}}', "a.b", "stands twice"),
        (b'{"a": 1, "b" 2}', "b", "not JSON"),
        (b'{"a": 1, "\\ud800": 2}', "\\ud800", "surrogate"),
        (b'{"a": {"b": 1, "\\ud800": 2}}', "a.\\ud800", "surrogate"),
        (b'{"a": 1, "b\xff": 2}', "b\ufffd", "UTF-8"),
        (b'{"a": ["b", "\\ud800"]}', "a", "a string has half"),
        (b'}"a": ', "", "not JSON"),
        (b'"a', "", "too early"),
        (b'{"price": -Infinity}', "price", "Infinity"),
        (b'{"name": "\\ud800"}', "name", "surrogate"),
        (b'{"name": "\xff"}', "name", "UTF-8"),
        (b'{"name": "a\x00"}', "name", "control character"),
        (b'{"a": 1', "a", "too early"),
        (b'{"a": 1} x', "", "after the end"),
        (b'{"a": tru}', "a", "not JSON"),
        (b'{"a": "\\": ', "a", "too early"),
        (b'{"a": "b\\', "a", "too early"),
    ],
)
def test_what_is_no_json_is_refused_by_name(body: bytes, path: str, words: str) -> None:
    error = refusal(body)
    assert [fault.path for fault in error.faults] == [path]
    assert words in error.faults[0].reason


@pytest.mark.parametrize(
    ("body", "path", "words"),
    [
        (b'{"name": "a\\u0000"}', "name", "NUL"),
        (b'{"a": {"b": [1, "\\u0000"]}}', "a.b[1]", "NUL"),
        (b'{"a": [{"b": 1e400}]}', "a[0].b", "1e308"),
        (b'{"a": 1e-500}', "a", "1e308"),
        (b'{"a": 1E+999999999999}', "a", "1e308"),
        (b'{"a": ' + b"9" * 400 + b"}", "a", "1e308"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a", "out of range"),
        (b'{"a":' * 10_000, "a" + ".a" * 39 + "....", "levels deep"),
        (b'{"z": 1, "deep": ' + b'{"a":' * 10_000, "deep" + ".a" * 38 + "...", "levels deep"),
        (b"[" * 10_000, "", "levels deep"),
    ],
)
def test_what_is_json_and_cannot_be_kept_is_refused_as_by_a_rule(body: bytes, path: str, words: str) -> None:
    error = refusal(body, Conflict)
    assert [fault.path for fault in error.faults] == [path]
    assert words in error.faults[0].reason


def test_only_what_says_nan_is_told_that_it_is_no_number() -> None:
    assert "NaN" not in refusal(b'{"a": x, "NaN": 1}').faults[0].reason


def test_a_line_of_a_file_is_told_by_its_column() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_body(b'{"name": x}', is_line=True)
    assert caught.value.faults[0].reason == "the text is not JSON there (column 10)"


def test_the_line_and_column_of_malformed_json_are_told() -> None:
    assert "line 3, column 7" in refusal(b'{\n "a": 1,\n "b": NaN}').faults[0].reason


@pytest.mark.parametrize(
    ("start", "part", "many", "end"),
    [
        (b'{"a": "', b'\\"', 400_000, b""),
        (b'{"a": "', b"\\", 800_000, b"\\"),
        (b'{"a": ', b'"",', 250_000, b""),
        (b'{"a": [', b"[],", 100_000, b"x"),
        (b'{"a": [', b'{"b":1},', 100_000, b"x"),
        (b'{"a": "b" ', b" ", 800_000, b"x"),
        (b'{"a": "b"', b"\n", 800_000, b"x"),
        (b'{"a": "', b'": "', 200_000, b""),
    ],
)
def test_the_place_of_malformed_json_is_found_in_time_that_grows_with_the_text_only(
    start: bytes, part: bytes, many: int, end: bytes
) -> None:
    def work(parts: int) -> float:
        begun = thread_time()
        refusal(start + part * parts + end)
        return thread_time() - begun

    # Four times the text takes four times as long, and sixteen times where each part is looked at for each.
    shorter = min(work(many // 4) for _ in range(3))
    assert min(work(many) for _ in range(2)) < 10 * max(shorter, 0.05)


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_body_is_called_missing(body: bytes) -> None:
    assert refusal(body).code == "missingBody"


def test_a_hundred_levels_are_accepted_and_one_more_is_not() -> None:
    assert parse_body(b"[" * 100 + b"]" * 100)
    assert refusal(b"[" * 101 + b"]" * 101, Conflict).faults[0].code == "tooDeep"


def test_an_escaped_backslash_before_u0000_is_no_nul() -> None:
    assert parse_body(b'{"a": "\\\\u0000"}') == {"a": "\\u0000"}


def test_numbers_keep_their_digits() -> None:
    assert parse_body(b'{"a": 0.10, "b": 1E2, "c": -0.0}') == {"a": Decimal("0.10"), "b": 100, "c": 0}
    assert dumps(parse_body(b'{"a":0.10}')) == b'{"a":0.10}'


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.decimals(-(10**20), 10**20)
        | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
        max_leaves=20,
    )
)
def test_whatever_is_accepted_comes_back_as_it_was(document: object) -> None:
    written = dumps(document)
    try:
        read = parse_body(written)
    except Conflict:
        assert b"\\u0000" in written  # the only reason there can be
    else:
        assert dumps(read) == written
