"""Products that belong together share their prices; another line in the same bundle keeps its own."""

from __future__ import annotations

from core.context import Context
from core.inventory import (
    children_of,
    families_of,
    install,
    live_products_of_customer,
    offering_in_use,
    products_of_account,
    specification_in_use,
    terminate,
)
from core.service import Core, Work
from tests.builders.inventory import a_customer_party, a_product, characteristics, part_of


def install_a_family(work: Work) -> None:
    """A bundle of two lines and a handset; the first line has an option of its own."""
    install(work, a_product(id="a-bundle", isBundle=True))
    for n, line in enumerate(("b-line", "c-line")):
        number = characteristics(msisdn=f"+491511234567{n}")
        install(work, a_product(id=line, productCharacteristic=number, productRelationship=part_of("a-bundle")))
    install(work, a_product(id="d-handset", productRelationship=part_of("a-bundle")))
    install(work, a_product(id="e-option", productRelationship=part_of("b-line", "reliesOn")))
    install(work, a_product(id="f-alone", productRelationship=part_of("nowhere", "reliesOn")))


def test_a_line_shares_with_its_bundle_and_additions_but_not_with_another_line(core: Core, context: Context) -> None:
    with core.work(context) as work:
        install_a_family(work)
    with core.reading(context) as reading:
        families = families_of(reading, ["b-line", "c-line", "e-option", "f-alone", "unknown"])
    assert families == {
        "b-line": ["b-line", "a-bundle", "d-handset", "e-option"],
        "c-line": ["c-line", "a-bundle", "d-handset"],
        "e-option": ["e-option", "a-bundle", "b-line", "d-handset"],
        "f-alone": ["f-alone"],
    }


def test_products_that_claim_to_contain_each_other_do_no_harm(core: Core, context: Context) -> None:
    with core.work(context) as work:
        install(work, a_product(id="x", productRelationship=part_of("y")))
        install(work, a_product(id="y", productRelationship=part_of("x")))
    with core.reading(context) as reading:
        assert families_of(reading, ["x"])["x"][0] == "x"
    with core.work(context) as work:
        terminate(work, "x")


def test_products_are_found_by_customer_account_offering_and_parent(core: Core, context: Context) -> None:
    offered = {"productOffering": {"id": "o1"}, "productSpecification": {"id": "s1"}}
    with core.work(context) as work:
        install(work, a_product(id="p1", **offered))
        install(work, a_product(id="p2", productRelationship=part_of("p1")))
        install(work, a_product(id="p3", relatedParty=[a_customer_party("c2")], billingAccount={"id": "b2"}))
        terminate(work, "p2")
    with core.reading(context) as reading:
        assert [p["id"] for p in live_products_of_customer(reading, "c1")] == ["p1"]
        assert [p["id"] for p in products_of_account(reading, ["b1", "b2"])] == ["p1", "p2", "p3"]
        assert children_of(reading, ["p1"]) == []
        assert (offering_in_use(reading, "o1"), offering_in_use(reading, "o2")) == (True, False)
        assert (specification_in_use(reading, "s1"), specification_in_use(reading, "s2")) == (True, False)
