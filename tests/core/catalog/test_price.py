"""What a price may and may not say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog import faults_of_charging, faults_of_price
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core
from tests.builders.catalog import (
    a_monthly_price,
    a_price,
    a_usage_price,
    a_use,
    a_value,
    an_allowance,
    an_offering,
    refer,
)

VAT = {"taxCategory": "VAT", "taxRate": 19}


def paths(document: Document) -> list[str]:
    return [fault.path for fault in faults_of_price(document)]


@pytest.mark.parametrize(
    "price",
    [
        a_price(),
        a_price(0),
        a_monthly_price(),
        a_usage_price(),
        a_usage_price(Decimal("0.000000001")),
        an_allowance(300, "min"),
        a_price(Decimal("-5.00"), priceType="discount"),
        a_price(None, priceType="discount", percentage=Decimal("10.5")),
        a_price(priceType="one time"),
        a_price(None, priceType="penalty"),
        a_price(None, priceType="recurring"),
        a_price(Decimal(50), priceType="recurring", recurringChargePeriodType="monthly", percentage=0),
        {"priceType": "oneTime", "price": {}},
    ],
)
def test_a_price_that_makes_sense_or_is_merely_unfinished_is_accepted(price: Document) -> None:
    assert paths(price) == []


@pytest.mark.parametrize(
    ("price", "path"),
    [
        (a_price(Decimal("-0.01")), "price.value"),
        (a_usage_price(-1), "price.value"),
        (a_price(10**9), "price.value"),
        (a_price(Decimal("1E+40")), "price.value"),
        (a_price(Decimal("0.0000000001")), "price.value"),
        (a_price(price={"value": 5, "unit": "XQQ"}), "price.unit"),
        (a_price(price={"value": 5, "unit": "euro"}), "price.unit"),
        (a_price(price={"value": 5}), "price.unit"),
        (a_price(tax=[{"taxRate": 19}, {"taxRate": -1}]), "tax[1].taxRate"),
        (a_price(tax=[{"taxRate": Decimal("100.01")}]), "tax[0].taxRate"),
        (a_price(tax=[VAT, {"taxAmount": {"unit": "EUR", "value": Decimal("-0.01")}}]), "tax[1].taxAmount.value"),
        (a_price(tax=[VAT | {"taxAmount": {"unit": "EUR", "value": 10**9}}]), "tax[0].taxAmount.value"),
        (a_price(tax=[VAT | {"taxAmount": {"unit": "XQQ", "value": 1}}]), "tax[0].taxAmount.unit"),
        (a_price(priceType="recurring"), "recurringChargePeriodType"),
        (a_monthly_price(recurringChargePeriodType="fortnight"), "recurringChargePeriodType"),
        (a_monthly_price(recurringChargePeriodLength=0), "recurringChargePeriodLength"),
        (a_monthly_price(recurringChargePeriodLength=-1), "recurringChargePeriodLength"),
        (
            a_monthly_price(recurringChargePeriodType="year", recurringChargePeriodLength=11),
            "recurringChargePeriodLength",
        ),
        (a_price(-2, priceType="discount", recurringChargePeriodType="fortnight"), "recurringChargePeriodType"),
        (a_price(-2, priceType="discount", recurringChargePeriodLength=8000), "recurringChargePeriodLength"),
        (a_price(-2, priceType="discount", percentage=10), "percentage"),
        (
            a_price(tax=[{"taxCategory": "VAT", "taxRate": 19}, {"taxCategory": "VAT", "taxRate": Decimal("19.0")}]),
            "tax[1]",
        ),
        (a_usage_price(per=0), "unitOfMeasure.amount"),
        (a_usage_price(per=Decimal("-60")), "unitOfMeasure.amount"),
        (a_price(None, priceType="discount", percentage=101), "percentage"),
        (an_allowance(0, "min"), "prodSpecCharValueUse[0].productSpecCharacteristicValue"),
        (an_allowance(300, "fathoms"), "prodSpecCharValueUse[0].productSpecCharacteristicValue"),
        (
            a_usage_price(0, prodSpecCharValueUse=[a_use("allowance", "many")]),
            "prodSpecCharValueUse[0].productSpecCharacteristicValue",
        ),
        (
            a_monthly_price(prodSpecCharValueUse=[a_use("allowance", a_value(1, unitOfMeasure="GB"))]),
            "prodSpecCharValueUse[0].name",
        ),
        (
            a_usage_price(conditions={"destination": [a_value(None, regex="(")]}),
            "prodSpecCharValueUse[0].productSpecCharacteristicValue[0].regex",
        ),
        (
            a_usage_price(conditions={"zone": [a_value(None, valueFrom=5, valueTo=1)]}),
            "prodSpecCharValueUse[0].productSpecCharacteristicValue[0].valueTo",
        ),
    ],
)
def test_a_price_that_makes_no_sense_is_refused_by_path(price: Document, path: str) -> None:
    assert path in paths(price)


def test_a_tax_below_zero_is_one_on_a_discount() -> None:
    tax = [VAT | {"taxAmount": {"unit": "EUR", "value": Decimal("-0.38")}}]
    assert paths(a_price(-2, priceType="discount", tax=tax)) == []
    assert paths(a_price(2, tax=tax)) == ["tax[0].taxAmount.value"]


def test_an_allowance_costs_nothing() -> None:
    price = an_allowance(300, "min") | {"price": {"unit": "EUR", "value": Decimal("0.01")}}
    assert "prodSpecCharValueUse[0].name" in paths(price)


def test_all_faults_are_told_at_once(core: Core, context: Context) -> None:
    wrong = a_monthly_price(-1, recurringChargePeriodType="era", tax=[{"taxRate": 119}])
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.create("ProductOfferingPrice", wrong)
    told = {fault.path for fault in refusal.value.faults}
    assert told == {"price.value", "recurringChargePeriodType", "tax[0].taxRate"}


def test_one_period_and_one_unit_are_understood(core: Core, context: Context) -> None:
    monthly = a_monthly_price()
    del monthly["recurringChargePeriodLength"]
    each = a_usage_price()
    del each["unitOfMeasure"]["amount"]
    with core.work(context) as work:
        assert work.create("ProductOfferingPrice", monthly)["recurringChargePeriodLength"] == 1
        assert work.create("ProductOfferingPrice", each)["unitOfMeasure"]["amount"] == 1


def test_a_price_keeps_its_digits(core: Core, context: Context) -> None:
    price = a_usage_price(Decimal("0.000123400"))
    with core.work(context) as work:
        work.create("ProductOfferingPrice", price)
    with core.reading(context) as reading:
        assert str(reading.require("ProductOfferingPrice", price["id"])["price"]["value"]) == "0.000123400"


def test_a_price_by_value_inside_an_offering_is_judged_and_gets_an_identifier(core: Core, context: Context) -> None:
    value = a_monthly_price()
    del value["id"]
    with core.work(context) as work:
        offering = work.create("ProductOffering", an_offering(productOfferingPrice=[value]))
    assert offering["productOfferingPrice"][0]["id"]
    wrong = [refer("ProductOfferingPrice", "elsewhere"), a_price(-1)]
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.create("ProductOffering", an_offering(productOfferingPrice=wrong))
    assert refusal.value.faults[0].path == "productOfferingPrice[1].price.value"


def test_a_price_that_an_offering_refers_to_stays(core: Core, context: Context) -> None:
    price = a_price()
    with core.work(context) as work:
        work.create("ProductOfferingPrice", price)
        offering = work.create("ProductOffering", an_offering(price))
    with core.work(context) as work, pytest.raises(Conflict) as refusal:
        work.delete("ProductOfferingPrice", price["id"])
    assert offering["id"] in refusal.value.reason


@pytest.mark.parametrize(
    ("price", "path"),
    [
        (a_price(None), "price"),
        (a_price(priceType="donation"), "priceType"),
        (a_price(5, priceType="recurring"), "recurringChargePeriodType"),
        (a_usage_price(unitOfMeasure=None), "unitOfMeasure"),
        (a_usage_price(units="API call"), "unitOfMeasure"),
        (a_price(tax=[{"taxCategory": "VAT"}]), "tax[0].taxRate"),
        (a_price(price={"unit": "USD", "value": 1}), "price.unit"),
        (a_usage_price(0, price={"unit": "USD", "value": 0}), "price.unit"),
        (a_usage_price(per=Decimal("0.5")), "unitOfMeasure"),
        (a_usage_price(1_000_001), "price.value"),
        (an_allowance(Decimal("0.5"), "s"), "prodSpecCharValueUse"),
    ],
)
def test_an_unfinished_price_cannot_be_charged(price: Document, path: str) -> None:
    assert path in [fault.path for fault in faults_of_charging(price, "EUR")]


@pytest.mark.parametrize("price", [a_price(), a_monthly_price(), a_usage_price(), an_allowance(1, "GB")])
def test_a_finished_price_can_be_charged(price: Document) -> None:
    assert list(faults_of_charging(price, "EUR")) == []


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)
)


@given(
    st.fixed_dictionaries(
        {"priceType": st.sampled_from(["recurring", "oneTime", "usage", "discount", "x"])},
        optional={
            "price": st.fixed_dictionaries(
                {},
                optional={
                    "unit": st.text(max_size=4),
                    "value": st.decimals(allow_nan=False, allow_infinity=False) | st.integers(),
                },
            ),
            "percentage": st.decimals(allow_nan=False, allow_infinity=False),
            "recurringChargePeriodType": st.text(max_size=8),
            "recurringChargePeriodLength": st.integers(),
            "unitOfMeasure": st.fixed_dictionaries(
                {}, optional={"amount": st.integers(), "units": st.text(max_size=3)}
            ),
            "tax": st.lists(st.fixed_dictionaries({}, optional={"taxRate": st.integers()}), max_size=2),
            "prodSpecCharValueUse": st.lists(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "name": st.sampled_from(["allowance", "zone"]),
                        "productSpecCharacteristicValue": st.lists(
                            st.fixed_dictionaries(
                                {},
                                optional={
                                    "value": ANY_JSON,
                                    "regex": st.text(max_size=4),
                                    "unitOfMeasure": st.text(max_size=3),
                                },
                            ),
                            max_size=2,
                        ),
                    },
                ),
                max_size=2,
            ),
        },
    )
)
def test_whatever_the_specification_lets_through_is_judged_without_an_accident(price: dict[str, Any]) -> None:
    list(faults_of_price(price))
    list(faults_of_charging(price, "EUR"))


def test_a_price_is_not_related_to_itself(core: Core, context: Context) -> None:
    related = {"popRelationship": [{"id": "p", "relationshipType": "discount"}]}
    with pytest.raises(Conflict) as refusal, core.work(context) as work:
        work.create("ProductOfferingPrice", a_price(id="p") | related)
    assert refusal.value.faults[0].path == "popRelationship[0].id"


def test_a_price_that_does_not_say_its_type_is_shown_with_one_and_not_charged(core: Core, context: Context) -> None:
    with core.work(context) as work:
        made = work.create("ProductOfferingPrice", {"name": "kit", "id": "p"})
        changed = work.change("ProductOfferingPrice", "p", lambda price: price | {"priceType": "oneTime"}, caller=True)
    assert (made["priceType"], changed["priceType"]) == ("other", "oneTime")
    assert "priceType" in [fault.path for fault in faults_of_charging(made, "EUR")]
