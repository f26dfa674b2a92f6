"""The smallest valid orders, in TMF622's v5 form; anything may be overridden by its own name."""

from __future__ import annotations

from typing import Any

from core.entity import Document
from tests.builders.catalog import refer
from tests.builders.inventory import characteristics

CUSTOMER = "customer-1"


def an_order(*items: Document, customer: str | None = CUSTOMER, **attributes: Any) -> Document:
    """An order of a customer (None: of nobody) with these items."""
    party = [] if customer is None else [a_related_party(customer)]
    order = {"@type": "ProductOrder", "productOrderItem": [*items], "relatedParty": party}
    return order | attributes


def a_related_party(identifier: str, role: str = "customer", kind: str = "Customer") -> Document:
    """A related party as orders carry it."""
    reference = {"@type": "PartyRoleRef", "@referredType": kind, "id": identifier}
    return {"@type": "RelatedPartyRefOrPartyRoleRef", "role": role, "partyOrPartyRole": reference}


def an_item(
    offering: str | None = None,
    *parts: Document,
    action: str = "add",
    id: str = "1",  # noqa: A002
    **attributes: Any,
) -> Document:
    """An item that adds an offering, with items inside it."""
    item: Document = {"@type": "ProductOrderItem", "id": id, "action": action}
    if offering:
        item["productOffering"] = refer("ProductOffering", offering)
    if parts:
        item["productOrderItem"] = [*parts]
    return item | attributes


def a_change(product_id: str, action: str = "modify", id: str = "1", **attributes: Any) -> Document:  # noqa: A002
    """An item that changes or ends a product: `a_change(product["id"], "delete")`."""
    product = {"@type": "Product", "id": product_id} | attributes.pop("product", {})
    return an_item(action=action, id=id, product=product, **attributes)


def with_characteristics(**values: Any) -> Document:
    """The product of an item, by its characteristics: `an_item("plan", product=with_characteristics(msisdn=...))`."""
    return {"@type": "Product", "productCharacteristic": characteristics(**values)}


def relying_on(*item_ids: str, kind: str = "reliesOn") -> list[Document]:
    """Relationships of an item to others in the same order."""
    return [{"@type": "OrderItemRelationship", "id": one, "relationshipType": kind} for one in item_ids]
