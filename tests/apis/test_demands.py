"""What the guide to the generations says creating demands is what their documents demand."""

from __future__ import annotations

from functools import cache

import pytest

from apis.app import served_versions
from apis.tmf630.demands import Demand, compare_demands, compare_statuses, creation
from apis.tmf630.version import Version
from cli.generations import guide


@cache
def both(api: str) -> tuple[Version, Version]:
    """The two generations of an API."""
    old, new = (version for version in served_versions() if version.api.name == api)
    return old, new


def demand(api: str, name: str) -> list[Demand]:
    return [each for each in compare_demands(*both(api)) if each.old == name]


@pytest.mark.parametrize("api", ["tmf620", "tmf622", "tmf629", "tmf637", "tmf678"])
def test_what_one_generation_alone_demands_of_a_resource_is_missed_by_its_validator_only(api: str) -> None:
    for each in compare_demands(*both(api)):
        for version, name, demanded in zip(both(api), (each.old, each.new), (each.by_old, each.by_new), strict=True):
            made = creation(version.resources[name]) if name in version.resources else None
            if made:
                validator = version.validators.of({"$ref": f"#/components/schemas/{made}"})
                missed = {fault.path for fault in validator.faults({"@type": name}) if fault.code == "missing"}
                assert missed.issuperset(demanded)


def test_demands_are_told_in_the_words_of_each_generation_and_inside_of_resources() -> None:
    offering = Demand("ProductOffering", "ProductOffering", (), ("lastUpdate", "lifecycleStatus"))
    assert demand("tmf620", "ProductOffering") == [offering]
    assert demand("tmf620", "ProductSpecificationCharacteristic")[0].by_new == ("name", "valueType")
    assert demand("tmf629", "ContactMedium")[0].by_old == ("characteristic", "mediumType")
    # What v4 calls `id` is demanded in v5 as well where the party is.
    assert ("@referredType", "id") in [each.by_old for each in demand("tmf629", "RelatedParty")]


def test_subtypes_that_demand_more_are_told_of() -> None:
    assert [(each.new, each.by_new) for each in demand("tmf620", "AttachmentRefOrValue")] == [
        ("AttachmentRef", ("id",)),
        ("Attachment", ("attachmentType", "mimeType")),
    ]


def test_statuses_that_differ_are_told() -> None:
    found = {kind: (set(before), set(after)) for kind, before, after in compare_statuses([both("tmf622")])}
    assert found["create"] == ({"201"}, {"201", "202"})
    assert found["notify"] == ({"201"}, {"204"})
    assert found.keys() == {"create", "patch", "delete", "notify"}


def test_attributes_of_notifications_that_mean_the_same_stand_together() -> None:
    told = guide([both("tmf622")])
    assert "| `timeOcurred` | `timeOccurred` | another spelling |" in told
    assert told.count("timeOccurred") == 1
