"""The smallest valid catalog documents, in TMF620's v5 form; anything may be overridden by its own name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.entity import Document, new_id

TAX = {"@type": "TaxItem", "taxCategory": "VAT", "taxRate": 19}


def a_category(**attributes: Any) -> Document:
    """A category; `parent` may be the identifier of another one."""
    parent = attributes.pop("parent", None)
    named = {"parent": refer("Category", parent)} if parent else {}
    return {"@type": "Category", "id": new_id(), "name": "Plans", **named, **attributes}


def a_specification(*characteristics: Document, **attributes: Any) -> Document:
    """A product specification with these characteristics."""
    described = {"productSpecCharacteristic": list(characteristics)} if characteristics else {}
    return {
        "@type": "ProductSpecification",
        "id": new_id(),
        "name": "Mobile line",
        "lifecycleStatus": "Active",
        **described,
        **attributes,
    }


def a_characteristic(name: str, *values: Any, value_type: str = "string", **attributes: Any) -> Document:
    """A described characteristic that takes any of `values`; the first of them is the default if so asked."""
    default = attributes.pop("default", False)
    allowed = [value if isinstance(value, dict) else a_value(value) for value in values]
    if default:
        allowed[0] |= {"isDefault": True}
    described = {"characteristicValueSpecification": allowed} if allowed else {}
    return {"@type": "CharacteristicSpecification", "name": name, "valueType": value_type, **described, **attributes}


def a_value(value: Any = None, **attributes: Any) -> Document:
    """A value that a characteristic may have, or a range where `value` is left out."""
    kind = "String" if isinstance(value, str) else "Number"
    given = {} if value is None else {"value": value}
    return {"@type": f"{kind}CharacteristicValueSpecification", **given, **attributes}


def a_price(amount: Decimal | int | None = Decimal("10.00"), **attributes: Any) -> Document:
    """A price in EUR with 19 % VAT, once; see also the others."""
    money = {} if amount is None else {"price": {"unit": "EUR", "value": amount}}
    return {
        "@type": "ProductOfferingPrice",
        "id": new_id(),
        "name": "Price",
        "priceType": "oneTime",
        "lifecycleStatus": "Active",
        "tax": [dict(TAX)],
        **money,
        **attributes,
    }


def a_monthly_price(amount: Decimal | int = Decimal("9.99"), **attributes: Any) -> Document:
    """A price for each month."""
    period = {"recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}
    return a_price(amount, **{"name": "Monthly fee", "priceType": "recurring", **period, **attributes})


def a_usage_price(
    amount: Decimal | int = Decimal("0.09"), *, per: Any = 60, units: str = "s", **attributes: Any
) -> Document:
    """A price for each started pulse of usage; keyword `conditions` maps names to alternatives."""
    uses = [a_use(name, *values) for name, values in attributes.pop("conditions", {}).items()]
    pulse = {"unitOfMeasure": {"amount": per, "units": units}}
    conditions = {"prodSpecCharValueUse": uses} if uses else {}
    return a_price(amount, **{"name": "Usage", "priceType": "usage", **pulse, **conditions, **attributes})


def an_allowance(amount: Decimal | int, units: str, *, conditions: dict[str, list[Any]] | None = None) -> Document:
    """An amount of usage that costs nothing in each period."""
    uses = [a_use(name, *values) for name, values in (conditions or {}).items()]
    granted = a_use("allowance", a_value(amount, unitOfMeasure=units))
    price = a_usage_price(0, per=1, units=units, name=f"{amount} {units} included")
    return price | {"prodSpecCharValueUse": [granted, *uses]}


def a_use(name: str, *values: Any) -> Document:
    """A characteristic named by a price or an offering, with the values it may have."""
    allowed = [value if isinstance(value, dict) else a_value(value) for value in values]
    return {
        "@type": "ProductSpecificationCharacteristicValueUse",
        "name": name,
        "productSpecCharacteristicValue": allowed,
    }


def an_offering(*prices: Document, specification: str | None = None, **attributes: Any) -> Document:
    """A launched offering that refers to these prices and to a specification by its identifier."""
    refers: Document = {}
    if prices:
        refers["productOfferingPrice"] = [refer("ProductOfferingPrice", price["id"]) for price in prices]
    if specification:
        refers["productSpecification"] = refer("ProductSpecification", specification)
    return {
        "@type": "ProductOffering",
        "id": new_id(),
        "name": "Plan M",
        "lifecycleStatus": "Launched",
        **refers,
        **attributes,
    }


def a_bundle(*parts: Document, groups: list[Document] | None = None, **attributes: Any) -> Document:
    """A launched bundle; parts come from `part`, groups from `group`."""
    grouped = {"bundledGroupProductOffering": groups} if groups else {}
    return an_offering(**{"name": "Bundle", "bundledProductOffering": list(parts), **grouped, **attributes})


def part(offering_id: str, lower: int | None = None, upper: int | None = None, default: int | None = None) -> Document:
    """An offering inside a bundle, with limits if any are given."""
    option = _limits(lower, upper, default)
    limits = {"bundledProductOfferingOption": {"@type": "BundledProductOfferingOption", **option}} if option else {}
    return {"@type": "BundledProductOffering", "id": offering_id, **limits}


def group(*parts: Document, lower: int | None = None, upper: int | None = None) -> Document:
    """A group of offerings in a bundle among which a choice is made."""
    option = _limits(lower, upper, None)
    return {
        "@type": "BundledGroupProductOffering",
        "name": "Choice",
        "bundledProductOffering": list(parts),
        "bundledGroupProductOfferingOption": {"@type": "BundledGroupProductOfferingOption", **option},
    }


def refer(entity: str, identifier: str) -> Document:
    """A reference to a resource."""
    return {"@type": f"{entity}Ref", "@referredType": entity, "id": identifier}


def _limits(lower: int | None, upper: int | None, default: int | None) -> Document:
    given = {
        "numberRelOfferLowerLimit": lower,
        "numberRelOfferUpperLimit": upper,
        "numberRelOfferDefault": default,
    }
    return {name: number for name, number in given.items() if number is not None}
