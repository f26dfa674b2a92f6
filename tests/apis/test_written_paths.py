"""What the documents say of `fields` and of the paths of patches is what is understood, no more and no less."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema_rs import Draft7Validator

from apis.tmf630.patch_query import read_pointer
from apis.tmf630.query import read_view
from apis.tmf630.specification import available, load
from core.errors import InvalidInput
from core.settings import Settings
from tests.apis.served import resource

DOCUMENTS = [load(*each).document["components"] for each in available()]
ANY_NAME = Settings(unknown_filters="accept")
# The marks that mean something in a path, and some letters.
TEXTS = st.text('ab~01/?&=.,"\\ $\0\n', max_size=12)


def only(found: list[Any]) -> Any:
    """What all documents say alike."""
    first, *others = found
    assert others == [first] * len(others)
    return first


def matches(text: str, pattern: str) -> bool:
    """Tell whether a pattern of JSON Schema, whose `$` is the very end, has a text in it."""
    return Draft7Validator({"pattern": pattern}).is_valid(text)


FIELDS = only([each["parameters"]["Fields"]["schema"]["pattern"] for each in DOCUMENTS])
PATCH = only([each["schemas"]["JsonPatchOperation"] for each in DOCUMENTS if "JsonPatchOperation" in each["schemas"]])
QUERY = only(
    [each["schemas"]["JsonPatchQueryOperation"] for each in DOCUMENTS if "JsonPatchQueryOperation" in each["schemas"]]
)
PATH = QUERY["properties"]["path"]["pattern"]


@given(TEXTS)
@example("name, validFor.startDateTime,,none")
@example(".".join("a" * 51))
def test_fields_are_understood_where_they_are_written_as_the_documents_say(text: str) -> None:
    # A blank behind the last dot is none of a name; the pattern leaves that out, as nobody means it.
    if re.search(r"\. +(,|$)", text) or "none" in text:
        return
    try:
        read_view((("fields", text),), resource("tmf629", "Customer"), ANY_NAME)
    except InvalidInput:
        assert not matches(text, FIELDS)
    else:
        assert matches(text, FIELDS)


@given(TEXTS)
@example("/relatedParty/name?role=vendor&name.x=a=b")
def test_paths_are_understood_where_they_are_written_as_the_documents_say(text: str) -> None:
    if text.startswith("$"):
        return
    try:
        read_pointer(text, True, "path")
    except InvalidInput:
        assert not matches(text, PATH)
    else:
        assert matches(text, PATH)


@pytest.mark.parametrize("text", ["$", "$.note[?@.author=='me'].text", "$['note']"])
def test_a_json_path_is_a_path_of_a_patch_with_queries(text: str) -> None:
    assert matches(text, PATH)


def test_the_paths_of_plain_json_patch_are_json_pointers_and_only_some_operations_read_from_one() -> None:
    assert PATCH["properties"]["path"]["format"] == PATCH["oneOf"][1]["properties"]["from"]["format"] == "json-pointer"
    assert "format" not in PATCH["properties"]["from"]
