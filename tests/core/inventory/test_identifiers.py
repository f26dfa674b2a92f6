"""A number has one spelling, whoever wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inventory import Identifier, identifier, identifiers_of
from tests.builders.inventory import characteristics


@pytest.mark.parametrize(
    "raw", ["+4915112345678", "4915112345678", "004915112345678", "+49 151 123-456.78", "+49 (151) 12345678"]
)
def test_every_spelling_of_a_telephone_number_means_the_same(raw: str) -> None:
    assert identifier("msisdn", raw) == Identifier("msisdn", "4915112345678")


@pytest.mark.parametrize("raw", ["", "+", "0151 12345678", "12", "+4915112345678901234", "a number", "+49151;ext=5"])
def test_what_is_no_international_number_is_refused_with_an_example(raw: str) -> None:
    with pytest.raises(ValueError, match="international form"):
        identifier("msisdn", raw)


def test_sim_identifiers_are_digits_of_the_right_length() -> None:
    assert identifier("imsi", "262 01 1234567890").value == "262011234567890"
    assert identifier("iccid", "8949 0200 0012 3456 789F").value == "8949020000123456789"
    with pytest.raises(ValueError, match="6 to 15 digits"):
        identifier("imsi", "2620112345678901")
    with pytest.raises(ValueError, match="18 to 22 digits"):
        identifier("iccid", "٨٩٤٩٠٢٠٠٠٠١٢٣٤٥٦٧٨٩")


@given(st.text())
def test_any_text_is_a_number_or_is_refused(raw: str) -> None:
    try:
        found = identifier("msisdn", raw)
    except ValueError:
        return
    assert identifier("msisdn", found.value) == found


def test_numbers_are_found_among_characteristics_with_their_path() -> None:
    named = characteristics(color="red", MSISDN="+4915112345678", imsi=["262011234567890", 262011234567891])
    assert identifiers_of(named) == {
        Identifier("msisdn", "4915112345678"): "[1].value",
        Identifier("imsi", "262011234567890"): "[2].value[0]",
        Identifier("imsi", "262011234567891"): "[2].value[1]",
    }
