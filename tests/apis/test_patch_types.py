"""Merge patches of resources whose type is one of the caller's own: the body repeats it, as v5 demands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.conftest import Ask

CATEGORIES = "/tmf-api/productCatalogManagement/{}/category"
FOO = {
    "@type": "Foo",
    "@baseType": "Category",
    "@schemaLocation": "https://brand.example/foo.json",
    "id": "foo",
    "name": "Foo",
    "parent": {"@type": "Above", "@baseType": "CategoryRef", "id": "plain"},
}
MERGE = ("application/json", "application/merge-patch+json")


@pytest.fixture
def patch(ask: Ask) -> Any:
    """Patch one of two categories, of a type of the caller's own and of none, and return the reply."""
    for body in ({"@type": "Category", "id": "plain", "name": "Plain"}, FOO):
        made = ask("POST", CATEGORIES.format("v5"), json=body)
        assert made.status_code == 201, made.text

    def send(body: Any, identifier: str = "foo", version: str = "v5", media_type: str = MERGE[0]) -> Any:
        place = f"{CATEGORIES.format(version)}/{identifier}"
        return ask("PATCH", place, json=body, headers={"Content-Type": media_type})

    return send


def test_a_merge_patch_may_repeat_the_type_that_the_resource_has(patch: Any) -> None:
    for version in ("v5", "v4"):
        for media_type in MERGE:
            said = f"{version} {media_type}"
            reply = patch({"@type": "Foo", "description": said}, version=version, media_type=media_type)
            assert reply.status_code == 200, reply.text
            assert (reply.json()["description"], reply.json()["@baseType"]) == (said, "Category")
    changed = patch({"@type": "Foo", "parent": {"@type": "Above", "id": "plain", "name": "Plain"}})
    assert changed.json()["parent"]["name"] == "Plain"


@pytest.mark.parametrize(
    ("body", "identifier", "path"),
    [
        ({"@type": "Bar", "description": "x"}, "foo", "@type: must be 'Foo'"),
        ({"@type": "Bar", "@baseType": "Category", "description": "x"}, "foo", "@type: can't be changed"),
        ({"@type": "Foo", "description": "x"}, "plain", "@type: must be 'Category'"),
        (
            {"@type": "Foo", "description": "x", "parent": {"@type": "Beside", "id": "x"}},
            "foo",
            "parent.@type: must be 'Above'",
        ),
        (
            {"@type": "Category", "description": "x", "parent": {"@type": "Above", "id": "x"}},
            "plain",
            "parent.@type: must be",
        ),
        ({"@type": "Foo", "description": "x", "subCategory": [{"@type": "Above", "id": "a"}]}, "foo", "subCategory[0]"),
    ],
)
def test_a_type_that_nobody_knows_and_the_resource_has_not_is_refused(
    ask: Ask, patch: Any, body: dict[str, Any], identifier: str, path: str
) -> None:
    reply = patch(body, identifier)
    assert reply.status_code == 409, reply.text
    assert reply.json()["reason"].startswith(path)
    kept = ask("GET", f"{CATEGORIES.format('v5')}/{identifier}").json()
    assert "description" not in kept
    assert kept["@type"] == ("Foo" if identifier == "foo" else "Category")


def test_what_else_is_wrong_with_such_a_patch_is_named(patch: Any) -> None:
    reply = patch({"@type": "Foo", "description": 7})
    assert (reply.status_code, reply.json()["reason"]) == (400, "description: must be a string, not a number")
    assert reply.json()["message"].count("@type") == 0
