"""Whatever is valid in one generation is valid in the other once it is translated, and nothing gets lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apis.tmf630.carrying import carry
from apis.tmf630.keeping import KEPT
from apis.tmf630.operations import admitted
from apis.tmf630.shapes import Node
from apis.tmf630.version import ServedResource, Version
from core.entity import copied
from core.errors import Conflict
from core.storage.json import dumps
from tests.apis.generated import ANYTHING, Resources
from tests.apis.generations import RESOURCES, both, generations

# Draws of whole orders are large; each takes a few milliseconds all the same.
bounded = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
CREATED = [each for each in RESOURCES if "create" in both(*each)[0].row.operations]
# What a patch leaves alone: the last three go together, an extension being valid as what it says it extends.
GIVEN = {"id", "href", "@type", "@baseType", "@schemaLocation"}
each_resource = pytest.mark.parametrize(("api", "name"), RESOURCES)


def foreign_names(own: Version, other: Version) -> Mapping[str, list[str]]:
    """Return, by schema, what the other generation calls attributes: extensions may be called the same."""
    entities = own.api.entities
    names = {}
    for schema in own.specification.document["components"]["schemas"]:
        known = other.specification.document["components"]["schemas"]
        counterpart = entities.get(schema, schema)
        names[schema] = list(other.shapes.named(counterpart).properties) if counterpart in known else INNER
    return names


INNER = ["partyOrPartyRole", "channel", "place", "product", "characteristic", "tax", "percentage", "id", "name"]


def drawn(api: str, name: str, generation: str, schema: Node | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for a resource in one generation, or for another schema of it."""
    old, new = generations(api)
    own, other = (old, new) if generation == "v4" else (new, old)
    resource = both(api, name)[0 if generation == "v4" else 1]
    return Resources(own, foreign_names(own, other)).of(schema or resource.schema)


def creation_of(resource: ServedResource) -> Node:
    """Return the schema of a resource's creation."""
    schema: Node = next(iter(resource.version.operations[resource.row.operation_id("create")].accepted.values()))[
        "schema"
    ]
    return schema


def left_out(resource: ServedResource) -> list[str]:
    """Return the attributes of a resource that its creation doesn't have."""
    shapes = resource.version.shapes
    return sorted(shapes.of(resource.schema).properties.keys() - shapes.of(creation_of(resource)).properties.keys())


def lost(said: Any, shown: Any, path: str = "") -> str | None:
    """Return the first thing in `said` that isn't in `shown`; more may be shown than was said.

    An empty `@type` says nothing.
    """
    if isinstance(said, dict) and isinstance(shown, dict):
        said = {key: value for key, value in said.items() if (key, value) != ("@type", "")}
        missing = (f"{path}.{key}" for key in said.keys() - shown.keys())
        deeper = (lost(value, shown[key], f"{path}.{key}") for key, value in said.items() if key in shown)
        return next((found for found in (*missing, *deeper) if found), None)
    if isinstance(said, list) and isinstance(shown, list) and len(said) <= len(shown):
        deeper = (lost(value, shown[place], f"{path}[{place}]") for place, value in enumerate(said))
        return next((found for found in deeper if found), None)
    return None if said == shown else f"{path}: {said!r} became {shown!r}"


@each_resource
@bounded
@given(data=st.data())
def test_what_v4_says_is_valid_in_v5_and_comes_back_in_v4(api: str, name: str, data: st.DataObject) -> None:
    old, new = both(api, name)
    said = data.draw(drawn(api, name, "v4"))
    assert not old.validator.faults(said), "drawn by our own schemas"
    stored = old.read(copied(said))
    assert not new.validator.faults(stored)
    assert not new.validator.faults(new.dialect.dump(stored))
    shown = old.fitted(old.dialect.dump(stored))
    assert not old.validator.faults(shown)
    assert lost(said, shown) is None
    again = old.read(copied(shown))
    # Where something had to be kept, filling the gap may take another way; what was said is kept all the same.
    assert again == stored if KEPT not in stored else lost(said, old.fitted(old.dialect.dump(again))) is None


@pytest.mark.parametrize(("api", "name"), CREATED)
@bounded
@given(data=st.data())
def test_what_v4_creates_is_valid_in_both(api: str, name: str, data: st.DataObject) -> None:
    old, new = both(api, name)
    said = data.draw(drawn(api, name, "v4", creation_of(old)))
    # What a creation has no attribute for may be anything in it, and is refused if the resource can't have it.
    odd = data.draw(st.dictionaries(st.sampled_from(left_out(old)), ANYTHING, max_size=2))
    said |= odd
    assert not old.version.validators.of(creation_of(old)).faults(said), "drawn by our own schemas"
    if "id" in said:
        said["id"] = data.draw(st.sampled_from(["1", None]))
    stored, refused = {"id": "1"}, set()
    try:
        stored |= admitted(old, copied(said))
    except Conflict as refusal:
        refused = {fault.path.partition(".")[0].partition("[")[0] for fault in refusal.faults}
    assert refused <= odd.keys()
    if refused:
        return
    for resource in (old, new):
        href = f"http://localhost{resource.version.base_path}{resource.path}/1"
        shown = resource.fitted(resource.placed(resource.dialect.dump(stored), href))
        assert not resource.validator.faults(shown)
        assert shown["href"] == href


@each_resource
@bounded
@given(data=st.data())
def test_what_v5_says_is_valid_in_v4(api: str, name: str, data: st.DataObject) -> None:
    old, new = both(api, name)
    stored = data.draw(drawn(api, name, "v5"))
    assert not new.validator.faults(stored), "drawn by our own schemas"
    before = dumps(stored)
    shown = old.fitted(old.dialect.dump(stored))
    assert not old.validator.faults(shown)
    assert dumps(stored) == before, "the stored document is not touched"


@each_resource
@bounded
@given(data=st.data())
def test_a_change_in_v4_changes_nothing_else_in_v5(api: str, name: str, data: st.DataObject) -> None:
    old, new = both(api, name)
    stored = data.draw(drawn(api, name, "v5"))
    new.version.types.fill(stored, new.schema)
    shown = old.fitted(old.dialect.dump(copied(stored)))
    other = data.draw(drawn(api, name, "v4"))
    changed = data.draw(st.sampled_from(["x", *sorted({*shown, *other} - GIVEN)]))
    wanted = {key: value for key, value in shown.items() if key != changed}
    if changed in other:
        wanted[changed] = other[changed]
    before, after = old.read(copied(shown)), old.read(copied(wanted))
    result = old.stored(carry(copied(stored), before, after))
    assert not new.validator.faults(result)
    untouched = [key for key in stored if before.get(key) == after.get(key) and key in before]
    assert {key: result.get(key) for key in untouched} == {key: stored[key] for key in untouched}
    if old.validator.faults(wanted) == ():
        now = old.fitted(old.dialect.dump(result))
        is_shown = lost(wanted.get(changed, now.get(changed)), now.get(changed)) is None
        # What says no more than is filled in anyway, such as the usual `@type`, need not be shown.
        canonical = old.dialect.canonical_path((changed,))[0]
        assert is_shown or old.read(copied(now))[canonical] == after[canonical]


@pytest.mark.parametrize("name", ["v4_kept", "v4_extension"])
@pytest.mark.parametrize("value", [{"a": 1, "name": False}, "x", None, [{}], {"v4_kept": {"b": 2}}])
def test_an_attribute_of_a_callers_own_may_be_called_as_ours_are(name: str, value: Any) -> None:
    old, new = both("tmf629", "Customer")
    said = {"name": "Jo", "engagedParty": {"id": "p1", "name": "Jo", name: value}, name: value}
    stored = {"id": "c1"} | old.read(copied(said))
    assert not new.validator.faults({"href": "http://localhost/c1"} | stored)
    assert lost(said, old.fitted(old.dialect.dump(copied(stored)))) is None
    assert old.dialect.canonical_path((name, "a")) == ("v4_extension", name, "a")
    assert old.dialect.worded_path(("v4_extension", name, "a")) == (name, "a")
