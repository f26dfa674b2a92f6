"""Bundles: limits, containment, and choices that complete them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import faults_of_choice
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core
from tests.builders.catalog import a_bundle, an_offering, group, part

OPTION = "bundledProductOfferingOption"


@pytest.mark.parametrize(
    ("bundle", "path"),
    [
        (a_bundle(part("p", lower=2, upper=1)), f"bundledProductOffering[0].{OPTION}.numberRelOfferUpperLimit"),
        (a_bundle(part("p"), part("q", lower=-1)), f"bundledProductOffering[1].{OPTION}.numberRelOfferLowerLimit"),
        (a_bundle(part("p", 1, 2, default=3)), f"bundledProductOffering[0].{OPTION}.numberRelOfferDefault"),
        (a_bundle(part("p", 1, 2, default=0)), f"bundledProductOffering[0].{OPTION}.numberRelOfferDefault"),
        (
            a_bundle(groups=[group(part("p"), lower=2, upper=1)]),
            "bundledGroupProductOffering[0].bundledGroupProductOfferingOption.numberRelOfferUpperLimit",
        ),
        (
            a_bundle(groups=[group(part("p", lower=3, upper=1))]),
            f"bundledGroupProductOffering[0].bundledProductOffering[0].{OPTION}.numberRelOfferUpperLimit",
        ),
    ],
)
def test_limits_that_contradict_themselves_are_refused(
    core: Core, context: Context, bundle: Document, path: str
) -> None:
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.create("ProductOffering", bundle)
    assert [fault.path for fault in refusal.value.faults] == [path]


def test_a_bundle_without_parts_is_accepted_but_says_so(core: Core, context: Context) -> None:
    with core.work(context) as work:
        assert work.create("ProductOffering", an_offering(isBundle=True))["isBundle"] is True
        assert work.create("ProductOffering", a_bundle(part("elsewhere")))["isBundle"] is True


def test_an_offering_cannot_contain_itself(core: Core, context: Context) -> None:
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.create("ProductOffering", a_bundle(part("other"), part("own"), id="own"))
    assert refusal.value.faults[0].path == "bundledProductOffering[1].id"


def test_an_offering_cannot_contain_itself_through_others(core: Core, context: Context) -> None:
    with core.work(context) as work:
        work.create("ProductOffering", an_offering(id="inner"))
        work.create("ProductOffering", a_bundle(groups=[group(part("inner"))], id="middle"))
        work.create("ProductOffering", a_bundle(part("middle"), id="outer"))
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.change("ProductOffering", "inner", lambda one: one | {"bundledProductOffering": [part("outer")]})
    assert refusal.value.faults[0].path == "bundledProductOffering[0].id"


def test_an_offering_inside_a_bundle_stays(core: Core, context: Context) -> None:
    with core.work(context) as work:
        work.create("ProductOffering", an_offering(id="alone"))
        work.create("ProductOffering", an_offering(id="grouped"))
        work.create("ProductOffering", a_bundle(part("alone"), groups=[group(part("grouped"))]))
    for held in ("alone", "grouped"):
        with core.work(context) as work, pytest.raises(Conflict):
            work.delete("ProductOffering", held)


BUNDLE = a_bundle(part("sim"), part("phone", 0, 2), groups=[group(part("small"), part("large"), lower=1, upper=1)])


@pytest.mark.parametrize(
    "chosen",
    [{"sim": 1, "small": 1}, {"sim": 1, "large": 1, "phone": 2}],
)
def test_a_choice_within_all_limits_completes_a_bundle(chosen: dict[str, int]) -> None:
    assert faults_of_choice(BUNDLE, chosen, "productOrderItem[0]") == []


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"small": 1}, "bundleIncomplete"),
        ({"sim": 2, "small": 1}, "bundleIncomplete"),
        ({"sim": 1}, "bundleIncomplete"),
        ({"sim": 1, "small": 1, "large": 1}, "bundleIncomplete"),
        ({"sim": 1, "small": 1, "phone": 3}, "bundleIncomplete"),
        ({"sim": 1, "small": 1, "boat": 1}, "notInBundle"),
    ],
)
def test_a_choice_outside_a_limit_does_not(chosen: dict[str, int], code: str) -> None:
    faults = faults_of_choice(BUNDLE, chosen, "productOrderItem[0]")
    assert [(fault.path, fault.code) for fault in faults] == [("productOrderItem[0]", code)]


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 6))
def test_the_number_of_a_part_decides_alone(lower: int, more: int, count: int) -> None:
    bundle = a_bundle(part("p", lower, lower + more))
    complete = not faults_of_choice(bundle, {"p": count}, "at")
    assert complete == (lower <= count <= lower + more)
