"""JSON as it is stored and sent keeps its digits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.storage.json import dumps, loads


@pytest.mark.parametrize(
    "text", [b"0.10", b"1E+30", b"-0.0", b"123456789012345678901234567890", b"-9223372036854775809"]
)
def test_numbers_go_out_with_the_digits_they_came_with(text: bytes) -> None:
    assert dumps(loads(text)) == text


def test_long_integers_pass_at_any_depth() -> None:
    assert dumps({"a": [{"b": 2**64}], "c": True, "d": Decimal("1.50")}) == (
        b'{"a":[{"b":18446744073709551616}],"c":true,"d":1.50}'
    )


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), object(), {1: "x"}])
def test_what_json_cannot_say_is_an_error(value: object) -> None:
    with pytest.raises(TypeError):
        dumps(value)
