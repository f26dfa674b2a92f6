"""What makes the schema of an extension, and which attributes it knows."""

from __future__ import annotations

import socket
from decimal import Decimal
from typing import Any

import pytest

from core.errors import BssError, Conflict, InvalidInput
from core.schemas import read_schema
from tests.builders.schemas import a_schema


def refusal(document: Any, **options: Any) -> BssError:
    with pytest.raises((InvalidInput, Conflict)) as caught:
        read_schema(document, **options)
    return caught.value


def test_the_name_is_the_last_step_of_the_identifier_unless_another_is_given() -> None:
    assert read_schema(a_schema("dove")).name == "dove"
    assert read_schema(a_schema("dove"), "pigeon-2").name == "pigeon-2"
    assert read_schema(a_schema(**{"$id": "dove.json"})).name == "dove.json"


@pytest.mark.parametrize(
    ("keywords", "path"),
    [
        ({"$id": None}, "$id"),
        ({"$id": "https://brand.example"}, "$id"),
        ({"$id": "http://["}, "$id"),
        ({"$id": "a b"}, "$id"),
        ({"$id": ".."}, "$id"),
        ({"$id": "x" * 101}, "$id"),
        ({"$schema": "http://json-schema.org/draft-04/schema#"}, "$schema"),
        ({"$schema": 7}, "$schema"),
        ({"properties": {}}, "properties.@baseType.const"),
        ({"properties": {"@baseType": {"const": 1}}}, "properties.@baseType.const"),
        ({"properties": {"@baseType": {"const": "Nothing"}}}, "properties.@baseType.const"),
        ({"type": "objct"}, "type"),
        ({"pattern": "("}, "pattern"),
        ({"allOf": [{"$ref": "#/$defs/Nothing"}]}, ""),
        ({"allOf": [{"$ref": "other.json"}]}, "allOf[0].$ref"),
        ({"not": {"$dynamicRef": "urn:x"}}, "not.$dynamicRef"),
        ({"$defs": {"Home": {"$id": "home"}}}, "$defs.Home.$id"),
    ],
)
def test_a_schema_that_is_none_is_refused_by_the_place_that_is_wrong(keywords: dict[str, Any], path: str) -> None:
    found = refusal(a_schema(**keywords), types={"ContactMedium"})
    assert [fault.path for fault in found.faults] == [path]


@pytest.mark.parametrize("document", [[], True, None, "pigeon"])
def test_what_is_no_object_is_no_schema_of_an_extension(document: Any) -> None:
    assert refusal(document).code == "invalidSchema"


def test_nothing_is_fetched_from_the_address_that_a_schema_refers_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        refusal(a_schema(allOf=[{"$ref": f"http://127.0.0.1:{server.getsockname()[1]}/x.json"}]))
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_draft_is_what_the_schema_says_it_is() -> None:
    tuple_of = {"loft": {"type": "array", "items": [{"type": "integer"}]}}
    keywords = {"properties": {"@baseType": {"const": "ContactMedium"}, **tuple_of}}
    draft_7 = read_schema(a_schema(**keywords, **{"$schema": "http://json-schema.org/draft-07/schema#"}))
    assert [error.instance_path for error in draft_7.errors({"loft": ["x"]})] == [["loft", 0]]
    # An array there is no schema in 2020-12, which is what counts unless another draft is named.
    assert refusal(a_schema(**keywords)).faults[0].path == "properties.loft.items"


def test_numbers_are_held_to_a_schema_with_all_their_digits() -> None:
    properties = {"@baseType": {"const": "ContactMedium"}, "loft": {"maximum": Decimal("0.30000000000000000001")}}
    schema = read_schema(a_schema(properties=properties))
    assert [*schema.errors({"loft": Decimal("0.3")})] == []
    assert len([*schema.errors({"loft": Decimal("0.4")})]) == 1


def test_the_same_schema_in_another_order_has_the_same_digest() -> None:
    backwards = dict(reversed(a_schema().items()))
    assert read_schema(backwards).digest == read_schema(a_schema()).digest
    assert read_schema(a_schema(required=[])).digest != read_schema(a_schema()).digest


NESTED = {
    "@baseType": {"const": "ContactMedium"},
    "home": {"$ref": "#/$defs/Home"},
    "odd name": {"$ref": "#/$defs/Odd%20Home"},
    "lofts": {"type": "array", "items": {"type": "object", "properties": {"height": {}}}},
    "free": {"type": "object"},
    "frees": {"type": "array", "items": {"type": "object"}},
    "words": {"type": "array", "items": {"type": "string"}},
    "never": False,
    "any": True,
}
DEFINITIONS = {
    "Home": {"anyOf": [{"properties": {"city": {"type": "string"}}}, {"$ref": "#/$defs/Home"}], "type": "object"},
    "Odd Home": {"properties": {"inner": {"$ref": "#/$defs/Home"}}},
}


@pytest.mark.parametrize(
    ("path", "is_known"),
    [
        ("loft", False),
        ("home", True),
        ("home.city", True),
        ("home.street", False),
        ("home.city.zip", False),
        ("odd name.inner.city", True),
        ("lofts.height", True),
        ("lofts.width", False),
        ("free.whatever.there", True),
        ("frees.whatever", True),
        ("words", True),
        ("words.first", False),
        ("never", False),
        ("any.thing", True),
        ("wing", True),
        ("beak", True),
    ],
)
def test_attributes_are_known_through_references_alternatives_and_arrays(path: str, is_known: bool) -> None:
    choice = {"if": {"properties": {"wing": {}}}, "then": {"properties": {"beak": {}}}}
    schema = read_schema(a_schema(**{"properties": NESTED, "$defs": DEFINITIONS}, required=[], **choice))
    assert schema.knows(tuple(path.split("."))) is is_known
