"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

from statistics import median

from tests.architecture.sources import PRODUCT, functions, modules, text, tracked

FILE_LIMIT = 300
FUNCTION_LIMIT = 50
SPECIFICATION_LIMIT = 500  # one API has up to forty schemas
TYPICAL_FILE = 100
TYPICAL_FUNCTION = 10


def _length(function: object) -> int:
    return function.end_lineno - function.lineno + 1  # type: ignore[attr-defined, no-any-return]


def test_no_file_is_longer_than_the_limit() -> None:
    long = [f"{name}: {lines}" for name in modules() if (lines := text(name).count("\n")) > FILE_LIMIT]
    assert long == []


def test_a_specification_stays_readable_in_one_sitting() -> None:
    files = [name for name in tracked() if name.startswith("specs/") and name.endswith(".yaml")]
    assert [name for name in files if text(name).count("\n") > SPECIFICATION_LIMIT] == []


def test_no_function_is_longer_than_the_limit() -> None:
    long = [
        f"{name}:{function.lineno} {function.name}: {_length(function)}"
        for name in modules()
        for function in functions(name)
        if _length(function) > FUNCTION_LIMIT
    ]
    assert long == []


def test_the_typical_file_and_function_are_short() -> None:
    names = modules(*PRODUCT)
    assert median(text(name).count("\n") for name in names) <= TYPICAL_FILE
    assert median(_length(each) for name in names for each in functions(name)) <= TYPICAL_FUNCTION
