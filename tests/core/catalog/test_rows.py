"""A table says of elements what JSON says of them, no spreadsheet calculates it, and what isn't clear is refused."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.flat import column_name, column_path
from core.catalog.pieces import Entry
from core.catalog.rows import MOST_COLUMNS, Rows, Table
from core.catalog.unpacking import Content
from core.errors import InvalidInput
from core.storage.json import dumps, loads

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.sampled_from(
    [
        "",
        "7",
        "-1.50",
        "true",
        "null",
        "{}",
        "[]",
        "'",
        "'7",
        "=1+1",
        "+1",
        "-x",
        "@a",
        "\t=1",
        '"',
        "a,b",
        "\r",
        "\n",
        " x ",
    ]
)
NUMBERS = st.integers(-(10**20), 10**20) | st.sampled_from([Decimal("12.0"), Decimal("-0.10"), Decimal("1E+30")])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
ELEMENTS = st.lists(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), min_size=1, max_size=4)


def written(elements: list[dict[str, Any]]) -> bytes:
    table = Table()
    for element in elements:
        table.look_at(element)
    return b"".join(table.lines(elements))


def spelled(value: Any) -> str:
    """Return a document so that 1, 1.0, True and "1" differ, and the order of attributes doesn't matter."""
    if isinstance(value, dict):
        return f"{{{sorted((name, spelled(member)) for name, member in value.items())}}}"
    return str([spelled(member) for member in value]) if isinstance(value, list) else repr(value)


def entries(text: bytes, longest: int = 1000, count: int = 2) -> list[Entry]:
    """Read a table in pieces of `count` rows, each by a reader that has read nothing before."""
    found: list[Entry] = []
    position, line, is_last = 0, 1, False
    while not is_last:
        piece = Rows(Content(io.BytesIO(text), 10**7), longest).read(position, line, count)
        found += piece.entries
        position, line, is_last = piece.position, piece.line, piece.is_last
    return found


@given(ELEMENTS)
def test_elements_come_back_from_a_table_as_they_were(elements: list[dict[str, Any]]) -> None:
    again = entries(written(elements), longest=10**6)
    assert [spelled(loads(entry.text)) for entry in again] == [spelled(loads(dumps(element))) for element in elements]
    assert not any(entry.fault for entry in again)


@given(ELEMENTS)
def test_no_cell_begins_a_formula(elements: list[dict[str, Any]]) -> None:
    for row in csv.reader(io.StringIO(written(elements).decode(), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r"))
            assert not cell.startswith("-") or Decimal(cell) < 0 or cell == "-0"


@given(st.lists(TEXTS | st.integers(0, 999999), max_size=5))
def test_a_column_is_called_by_its_path(steps: list[str | int]) -> None:
    path = ("first", *steps)
    assert column_path(column_name(path)) == path


def test_the_columns_are_those_of_the_attributes() -> None:
    price = {"@type": "ProductOfferingPrice", "id": "p1", "price": {"value": Decimal("9.90"), "unit": "EUR"}}
    text = written([price | {"tax": [{"taxRate": 19}], "version": "1.0", "x.y": None}, {"id": "p2", "name": ""}])
    assert text.decode().splitlines() == [
        '\'@type,id,name,price.unit,price.value,tax[0].taxRate,version,"""x.y"""',
        "ProductOfferingPrice,p1,,EUR,9.90,19,'1.0,null",
        ",p2,',,,,,",
    ]


def test_a_table_as_a_person_writes_it_is_read() -> None:
    text = (
        '\ufeff@type, id ,category[1].id,category[0].id,note\n\nCategory,c1,b,,"two\nlines"\n,,,,\r\nCategory,c2,,,-x'
    )
    read = entries(text.encode())
    assert [(entry.line, loads(entry.text)) for entry in read] == [
        (3, {"@type": "Category", "id": "c1", "category": [{"id": "b"}], "note": "two\nlines"}),
        (6, {"@type": "Category", "id": "c2", "note": "-x"}),
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,1,2,3", "more than the 3 cells"),
        ('"a"b,1,2', "is not CSV"),
        ("a,1,x", "contradict one another"),
        ("\xff".encode("latin-1").decode(errors="surrogateescape") + ",1,", "is not UTF-8"),
        ("a" * 1500 + ",,", "is longer than 1000 bytes"),
    ],
)
def test_a_row_that_is_not_clear_is_refused_and_the_next_one_read(row: str, told: str) -> None:
    text = f"name,price.value,price\r\n{row}\r\nb,2,\r\n".encode(errors="surrogateescape")
    refused, read = entries(text)
    assert (refused.line, told in refused.fault) == (2, True), refused
    assert loads(read.text) == {"name": "b", "price": {"value": 2}}


@pytest.mark.parametrize(
    "header",
    ["", ",", "a,a", "a..b", "a[", "a[x]", "[0]", "a]b", ".a", "a.", 'a."b', "a[0]b", "\xff", ".".join("a" * 102)],
)
def test_a_header_that_says_no_columns_is_refused(header: str) -> None:
    with pytest.raises(InvalidInput):
        entries(header.encode("latin-1") + b"\nx\n")


def test_a_quote_that_is_never_closed_does_not_take_the_file_into_memory() -> None:
    with pytest.raises(InvalidInput, match="never closed"):
        entries(b'name\n"' + b"x\n" * 20_000)


def test_elements_with_too_many_columns_are_no_table() -> None:
    with pytest.raises(InvalidInput, match="ndjson"):
        Table().look_at({"x": list(range(MOST_COLUMNS + 1))})


def test_nothing_is_an_empty_table_and_back() -> None:
    assert written([]) == b""
    assert entries(b"") == []
