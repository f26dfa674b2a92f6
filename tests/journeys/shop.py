"""What journeys send: the demo brand's catalog, a customer, orders."""

from __future__ import annotations

from typing import Any

from cli.demo.data import read
from cli.demo.loader import CATALOG
from tests.journeys.caller import Caller

MSISDN = "4915599000001"
Document = dict[str, Any]


def offer(caller: Caller) -> None:
    """Put the demo brand's catalog in, request by request."""
    for resource, name in CATALOG.items():
        api = "tmf635" if resource == "UsageSpecification" else "tmf620"
        for body in read(name):
            caller.post(api, resource[0].lower() + resource[1:], body)


def sign_up(caller: Caller) -> str:
    """Create a customer and return the identifier."""
    party = {"@type": "PartyRef", "@referredType": "Individual", "id": "p1", "name": "Rosa Exampleton"}
    body = {"@type": "Customer", "name": "Rosa Exampleton", "engagedParty": party}
    identifier: str = caller.post("tmf629", "customer", body)["id"]
    return identifier


def order_for(customer: str, *items: Document) -> Document:
    """Return an order of a customer."""
    role = {"@type": "PartyRoleRef", "@referredType": "Customer", "id": customer}
    party = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "customer", "partyOrPartyRole": role}
    return {"@type": "ProductOrder", "relatedParty": [party], "productOrderItem": list(items)}


def item(item_id: str, offering: str, *parts: Document, **chosen: str) -> Document:
    """Return an order item that adds an offering, with its parts and the characteristics chosen."""
    characteristics = [{"@type": "StringCharacteristic", "name": name, "value": chosen[name]} for name in chosen]
    inside = {"productOrderItem": list(parts)} if parts else {}
    return inside | {
        "@type": "ProductOrderItem",
        "id": item_id,
        "action": "add",
        "productOffering": {"@type": "ProductOfferingRef", "id": offering},
        "product": {"@type": "Product", "productCharacteristic": characteristics},
    }
