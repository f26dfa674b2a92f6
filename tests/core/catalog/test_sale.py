"""What may be sold, at which prices."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core.catalog import Offer, faults_of_sale, load_offers
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core
from tests.builders.catalog import (
    a_bundle,
    a_monthly_price,
    a_price,
    a_specification,
    a_usage_price,
    a_use,
    an_offering,
    group,
    part,
    refer,
)
from tests.builders.inventory import a_product

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
LATER = {"startDateTime": "2026-01-15T12:00:00.001Z"}
EARLIER = {"endDateTime": "2026-01-15T12:00:00Z"}


def stored(core: Core, context: Context, *offerings: Document, prices: list[Document] | None = None) -> None:
    with core.work(context) as work:
        work.create_many("ProductOfferingPrice", prices or [])
        for offering in offerings:
            work.create("ProductOffering", offering)


def offers(core: Core, context: Context, *identifiers: str) -> dict[str, Offer]:
    with core.reading(context) as reading:
        return load_offers(reading, identifiers)


def faults(core: Core, context: Context, identifier: str) -> list[tuple[str, str]]:
    found = faults_of_sale(offers(core, context, identifier), identifier, NOON, "item[0].productOffering")
    return [(fault.path, fault.code) for fault in found]


@pytest.mark.parametrize("state", ["Active", "Launched", "launched"])
def test_what_is_active_or_launched_is_sold(core: Core, context: Context, state: str) -> None:
    stored(core, context, an_offering(id="o", lifecycleStatus=state, isSellable=True))
    assert faults(core, context, "o") == []


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"lifecycleStatus": "In study"}, "offeringNotLaunched"),
        ({"lifecycleStatus": "Retired"}, "offeringNotLaunched"),
        ({"isSellable": False}, "offeringNotSellable"),
        ({"validFor": LATER}, "offeringOutsideValidity"),
        ({"validFor": EARLIER}, "offeringOutsideValidity"),
        ({"productOfferingPrice": [refer("ProductOfferingPrice", "nowhere")]}, "unknownPrice"),
        ({"productOfferingPrice": [a_price(lifecycleStatus="In study")]}, "noPriceInForce"),
        ({"productOfferingPrice": [a_price(validFor=LATER)]}, "noPriceInForce"),
        ({"productOfferingPrice": [a_price(None)]}, "missingAmount"),
        ({"productOfferingPrice": [a_usage_price(units="wagon")]}, "missingPulse"),
        ({"productOfferingPrice": [a_usage_price(per=Decimal("0.5"))]}, "invalidPulse"),
        ({"productOfferingPrice": [a_price(price={"unit": "USD", "value": 1})]}, "foreignCurrency"),
        ({"bundledProductOffering": [part("nowhere")]}, "bundleIncomplete"),
    ],
)
def test_what_forbids_a_sale_is_told_at_the_reference(
    core: Core, context: Context, attributes: dict[str, Any], code: str
) -> None:
    stored(core, context, an_offering(id="o", **attributes))
    assert faults(core, context, "o") == [("item[0].productOffering.id", code)]


def test_an_unknown_offering_cannot_be_sold(core: Core, context: Context) -> None:
    assert faults(core, context, "nothing") == [("item[0].productOffering.id", "unknownOffering")]


def test_a_part_that_is_not_sold_alone_is_sold_in_its_bundle(core: Core, context: Context) -> None:
    stored(core, context, an_offering(id="sim", isSellable=False), a_bundle(part("sim"), id="bundle"))
    assert faults(core, context, "bundle") == []
    assert faults(core, context, "sim") == [("item[0].productOffering.id", "offeringNotSellable")]


def test_a_mandatory_part_that_cannot_be_sold_spoils_the_bundle(core: Core, context: Context) -> None:
    retired = an_offering(id="phone", lifecycleStatus="Retired")
    stored(core, context, retired, a_bundle(part("phone", 1, 1), id="must"), a_bundle(part("phone", 0, 1), id="may"))
    assert faults(core, context, "must") == [("item[0].productOffering.id", "bundleIncomplete")]
    assert faults(core, context, "may") == []


def test_an_offer_has_all_it_is_made_of(core: Core, context: Context) -> None:
    price = a_monthly_price()
    with core.work(context) as work:
        work.create("ProductSpecification", a_specification(id="spec"))
    sim = an_offering(price, id="sim", specification="spec")
    bundle = a_bundle(part("sim"), groups=[group(part("phone"))], id="bundle")
    stored(core, context, sim, an_offering(id="phone"), bundle, prices=[price])
    found = offers(core, context, "bundle")
    assert found.keys() == {"bundle", "sim", "phone"}
    assert found["sim"].specification
    assert [one["id"] for one in found["sim"].prices] == [price["id"]]


def test_prices_end_and_begin(core: Core, context: Context) -> None:
    old, new = a_monthly_price(validFor=EARLIER), a_monthly_price(validFor={"startDateTime": EARLIER["endDateTime"]})
    stored(core, context, an_offering(old, new, id="o"), prices=[old, new])
    offer = offers(core, context, "o")["o"]
    assert [one["id"] for one in offer.prices_at(NOON)] == [new["id"]]
    assert [one["id"] for one in offer.prices_at(datetime(2026, 1, 1, tzinfo=UTC))] == [old["id"]]


def test_a_price_may_depend_on_what_is_chosen(core: Core, context: Context) -> None:
    small = a_monthly_price(10, prodSpecCharValueUse=[a_use("volume", "S")])
    large = a_monthly_price(20, prodSpecCharValueUse=[a_use("volume", "M", "L")])
    usage = a_usage_price(conditions={"usageType": ["voice"]})
    stored(core, context, an_offering(small, large, usage, id="o"), prices=[small, large, usage])
    offer = offers(core, context, "o")["o"]
    assert [one["id"] for one in offer.prices_at(NOON, {"volume": "L"})] == [large["id"], usage["id"]]
    assert [one["id"] for one in offer.prices_at(NOON)] == [usage["id"]]


def test_a_bundle_of_prices_stands_for_its_parts_and_a_price_brings_its_discount(core: Core, context: Context) -> None:
    discount = a_price(Decimal(-1), priceType="discount")
    other = a_price(name="replaced")
    related = [
        {"@type": "ProductOfferingPriceRelationship", "id": discount["id"], "relationshipType": "discount"},
        {"@type": "ProductOfferingPriceRelationship", "id": other["id"], "relationshipType": "replaces"},
    ]
    monthly, fee = a_monthly_price(popRelationship=related), a_price()
    parts = [
        {"@type": "BundledProductOfferingPriceRelationship", "id": monthly["id"]},
        {"@type": "BundledProductOfferingPriceRelationship", "id": fee["id"]},
    ]
    bundle = a_price(None, bundledPopRelationship=parts)
    stored(core, context, an_offering(bundle, id="o"), prices=[discount, other, monthly, fee, bundle])
    offer = offers(core, context, "o")["o"]
    assert {one["id"] for one in offer.prices} == {monthly["id"], fee["id"], discount["id"]}
    assert offer.unknown_prices == ()
    assert faults(core, context, "o") == []


def test_prices_that_bring_each_other_along_come_to_an_end(core: Core, context: Context) -> None:
    first, second = a_price(), a_price()
    for one, other in ((first, second), (second, first)):
        one["popRelationship"] = [
            {"@type": "ProductOfferingPriceRelationship", "id": other["id"], "relationshipType": "allowance"}
        ]
    stored(core, context, an_offering(first, id="o"), prices=[first, second])
    assert len(offers(core, context, "o")["o"].prices) == 2


def test_an_offering_that_was_sold_is_retired_not_deleted(core: Core, context: Context) -> None:
    stored(core, context, an_offering(id="o"))
    with core.work(context) as work:
        work.create("Product", a_product(productOffering=refer("ProductOffering", "o")))
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.delete("ProductOffering", "o")
    assert "Retired" in refusal.value.reason


def test_a_price_that_an_offering_has_by_value_is_its_own(core: Core, context: Context) -> None:
    basic, premium = a_price(Decimal(10), id="monthly"), a_price(Decimal(99), id="monthly")
    by_value = (("basic", basic), ("premium", premium))
    made = [an_offering(id=identifier, productOfferingPrice=[price]) for identifier, price in by_value]
    catalog = a_price(Decimal(50), id="monthly")
    stored(core, context, *made, an_offering(catalog, id="referring"), prices=[catalog])
    found = offers(core, context, "basic", "premium", "referring")
    assert {name: [price["price"]["value"] for price in offer.prices] for name, offer in found.items()} == {
        "basic": [Decimal(10)],
        "premium": [Decimal(99)],
        "referring": [Decimal(50)],
    }
