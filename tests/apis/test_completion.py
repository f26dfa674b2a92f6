"""Who reads a resource in v4 with a program that knows no more than v4's document, and sends it back, loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apis.tmf630.carrying import carry
from apis.tmf630.patch import MERGE, Change, read_patch
from apis.tmf630.version import ServedResource
from core.entity import copied
from core.storage.json import dumps
from tests.apis.generated import named
from tests.apis.generations import RESOURCES, both
from tests.apis.test_dialect_properties import drawn

bounded = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
each_resource = pytest.mark.parametrize(("api", "name"), RESOURCES)
MOST_BYTES = 10**7
Document = dict[str, Any]


def arrays(api: str, name: str) -> list[str]:
    """Return the arrays of objects of a resource that v4 has as such too."""
    old, new = both(api, name)
    known = old.version.shapes.named(name).properties

    def is_array(attribute: str) -> bool:
        items = new.version.shapes.of(new.version.shapes.named(new.name).properties[attribute]).items
        word, *below = old.dialect.worded_path((attribute,))
        in_both = word in known and not below and old.version.shapes.of(known[word]).items
        return bool(in_both and items and new.version.shapes.of(items).properties)

    return sorted(filter(is_array, new.version.shapes.named(new.name).properties))


def stored_and_shown(api: str, name: str, data: st.DataObject) -> tuple[Document, Document]:
    """Draw a resource as it is stored, and return it with its reading in v4."""
    old, new = both(api, name)
    stored = data.draw(drawn(api, name, "v5"))
    new.version.types.fill(stored, new.schema)
    return stored, old.fitted(old.dialect.dump(copied(stored)))


def reading(resource: ServedResource, shown: Document) -> Document:
    """Return what v4's document names of a resource; where it is not in an array, null can't be said in a patch."""
    known: Document = without_null(named(resource.version, resource.schema, shown))
    return known


def without_null(value: Any) -> Any:
    """Return a value without attributes that are null, down to arrays."""
    if not isinstance(value, dict):
        return value
    return {name: without_null(inner) for name, inner in value.items() if inner is not None}


def untyped(resource: ServedResource, node: Document, value: Any) -> Any:
    """Return a value without the types that v4 lets one leave out, since they go without saying in their places."""
    shapes = resource.version.shapes
    if isinstance(value, list):
        items = shapes.of(node).items
        return value if items is None else [untyped(resource, items, member) for member in value]
    if not isinstance(value, dict):
        return value
    shape = shapes.chosen(node, value)
    left = {name for name in value if name == "@type" and name not in shape.required and value[name] == shape.name}
    return {
        name: untyped(resource, shape.properties[name], inner) if name in shape.properties else inner
        for name, inner in value.items()
        if name not in left
    }


def carried(resource: ServedResource, stored: Document, change: Change) -> Document:
    """Return what becomes of a stored resource by a change to what v4 shows of it."""
    shown = resource.fitted(resource.dialect.dump(copied(stored)))
    before, after = resource.read(copied(shown)), resource.read(change(copied(shown)))
    return resource.stored(carry(copied(stored), before, after))


def patched(resource: ServedResource, stored: Document, body: Document) -> Document:
    """Return what becomes of a stored resource by a merge patch in v4."""
    return carried(resource, stored, read_patch(MERGE[0], body, resource, MOST_BYTES))


@each_resource
@bounded
@given(data=st.data())
def test_a_reading_in_words_of_v4_that_is_sent_back_changes_nothing(api: str, name: str, data: st.DataObject) -> None:
    old, _ = both(api, name)
    stored, shown = stored_and_shown(api, name, data)
    assert patched(old, stored, reading(old, shown)) == stored


@pytest.mark.parametrize(("api", "name"), [each for each in RESOURCES if arrays(*each)])
@settings(bounded, max_examples=20)
@given(data=st.data())
def test_members_that_are_sent_back_elsewhere_stay_as_they_are(api: str, name: str, data: st.DataObject) -> None:
    old, new = both(api, name)
    attribute = data.draw(st.sampled_from(arrays(api, name)))
    members = new.version.shapes.named(new.name).properties[attribute]["items"]
    stored = {attribute: [data.draw(drawn(api, name, "v5", members)) for _ in range(3)]}
    new.version.types.fill(stored, new.schema)
    shown = old.fitted(old.dialect.dump(copied(stored)))
    (word,) = old.dialect.worded_path((attribute,))
    said = reading(old, shown)[word]
    if data.draw(st.booleans()):
        said = untyped(old, old.version.shapes.named(name).properties[word], said)
    # What v4 can't tell apart it can't tell where it is.
    assume(len(said) == 3 and len({dumps(member, sort=True) for member in said}) == 3)
    places = data.draw(st.lists(st.sampled_from(range(3)), min_size=1, unique=True))
    after = patched(old, stored, {word: [said[place] for place in places]})
    assert after[attribute] == [stored[attribute][place] for place in places]


def test_a_member_without_a_type_is_the_one_whose_type_goes_without_saying() -> None:
    old, new = both("tmf620", "Category")
    bundled = {"@type": "BundledProductOffering", "id": "a", "loyaltyLevel": "gold"}
    plain = {"@type": "ProductOfferingRef", "id": "a"}
    stored = {"@type": "Category", "productOffering": [bundled, plain]}
    new.version.types.fill(stored, new.schema)
    assert patched(old, stored, {"productOffering": [{"id": "a"}]})["productOffering"] == [plain]
    assert patched(old, stored, {"productOffering": [bundled]})["productOffering"] == [bundled]


def test_members_that_are_alike_in_what_v4_names_keep_their_own_extensions() -> None:
    old, new = both("tmf629", "Customer")
    work = {"@type": "StringCharacteristic", "name": "phone", "value": "1", "use": "work", "best": True}
    home = {"@type": "StringCharacteristic", "name": "phone", "value": "1", "use": "home"}
    stored = {"@type": "Customer", "name": "Ada", "engagedParty": {"id": "1"}, "characteristic": [work, home]}
    new.version.types.fill(stored, new.schema)
    shown = old.dialect.dump(copied(stored))
    for places in ([1], [1, 0], [0], [0, 1]):
        said = [shown["characteristic"][place] for place in places]
        after = patched(old, stored, {"characteristic": said, "engagedParty": shown["engagedParty"]})
        assert after["characteristic"] == [(work, home)[place] for place in places]
