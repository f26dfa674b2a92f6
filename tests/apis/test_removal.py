"""Null in a merge patch removes, so the documents allow it where RFC 7396 gives it that meaning, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from apis.tmf630.specification import available, load
from tests.apis.served import version

CUSTOMER = {"@type": "Customer", "name": "Ada", "engagedParty": {"@type": "PartyRef", "id": "1"}}


def faults(document: dict[str, Any], schema: str = "Customer_MVO") -> list[str]:
    validator = version("tmf629").validators.of({"$ref": f"#/components/schemas/{schema}"})
    return [f"{fault.path}: {fault.reason}" for fault in validator.faults(document)]


@pytest.mark.parametrize(
    "patch",
    [
        {"description": None},
        {"relatedParty": None},
        {"validFor": {"endDateTime": None}},
        {"engagedParty": {"@type": "PartyRef", "id": "1", "href": None}},
        {"extension": {"inside": None}},
    ],
)
def test_null_removes_attributes_of_objects(patch: dict[str, Any]) -> None:
    assert faults(CUSTOMER | patch) == []


@pytest.mark.parametrize(
    ("patch", "fault"),
    [
        ({"name": None}, "name: must be a string, not null"),
        ({"engagedParty": {"@type": "PartyRef", "id": 1}}, "engagedParty.id: must be a string, not a number"),
        (
            {"account": [{"@type": "AccountRef", "id": "1", "name": None}]},
            "account[0].name: must be a string, not null",
        ),
        ({"description": 5}, "description: must be a string, not a number"),
        ({"validFor": {"endDateTime": "x"}}, "validFor.endDateTime: must be a date-time with its zone"),
    ],
)
def test_everything_else_is_as_it_was(patch: dict[str, Any], fault: str) -> None:
    assert [found.startswith(fault) for found in faults(CUSTOMER | patch)] == [True]


def test_null_creates_nothing_where_nothing_was() -> None:
    assert faults(CUSTOMER | {"validFor": None}, "Customer_FVO") == ["validFor: must be an object, not null"]


@pytest.mark.parametrize(("api", "generation"), available())
def test_only_merge_patches_lead_to_schemas_with_nulls(api: str, generation: str) -> None:
    document = load(api, generation).document
    suffix = {"v4": "_Update", "v5": "_MVO"}[generation]
    for name, schema in document["components"]["schemas"].items():
        nullable = [below for below in schema.get("properties", {}).values() if below.get("nullable")]
        assert not nullable or name.endswith((suffix, "_Merge")), name
