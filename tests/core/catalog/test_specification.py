"""What a specification describes, and what may be ordered of it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.catalog import default_characteristics, faults_of_characteristics
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core
from tests.builders.catalog import a_characteristic, a_specification, a_use, a_value, an_offering
from tests.builders.inventory import a_product, characteristics

LINE = a_specification(
    a_characteristic("colour", "white", "black", default=True),
    a_characteristic("msisdn", minCardinality=1, maxCardinality=1, regex=r"\+[0-9]{6,15}"),
    a_characteristic("volume", a_value(None, valueFrom=1, valueTo=100), value_type="integer"),
    a_characteristic("nickname", "Ada", extensible=True, maxCardinality=2),
    a_characteristic("network", "5G", configurable=False, default=True),
    a_characteristic("roaming", value_type="boolean"),
)
NUMBER = {"msisdn": "+4915112345678"}


def judged(complete: bool = True, **values: Any) -> list[tuple[str, str]]:
    faults = faults_of_characteristics(LINE, characteristics(**values), "at", complete=complete)
    return [(fault.path, fault.code) for fault in faults]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"colour": "black"},
        {"volume": 1},
        {"volume": "100"},
        {"nickname": "anything"},
        {"nickname": ["a", "b"]},
        {"network": "5G"},
        {"roaming": True},
        {"roaming": "false"},
    ],
)
def test_what_the_specification_describes_may_be_ordered(values: dict[str, Any]) -> None:
    assert judged(**NUMBER, **values) == []


@pytest.mark.parametrize(
    ("values", "path", "code"),
    [
        ({"size": "XL"}, "at[1].name", "unknownCharacteristic"),
        ({"colour": "green"}, "at[1].value", "valueNotAllowed"),
        ({"volume": 0}, "at[1].value", "valueNotAllowed"),
        ({"volume": Decimal("1.5")}, "at[1].value", "wrongValueType"),
        ({"volume": "much"}, "at[1].value", "wrongValueType"),
        ({"colour": {"r": 1}}, "at[1].value", "wrongValueType"),
        ({"nickname": ["a", "b", "c"]}, "at", "tooManyValues"),
        ({"network": "4G"}, "at[1].value", "valueNotAllowed"),
        ({"roaming": "perhaps"}, "at[1].value", "wrongValueType"),
    ],
)
def test_what_it_does_not_describe_is_refused_by_path(values: dict[str, Any], path: str, code: str) -> None:
    assert judged(**NUMBER, **values) == [(path, code)]


def test_a_mandatory_characteristic_without_default_must_be_there() -> None:
    assert judged() == [("at", "missingCharacteristic")]
    assert judged(complete=False) == []


def test_a_pattern_must_match_as_a_whole() -> None:
    assert judged(msisdn="+4915112345678 ") == [("at[0].value", "valueNotAllowed")]


def test_what_cannot_be_chosen_keeps_its_default() -> None:
    fixed = a_specification(a_characteristic("network", "5G", "4G", configurable=False, default=True))
    faults = faults_of_characteristics(fixed, characteristics(network="4G"), "at")
    assert [fault.code for fault in faults] == ["notConfigurable"]


def test_an_offering_narrows_what_its_specification_allows() -> None:
    uses = [a_use("colour", "white")]
    faults = faults_of_characteristics(LINE, characteristics(**NUMBER, colour="black"), "at", uses=uses)
    assert [fault.path for fault in faults] == ["at[1].value"]


def test_values_have_their_time() -> None:
    ended = a_value("red", validFor={"endDateTime": "2026-01-01T00:00:00Z"})
    specification = a_specification(a_characteristic("colour", ended, "blue"))
    red = characteristics(colour="red")
    before, after = datetime(2025, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert faults_of_characteristics(specification, red, "at", at=before) == []
    assert faults_of_characteristics(specification, red, "at", at=after)


def test_a_specification_without_characteristics_leaves_them_free() -> None:
    assert faults_of_characteristics(a_specification(), characteristics(anything="goes"), "at") == []


def test_defaults_are_known_by_name() -> None:
    assert default_characteristics(LINE) == {"colour": "white", "network": "5G"}


@pytest.mark.parametrize(
    ("characteristic", "path"),
    [
        (a_characteristic("size", minCardinality=2, maxCardinality=1), "[0].maxCardinality"),
        (a_characteristic("size", minCardinality=-1), "[0].minCardinality"),
        (a_characteristic("size", regex="["), "[0].regex"),
        (
            a_characteristic("size", a_value(None, valueFrom=2, valueTo=1)),
            "[0].characteristicValueSpecification[0].valueTo",
        ),
        (
            a_characteristic("size", "S", a_value(None, regex="(?=look)")),
            "[0].characteristicValueSpecification[1].regex",
        ),
    ],
)
def test_a_description_that_contradicts_itself_is_refused(
    core: Core, context: Context, characteristic: Document, path: str
) -> None:
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.create("ProductSpecification", a_specification(characteristic))
    assert [fault.path for fault in refusal.value.faults] == [f"productSpecCharacteristic{path}"]


def test_a_characteristic_is_described_once(core: Core, context: Context) -> None:
    twice = a_specification(a_characteristic("size"), a_characteristic("size"))
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.create("ProductSpecification", twice)
    assert refusal.value.faults[0].path == "productSpecCharacteristic[1].name"


def test_a_hostile_pattern_does_not_stop_the_world() -> None:
    hostile = a_specification(a_characteristic("code", regex="(a+)+b"))
    assert faults_of_characteristics(hostile, characteristics(code="a" * 50_000), "at")


def test_a_specification_in_use_stays(core: Core, context: Context) -> None:
    with core.work(context) as work:
        work.create("ProductSpecification", a_specification(id="offered"))
        work.create("ProductOffering", an_offering(specification="offered"))
        work.create("ProductSpecification", a_specification(id="sold"))
        work.create("Product", a_product(productSpecification={"@type": "ProductSpecificationRef", "id": "sold"}))
        work.create("ProductSpecification", a_specification(id="bundled"))
        parts = [{"@type": "BundledProductSpecification", "id": "bundled"}]
        work.create("ProductSpecification", a_specification(bundledProductSpecification=parts))
        work.create("ProductSpecification", a_specification(id="free"))
        work.delete("ProductSpecification", "free")
    for held in ("offered", "sold", "bundled"):
        with core.work(context) as work, pytest.raises(Conflict):
            work.delete("ProductSpecification", held)
