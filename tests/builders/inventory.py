"""The smallest valid products, and the prices they are sold at."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.inventory import PriceVersion


def a_product(**attributes: Any) -> dict[str, Any]:
    """A product of customer c1 on billing account b1, active, with any attribute of TMF637 given by name."""
    product: dict[str, Any] = {
        "@type": "Product",
        "status": "active",
        "billingAccount": {"@type": "BillingAccountRef", "id": "b1"},
        "relatedParty": [a_customer_party("c1")],
    }
    return product | attributes


def a_customer_party(identifier: str) -> dict[str, Any]:
    """A related party in the role of customer."""
    reference = {"@type": "PartyRoleRef", "id": identifier, "@referredType": "Customer"}
    return {"@type": "RelatedPartyOrPartyRole", "role": "customer", "partyOrPartyRole": reference}


def characteristics(**values: Any) -> list[dict[str, Any]]:
    """Characteristics by name: `characteristics(msisdn="+4915112345678")`."""
    return [{"@type": "StringCharacteristic", "name": name, "value": value} for name, value in values.items()]


def a_price_version(price_id: str = "p1", revision: int = 1, amount: str = "9.99") -> PriceVersion:
    """A monthly price of `amount` euros without tax, frozen."""
    money = {"unit": "EUR", "value": Decimal(amount)}
    document = {
        "@type": "ProductOfferingPrice",
        "id": price_id,
        "name": f"Price {price_id}",
        "version": "1.0",
        "priceType": "recurring",
        "recurringChargePeriodType": "month",
        "recurringChargePeriodLength": 1,
        "price": money,
        "tax": [{"@type": "TaxItem", "taxCategory": "VAT", "taxRate": Decimal(19)}],
    }
    return PriceVersion(price_id, revision, document)


def part_of(product_id: str, relationship: str = "bundledBy") -> list[dict[str, Any]]:
    """A product relationship that makes a product a part of, or an addition to, another."""
    return [{"@type": "ProductRelationship", "id": product_id, "relationshipType": relationship}]
