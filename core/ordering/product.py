"""The product that an order item describes, as the inventory keeps it (TMF622 ProductRefOrValue to TMF637 Product)."""

from __future__ import annotations

from collections.abc import Iterable

from core.catalog import Offer, everything_in
from core.entity import Document, copied
from core.inventory import BELONGING
from core.ordering.items import Item

# What an order says of a product by other means, or the inventory knows by itself.
NOT_TAKEN_OVER = frozenset(
    {
        *("id", "href", "@referredType", "status", "isBundle"),
        *("creationDate", "orderDate", "startDate", "terminationDate"),
        *("productOffering", "productSpecification", "productCharacteristic", "productPrice"),
        *("productOrderItem", "productRelationship", "product", "relatedParty", "billingAccount"),
    }
)
TYPE = frozenset({"@type", "@baseType", "@schemaLocation"})


def as_described(item: Item) -> Document:
    """Return what an item says of its product that is taken over as it is: name, place, serial number, extensions."""
    left_out = NOT_TAKEN_OVER | (TYPE if item.product.get("@type") == "ProductRef" else frozenset())
    return {name: copied(value) for name, value in item.product.items() if name not in left_out}


def as_offered(item: Item, offer: Offer | None) -> Document:
    """Return the references to offering and specification, and the name that the offering gives."""
    offering = offer.offering if offer else {}
    described: Document = {"name": offering["name"]} if offering.get("name") else {}
    if item.offering:
        described["productOffering"] = _reference("ProductOfferingRef", offering or item.offering)
    if offering.get("productSpecification"):
        specification = (offer and offer.specification) or offering["productSpecification"]
        described["productSpecification"] = _reference("ProductSpecificationRef", specification)
    return described


def as_related(item: Item, offers: dict[str, Offer], holder_offering: str | None) -> Document:
    """Return what the product is part of or relies on, and its own parts.

    Inside a bundle that takes it, a product is bundled by it; inside anything else it is an addition to that. So it
    is to what it relies on, by its own words or by those of its item; what is named first is what it belongs to.
    """
    relationships = [copied(one) for one in item.product.get("productRelationship") or ()]
    if item.parent is not None and item.parent.product_id:
        bundle = offers.get(holder_offering or "")
        parts = {part.offering_id for part in everything_in(bundle.offering)} if bundle else set()
        kind = "bundledBy" if item.offering_id in parts else "reliesOn"
        others = [one for one in relationships if one.get("relationshipType") not in BELONGING]
        relationships = [_relationship(kind, item.parent.product_id), *others]
    named = {(one.get("relationshipType"), one.get("id")) for one in relationships}
    for relied_on in dict.fromkeys(other.product_id for other in item.relied_on):
        if relied_on and ("reliesOn", relied_on) not in named:
            relationships.append(_relationship("reliesOn", relied_on))
    related: Document = {"productRelationship": relationships} if relationships else {}
    parts_of = [part for part in item.parts if part.action == "add"]
    return related | ({"product": references_to(parts_of)} if parts_of else {})


def as_owned(item: Item, order: Document, customer: Document) -> Document:
    """Return whose product it is and which account it is charged to: the nearest that item, holder or order names."""
    role = {"@type": "PartyRoleRef", "@referredType": "Customer", "id": customer["id"]}
    role |= {"name": customer["name"]} if customer.get("name") else {}
    party = {"@type": "RelatedPartyOrPartyRole", "role": "customer", "partyOrPartyRole": role}
    others = [one for one in item.product.get("relatedParty") or () if str(one.get("role")).lower() != "customer"]
    owned: Document = {"relatedParty": [party, *copied(others)]}
    account, at = order.get("billingAccount"), item
    while at.parent is not None and not at.document.get("billingAccount"):
        at = at.parent
    account = at.document.get("billingAccount") or account
    return owned | ({"billingAccount": copied(account)} if account else {})


def references_to(items: Iterable[Item]) -> list[Document]:
    """Return references to the products of items."""
    return [{"@type": "ProductRef", "@referredType": "Product", "id": item.product_id} for item in items]


def with_order_item(product: Document, order: Document, item: Item) -> Document:
    """Return a product that also refers to the item that did this to it."""
    reference = {
        "@type": "RelatedOrderItem",
        "@referredType": "ProductOrder",
        "orderId": order["id"],
        "orderItemId": item.id,
        "orderItemAction": item.action,
    }
    return product | {"productOrderItem": [*(product.get("productOrderItem") or ()), reference]}


def _relationship(kind: str, product_id: str) -> Document:
    return {"@type": "ProductRelationship", "id": product_id, "relationshipType": kind}


def _reference(kind: str, document: Document) -> Document:
    reference = {name: document[name] for name in ("id", "href", "name", "version") if document.get(name)}
    return {"@type": kind, **reference}
