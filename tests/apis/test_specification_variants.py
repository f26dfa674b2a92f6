"""The variants of a schema are what its marks say, and the marks say something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from apis.tmf630 import specification as specifications
from apis.tmf630.specification import load
from apis.tmf630.variants import complete, reachable

SUFFIXES = {"create": "_FVO", "patch": "_MVO"}
FILES = sorted(set(specifications.FOLDER.glob("*/*.yaml")) - set(specifications.FOLDER.glob("*/examples.yaml")))
ENTITY = {
    "type": "object",
    "x-root": True,
    "properties": {"id": {"type": "string"}, "href": {"type": "string"}},
    "x-create": {"without": ["href"]},
}


def expand(roots: dict[str, list[str]] | None = None, **schemas: Any) -> dict[str, Any]:
    return complete({"Entity": ENTITY, **schemas}, roots or {"create": [], "patch": []}, SUFFIXES)


def test_without_leaves_an_attribute_out_of_the_variant_only() -> None:
    expanded = expand()
    assert set(expanded["Entity"]["properties"]) == {"id", "href"}
    assert set(expanded["Entity_FVO"]["properties"]) == {"id"}
    assert "Entity_MVO" not in expanded


def test_only_leaves_out_all_other_attributes() -> None:
    bill = {"type": "object", "properties": {"state": {}, "billNo": {}}, "x-patch": {"only": ["state"]}}
    assert set(expand(Bill=bill)["Bill_MVO"]["properties"]) == {"state"}


def test_required_replaces_what_the_schema_itself_demands() -> None:
    thing = {"type": "object", "required": ["a"], "properties": {"a": {}, "b": {}}, "x-create": {"required": ["b"]}}
    expanded = expand(Thing=thing)
    assert expanded["Thing"]["required"] == ["a"]
    assert expanded["Thing_FVO"]["required"] == ["b"]


def test_an_empty_required_list_is_dropped_since_openapi_forbids_it() -> None:
    thing = {"type": "object", "required": ["a"], "properties": {"a": {}}, "x-create": {"required": []}}
    assert "required" not in expand(Thing=thing)["Thing_FVO"]


def test_what_refers_to_a_varying_schema_varies_too() -> None:
    order = {"type": "object", "properties": {"items": {"type": "array", "items": {"$ref": "Entity"}}}}
    expanded = expand(Order=order)
    assert expanded["Order_FVO"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Entity_FVO"}
    assert expanded["Order"]["properties"]["items"]["items"] == {"$ref": "#/components/schemas/Entity"}


def test_a_resource_always_has_its_variant() -> None:
    expanded = expand({"create": [], "patch": ["Plain"]}, Plain={"type": "object"})
    assert expanded["Plain_MVO"] == {"type": "object"}


def test_a_description_beside_a_reference_survives() -> None:
    order = {"type": "object", "properties": {"thing": {"$ref": "Entity", "description": "A thing."}}}
    assert expand(Order=order)["Order"]["properties"]["thing"] == {
        "allOf": [{"$ref": "#/components/schemas/Entity"}],
        "description": "A thing.",
    }


def test_a_subtype_is_named_by_the_discriminator_of_what_it_extends() -> None:
    expanded = expand(Party={"allOf": [{"$ref": "Entity"}]}, Person={"allOf": [{"$ref": "Party"}]})
    assert expanded["Party"]["discriminator"]["mapping"] == {
        "Party": "#/components/schemas/Party",
        "Person": "#/components/schemas/Person",
    }
    assert expanded["Party_FVO"]["discriminator"]["mapping"]["Person"] == "#/components/schemas/Person_FVO"
    assert "discriminator" not in expanded["Entity"]


def test_a_union_names_its_options_and_their_further_types() -> None:
    expanded = expand(
        Shape={"allOf": [{"$ref": "Entity"}], "x-types": ["Circle"]},
        ShapeRef={"allOf": [{"$ref": "Entity"}]},
        ShapeRefOrValue={"anyOf": [{"$ref": "Shape"}, {"$ref": "ShapeRef"}]},
    )
    assert set(expanded["ShapeRefOrValue"]["discriminator"]["mapping"]) == {"Shape", "Circle", "ShapeRef"}


def test_published_facts_of_v5_variants() -> None:
    customer = load("tmf629", "v5")
    assert customer.schema("PartyRole_MVO")["required"] == ["name", "engagedParty"]
    assert customer.schema("EntityRef")["required"] == ["id"]
    order = load("tmf622", "v5")
    assert {"state", "creationDate"}.isdisjoint(order.schema("ProductOrder_FVO")["properties"])
    assert order.schema("ProductOrderItem_FVO")["required"] == ["action", "id", "@type"]
    assert set(load("tmf678", "v5").schema("CustomerBill_MVO")["properties"]) == {"billCycle", "state"}


def test_published_facts_of_v4_variants() -> None:
    usage = load("tmf635", "v4")
    assert {"id", "href"} <= set(usage.schema("Usage")["properties"])
    assert {"id", "href"}.isdisjoint(usage.schema("Usage_Create")["properties"])
    assert usage.schema("EventSubscription")["required"] == ["id", "callback"]
    assert usage.schema("EventSubscription_Create")["required"] == ["callback"]


def test_oddities_of_the_published_documents_are_kept() -> None:
    states = load("tmf637", "v5").schema("ProductStatusType")["enum"]
    assert "aborted " in states
    assert "BillCycleSpecification" in load("tmf678", "v5").schema("BillCycle")["properties"]
    assert "/listener/productProductBatchEvent" in load("tmf637", "v5").document["paths"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_mark_names_attributes_that_exist(file: Path) -> None:
    schemas = yaml.safe_load(file.read_text(encoding="utf-8"))["components"].get("schemas", {})
    for name, schema in schemas.items():
        for mark in (schema.get("x-create", {}), schema.get("x-patch", {})):
            assert mark.keys() <= {"required", "without", "only"}, name
            named = {*mark.get("without", ()), *mark.get("only", ())}
            assert named <= schema.get("properties", {}).keys(), name


def test_a_schema_that_nobody_defines_is_named_in_the_complaint() -> None:
    with pytest.raises(ValueError, match=r"Ghost: .* none defines it"):
        reachable({"Thing": {"properties": {"a": {"$ref": "Ghost"}}}}, ["Thing"])
