"""On a bill a line with its number comes first, then what is part of it or was added to it."""

from __future__ import annotations

from typing import Any

from core.billing.places import places
from core.entity import Document
from tests.builders.inventory import a_product, characteristics, part_of


def named(identifier: str, parent: str = "", **attributes: Any) -> Document:
    """A product with an identifier, below another one where that is given."""
    related = {"productRelationship": part_of(parent)} if parent else {}
    return a_product(id=identifier, startDate="2026-01-01T00:00:00Z", **related, **attributes)


def test_a_line_comes_before_its_options_and_the_other_parts_of_its_bundle() -> None:
    number = {"productCharacteristic": characteristics(msisdn="+4915112345678")}
    products = [
        named("a-option", "z-line"),
        named("b-card", "y-bundle"),
        named("y-bundle"),
        named("z-line", "y-bundle", **number),
    ]
    assert list(places(products)) == ["y-bundle", "z-line", "a-option", "b-card"]


def test_a_part_whose_whole_is_elsewhere_has_a_place() -> None:
    assert places([named("a", "elsewhere"), named("b")]) == {"a": 0, "b": 1}


def test_products_that_name_one_another_have_a_place() -> None:
    assert places([named("a", "b"), named("b", "a")]) == {"a": 0, "b": 1}
