"""Every spec file expands into a sound and regular OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from apis.tmf630.specification import FOLDER, Specification, UnknownSpecification, available, examples, load

REGULAR = re.compile(r"(list|create|retrieve|patch|delete)[A-Z]\w*|notify[A-Z]\w*Event")


@pytest.fixture(params=available(), ids=lambda pair: "-".join(pair))
def specification(request: pytest.FixtureRequest) -> Specification:
    return load(*request.param)


def nodes(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every node of a document with the way to it."""
    yield path, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from nodes(child, (*path, str(key)))


def test_the_five_apis_of_the_main_job_are_there() -> None:
    main_job = {("tmf620", "v5"), ("tmf622", "v5"), ("tmf629", "v5"), ("tmf635", "v4"), ("tmf678", "v5")}
    assert main_job <= set(available())


def test_an_unknown_specification_is_refused_by_a_message_that_names_the_known_ones() -> None:
    with pytest.raises(UnknownSpecification, match=r"tmf999 v5; there are: .*tmf622 v5"):
        load("tmf999", "v5")


def test_sentences_call_resources_by_words_that_people_use() -> None:
    summaries = {
        operation.id: operation.definition["summary"]
        for api, version in available()
        for operation in load(api, version).operations.values()
    }
    assert summaries["listCustomerBillOnDemand"].startswith("All customer bills on demand that")
    assert summaries["createCancelProductOrder"] == "Takes in a new cancellation of a product order."
    assert summaries["listTopicHub"].startswith("All subscriptions that")
    assert summaries["listCategory"].startswith("All categories that")
    assert [text for text in summaries.values() if re.search(r"\ba [aeioAEIO]", text)] == []
    assert load("tmf620", "v5").schema("ImportJobCreateEvent")["description"] == "Import job create notification."


def test_every_example_is_that_of_a_resource_that_is_there(specification: Specification) -> None:
    folder = next(FOLDER.glob(f"{specification.api}_*"))
    assert (
        examples(folder, specification.version).keys() - {"Hub", "EventSubscription"} <= specification.resources.keys()
    )


def test_a_document_is_valid_openapi(specification: Specification) -> None:
    validate(specification.document)


def test_operation_ids_are_regular_and_unique(specification: Specification) -> None:
    ids = [operation["operationId"] for item in specification.document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
    assert [name for name in ids if not REGULAR.fullmatch(name)] == []


def test_operations_are_those_of_the_table_of_resources(specification: Specification) -> None:
    expected = {"createHub", "listHub", "retrieveHub", "deleteHub"}
    for resource in specification.resources.values():
        expected |= {kind + resource.below + resource.name for kind in resource.operations}
        expected |= {f"notify{event}" for event in resource.events}
    assert set(specification.operations) == expected


def test_an_operation_is_found_where_the_document_has_it(specification: Specification) -> None:
    for operation in specification.operations.values():
        assert specification.document["paths"][operation.path][operation.method] is operation.definition


def test_no_extension_is_left_over(specification: Specification) -> None:
    named = [path for path, _ in nodes(specification.document) if path and path[-1].startswith("x-")]
    assert named == []


def test_every_reference_of_a_document_resolves(specification: Specification) -> None:
    for path, node in nodes(specification.document):
        pointers = [node["$ref"]] if isinstance(node, dict) and "$ref" in node else []
        if path and path[-1] == "mapping":
            pointers += node.values()
        for pointer in pointers:
            target: Any = specification.document
            for part in pointer.removeprefix("#/").split("/"):
                target = target[part]
            assert isinstance(target, dict)


def test_a_schema_that_no_operation_leads_to_is_left_out(specification: Specification) -> None:
    components = specification.document["components"]
    used = {node["$ref"] for _, node in nodes(specification.document) if isinstance(node, dict) and "$ref" in node}
    used |= {p for path, node in nodes(components) if path and path[-1] == "mapping" for p in node.values()}
    assert [name for name in components["schemas"] if f"#/components/schemas/{name}" not in used] == []


def test_no_schema_closes_itself_to_further_attributes(specification: Specification) -> None:
    closed = [
        path for path, node in nodes(specification.document) if path and path[-1] == "additionalProperties" and not node
    ]
    assert closed == []


def test_every_schema_is_described(specification: Specification) -> None:
    schemas = specification.document["components"]["schemas"]
    assert [name for name, schema in schemas.items() if not schema.get("description")] == []


def test_every_attribute_of_a_resource_is_described(specification: Specification) -> None:
    bare = [
        f"{name}.{attribute}"
        for name in specification.resources
        for attribute, schema in properties(specification, name).items()
        if not schema.get("description")
    ]
    assert bare == []


def properties(specification: Specification, name: str) -> dict[str, Any]:
    """The properties of a schema, inherited ones included."""
    schema = specification.schema(name)
    found: dict[str, Any] = {}
    for part in schema.get("allOf", ()):
        found |= properties(specification, part["$ref"].rpartition("/")[2])
    return found | schema.get("properties", {})


def test_every_error_has_the_error_body(specification: Specification) -> None:
    for status, response in specification.document["components"]["responses"].items():
        for media in response["content"].values():
            assert media["schema"] == {"$ref": "#/components/schemas/Error"}, status


def test_errors_beyond_the_published_ones_are_documented(specification: Specification) -> None:
    for operation in specification.operations.values():
        answered = set(operation.definition["responses"])
        assert {"400", "404", "405", "406", "429", "500", "501", "503"} <= answered
        if "requestBody" in operation.definition:
            assert {"413", "415", "422"} <= answered


def test_lists_tell_their_counts_and_creations_their_address(specification: Specification) -> None:
    for operation in specification.operations.values():
        headers = operation.definition["responses"].get("200", {}).get("headers", {})
        if operation.id.startswith("list"):
            assert {"X-Total-Count", "X-Result-Count", "Link"} <= headers.keys()
        if operation.id.startswith("create"):
            assert "Location" in operation.definition["responses"]["201"]["headers"]


def test_the_base_path_has_the_official_form(specification: Specification) -> None:
    assert re.fullmatch(rf"/tmf-api/[a-z]\w+/{specification.version}", specification.base_path)
