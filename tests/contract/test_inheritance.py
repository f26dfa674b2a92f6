"""What schemathesis is told of inheritance judges like what the documents say."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from apis.tmf630.specification import available, load
from tests.contract.inheritance import POINTER, spell_out

VALUES = (None, True, 1, "", [], [1], {}, {"@type": 1}, [{}], {"id": 1, "name": ""})


@pytest.mark.parametrize(("api", "version"), available())
def test_schemas_that_are_spelled_out_find_the_same_faults(api: str, version: str) -> None:
    schemas = load(api, version).document["components"]["schemas"]
    spelled_out = spell_out(schemas)
    inheriting, plain = validator(schemas), validator(spelled_out)
    for value in VALUES:
        of_each = {name: dict.fromkeys(schema.get("properties", ()), value) for name, schema in spelled_out.items()}
        assert faults(inheriting, of_each) == faults(plain, of_each)
    empty: dict[str, Any] = {name: {} for name in schemas}
    assert faults(inheriting, empty) == faults(plain, empty)


def test_objects_list_all_that_they_inherit() -> None:
    schemas = spell_out(load("tmf637", "v4").document["components"]["schemas"])
    assert schemas["ProductSpecificationRef"]["properties"].keys() >= {"@type", "id", "name", "targetProductSchema"}
    assert not [name for name, schema in schemas.items() if "properties" in schema and "allOf" in schema]


def validator(schemas: dict[str, Any]) -> jsonschema_rs.Draft4Validator:
    """Return the judge of objects that have a value of each schema under its name."""
    of_each = {name: {"$ref": POINTER + name} for name in schemas}
    return jsonschema_rs.Draft4Validator({"properties": of_each, "components": {"schemas": schemas}})


def faults(judge: jsonschema_rs.Draft4Validator, value: Any) -> set[tuple[str, str]]:
    """Return where a value is wrong, and why."""
    return {(str(error.instance_path), error.message) for error in judge.iter_errors(value)}
