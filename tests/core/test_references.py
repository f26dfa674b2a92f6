"""References to what isn't there: kept by default, refused where the settings are strict."""

from __future__ import annotations

import pytest

from core.context import Context
from core.errors import Conflict
from core.references import dangling_references
from core.service import Core
from core.settings import Settings
from tests.builders.catalog import a_bundle, a_category, a_price, an_offering, group, part, refer
from tests.builders.customer import a_customer


@pytest.fixture
def strict(core: Core) -> Core:
    """The core with strict references."""
    settings = Settings(**core.settings.model_dump() | {"references": "strict"})
    return Core(settings, core.database, core.entities.values(), core.clock)


def test_by_default_a_reference_may_lead_anywhere(core: Core, context: Context) -> None:
    with core.work(context) as work:
        made = work.create("ProductOffering", an_offering(specification="elsewhere"))
    assert made["productSpecification"]["id"] == "elsewhere"


def test_a_strict_brand_refuses_each_by_its_path(strict: Core, context: Context) -> None:
    bundle = a_bundle(
        part("b1"),
        groups=[group(part("g1"), part("g2"))],
        category=[refer("Category", "c1")],
        productOfferingPrice=[refer("ProductOfferingPrice", "p1"), a_price()],
    )
    with strict.work(context) as work, pytest.raises(Conflict) as refusal:
        work.create("ProductOffering", bundle)
    assert {fault.path for fault in refusal.value.faults} == {
        "bundledProductOffering[0].id",
        "bundledGroupProductOffering[0].bundledProductOffering[0].id",
        "bundledGroupProductOffering[0].bundledProductOffering[1].id",
        "category[0].id",
        "productOfferingPrice[0].id",
    }


def test_known_references_and_those_among_what_is_created_together_are_fine(strict: Core, context: Context) -> None:
    with strict.work(context) as work:
        top = a_category()
        work.create_many("Category", [a_category(parent=top["id"]), top])
        work.create("ProductOffering", an_offering(category=[refer("Category", top["id"])]))


def test_what_was_kept_before_may_stay_but_not_be_added(core: Core, strict: Core, context: Context) -> None:
    with core.work(context) as work:
        offering = work.create("ProductOffering", an_offering(specification="elsewhere"))
    with strict.work(context) as work:
        work.change("ProductOffering", offering["id"], lambda one: one | {"name": "Renamed"})
    with strict.work(context) as work, pytest.raises(Conflict) as refusal:
        work.change("ProductOffering", offering["id"], lambda one: one | {"category": [refer("Category", "no")]})
    assert [fault.path for fault in refusal.value.faults] == ["category[0].id"]


def test_accounts_of_other_systems_are_not_ours_to_judge(strict: Core, context: Context) -> None:
    account = {"@type": "AccountRef", "id": "f1"}
    with strict.work(context) as work:
        work.create("Customer", a_customer(account=[account | {"@referredType": "FinancialAccount"}]))
    with strict.work(context) as work, pytest.raises(Conflict):
        work.create("Customer", a_customer(account=[account | {"@referredType": "BillingAccount"}]))


def test_what_dangles_can_be_listed(core: Core, context: Context) -> None:
    with core.work(context) as work:
        price = work.create("ProductOfferingPrice", a_price())
        offering = work.create("ProductOffering", an_offering(price, specification="elsewhere"))
    with core.reading(context) as reading:
        found = dangling_references(reading, core.entities["ProductOffering"], [offering])
    assert [(one.path, one.entity, one.identifier) for one in found[0]] == [
        ("productSpecification.id", "ProductSpecification", "elsewhere")
    ]
