"""The price written out in an offering: what v4 says of its amounts and taxes, and v5 too, never contradict."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apis.tmf630.patch import read_patch
from tests.apis.conftest import Ask
from tests.apis.generations import both
from tests.apis.test_completion import MOST_BYTES, carried

OPERATIONS = "application/json-patch+json"
OLD, NEW = both("tmf620", "ProductOffering")
VAT = {"@type": "TaxItem", "taxCategory": "VAT", "taxRate": 19}
CITY = {"@type": "TaxItem", "taxCategory": "CITY", "taxRate": 1}


def eur(value: str) -> dict[str, Any]:
    return {"unit": "EUR", "value": Decimal(value)}


def offering(**price: Any) -> dict[str, Any]:
    """Return a stored offering with one price in it."""
    return {"@type": "ProductOffering", "productOfferingPrice": [{"@type": "ProductOfferingPrice", **price}]}


def shown(stored: dict[str, Any]) -> dict[str, Any]:
    """Return the price of an offering as v4 shows it."""
    (price,) = OLD.fitted(OLD.dialect.dump(stored))["productOfferingPrice"]
    return dict(price)


def patched(stored: dict[str, Any], op: str, path: str, value: Any = None) -> dict[str, Any]:
    """Return the stored offering after an operation of JSON Patch on its price in v4."""
    operation = {"op": op, "path": f"/productOfferingPrice/0/{path}", "value": value}
    return carried(OLD, stored, read_patch(OPERATIONS, [operation], OLD, MOST_BYTES))


SEVERAL = {"name": "p", "price": eur("10"), "tax": [VAT, CITY]}


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [
        (("replace", "name", "q"), SEVERAL | {"name": "q"}),
        (("replace", "tax/1/taxRate", 2), SEVERAL | {"tax": [VAT, CITY | {"taxRate": 2}]}),
        (("remove", "tax"), {"name": "p", "price": eur("10")}),
        (("remove", "tax/1"), SEVERAL | {"tax": [VAT]}),
        (("add", "price/taxRate", 7), SEVERAL | {"v4_price": {"taxRate": 7}}),
        (
            ("add", "price/taxIncludedAmount", eur("12")),
            SEVERAL | {"v4_price": {"taxIncludedAmount": eur("12"), "dutyFreeAmount": eur("10")}},
        ),
    ],
)
def test_a_patch_of_a_price_with_several_taxes_changes_what_it_says(
    operation: tuple[Any, ...], outcome: dict[str, Any]
) -> None:
    assert patched(offering(**SEVERAL), *operation) == offering(**outcome)


def test_several_taxes_read_in_v4_and_created_anew_are_those_of_v5_again() -> None:
    (price,) = OLD.read({"productOfferingPrice": [shown(offering(**SEVERAL))]})["productOfferingPrice"]
    assert price == {"@type": "ProductOfferingPrice", **SEVERAL}


@pytest.mark.parametrize("path", ["tax", "tax.taxCategory", "price.taxRate", "price"])
def test_taxes_are_known_in_v4_where_it_shows_them(path: str) -> None:
    assert OLD.knows(("productOfferingPrice", *path.split(".")))


def test_a_total_of_an_amount_that_v5_has_changed_is_no_longer_shown() -> None:
    (price,) = OLD.read({"productOfferingPrice": [{"price": {"taxRate": 19, "taxIncludedAmount": eur("11.9")}}]})[
        "productOfferingPrice"
    ]
    assert shown(offering(**price))["price"] == {"taxRate": 19, "taxIncludedAmount": eur("11.9")}
    changed = offering(**price, price=eur("50"))
    assert shown(changed)["price"] == {"taxRate": 19, "dutyFreeAmount": eur("50")}
    again = patched(changed, "add", "price/taxIncludedAmount", eur("59.5"))
    assert shown(again)["price"] == {"taxRate": 19, "dutyFreeAmount": eur("50"), "taxIncludedAmount": eur("59.5")}
    assert again["productOfferingPrice"][0]["tax"] == [{"@type": "TaxItem", "taxRate": 19, "taxAmount": eur("9.5")}]


TAXED_BELOW_ZERO = {
    "v4": {
        "price": {
            "dutyFreeAmount": {"unit": "EUR", "value": 10},
            "taxIncludedAmount": {"unit": "EUR", "value": 9},
        }
    },
    "v5": {
        "@type": "ProductOfferingPrice",
        "price": {"unit": "EUR", "value": 10},
        "tax": [{"@type": "TaxItem", "taxRate": 19, "taxAmount": {"unit": "EUR", "value": -1}}],
    },
}


@pytest.mark.parametrize(
    ("version", "attribute"), [("v4", "price.taxIncludedAmount.value"), ("v5", "tax[0].taxAmount.value")]
)
def test_a_tax_below_zero_is_refused_in_the_words_of_the_version(ask: Ask, version: str, attribute: str) -> None:
    price = TAXED_BELOW_ZERO[version] | {"name": "Once", "priceType": "oneTime"}
    stated = {"lastUpdate": "2026-01-01T00:00:00Z", "lifecycleStatus": "In study"}
    body = {"@type": "ProductOffering", "name": "Plan", "productOfferingPrice": [price | stated], **stated}
    reply = ask("POST", f"/tmf-api/productCatalogManagement/{version}/productOffering", json=body)
    said = reply.json()
    assert (reply.status_code, said["code"]) == (409, "negativeAmount"), said
    assert said["reason"].startswith(f"productOfferingPrice[0].{attribute}: a tax of -1 is below zero")
