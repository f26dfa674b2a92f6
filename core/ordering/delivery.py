"""What a delivered item does to the inventory: a product begins, changes, or ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.catalog import Offer
from core.clock import wire_instant
from core.entity import Document
from core.errors import Fault
from core.inventory import claim, in_use, install, is_live, parent_of, quantity_of, reshape, terminate
from core.ordering import characteristics
from core.ordering.agreement import agreed_prices
from core.ordering.case import Case
from core.ordering.items import Item
from core.ordering.product import (
    as_described,
    as_offered,
    as_owned,
    as_related,
    references_to,
    with_order_item,
)
from core.ordering.rules.numbers import numbers_in
from core.service import Work
from core.storage.repository import Claim

Assigned = Sequence[Document]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An order on its way into the inventory. `assigned` are characteristics that the network has chosen."""

    work: Work
    order: Document
    case: Case

    @classmethod
    def of(cls, work: Work, order: Document) -> Delivery:
        """Read what delivering an order takes; its items are `case.items`.

        What it is about, with what that is part of and what is part of it, nobody else changes until this transaction
        ends: of two orders for one product the second is carried out as the first has left it.
        """
        case = Case.open(work, order, implying=False)
        parts = (part for some in case.parts.values() for part in some)
        read = case.products | {part["id"]: part for part in parts}
        # In one order, so that two don't wait for one another.
        locked = work.claim("Product", Claim(wait=True, order="id"), id=list(read)) if read else []
        if any(each.document != read[each.document["id"]] for each in locked):
            case = Case.open(work, order, implying=False)
        return cls(work, order, case)

    def obstacles(self, item: Item, assigned: Assigned = ()) -> list[Fault]:
        """Return what has come up since the order was judged and keeps an item from being delivered.

        Without any, the numbers that the network has assigned are the product's from here on.
        """
        product, path = self.product(item), item.at("product.id")
        if item.action == "add" and product:
            return [Fault(path, "productExists", f"product '{item.product_id}' has come into being otherwise")]
        if item.action == "add" and self.case.customer is None:
            return [Fault("relatedParty", "unknownCustomer", "the customer is not known any more")]
        holder = self._holder(item) if item.action == "add" else {}
        if holder and not is_live(holder):
            reason = f"product '{holder['id']}', to which it is to be added, has come to its end meanwhile"
            return [Fault(item.at("product.productRelationship"), "productNotLive", reason)]
        ended = not product or not is_live(product)
        if item.action in ("modify", "delete") and ended and not self._ends_with_another(item):
            return [Fault(path, "productNotLive", f"product '{item.product_id}' has come to its end meanwhile")]
        if item.action in ("modify", "add"):
            return self._taken(item, assigned)
        return []

    def deliver(self, item: Item, assigned: Assigned = ()) -> None:
        """Begin, change or end the product of an item. What `obstacles` finds would be refused with Conflict."""
        if item.action == "add":
            self._begin(item, assigned)
        elif item.action == "modify":
            self._change(item, assigned)
        elif item.action == "delete":
            reshape(self.work, _known(item), lambda product: with_order_item(product, self.order, item))
            terminate(self.work, _known(item))

    def product(self, item: Item) -> Document:
        """Return the product that an item is about as it is now, empty where there is none."""
        return self.work.get("Product", item.product_id) or {} if item.product_id else {}

    def _holder(self, item: Item) -> Document:
        """Return the product that a new one is to be part of or rely on as it is now, empty where there is none."""
        holder = parent_of(as_related(item, self.case.offers, self.case.holder_offering(item)))
        return self.work.get("Product", holder) or {} if holder else {}

    def _begin(self, item: Item, assigned: Assigned) -> None:
        offer, now = self.case.offer_named(item), wire_instant(self.work.now)
        chosen = characteristics.merged(assigned, item.characteristics)
        customer = self.case.customer
        assert customer is not None, "an order without a customer isn't accepted"
        product: Document = {"@type": "Product"}
        product |= _description(offer) | as_offered(item, offer) | as_described(item)
        product |= as_owned(item, self.order, customer)
        product |= as_related(item, self.case.offers, self.case.holder_offering(item))
        product |= {"id": _known(item), "isBundle": any(part.action == "add" for part in item.parts)}
        product |= {"creationDate": now, "orderDate": self.order["creationDate"]}
        product["productCharacteristic"] = characteristics.with_defaults(chosen, offer, self.work.now)
        prices = agreed_prices(self.work, self.order["id"], _known(item))
        install(self.work, with_order_item(product, self.order, item), prices, quantity=item.quantity)
        if item.parent is not None and item.parent.action != "add" and item.parent.product_id:
            reshape(self.work, item.parent.product_id, lambda holder: _with_part(holder, item))

    def _change(self, item: Item, assigned: Assigned) -> None:
        before, changes = self.product(item), self.case.changes_offering(item)
        offer = self.case.offer_named(item) if changes else self.case.sold_from(item)
        had: Sequence[Document] = before.get("productCharacteristic") or ()
        kept = characteristics.carried_over(had, offer, self.work.now) if changes else had
        chosen = characteristics.merged(assigned, characteristics.merged(item.characteristics, kept))
        if changes:
            chosen = characteristics.with_defaults(chosen, offer, self.work.now)
        after: Document = as_offered(item, offer) if changes else {}
        after |= as_described(item) | {"productCharacteristic": chosen}
        if item.product.get("status"):
            after["status"] = item.product["status"]
        if item.document.get("billingAccount"):
            after["billingAccount"] = item.document["billingAccount"]
        had_quantity = quantity_of(self.work, _known(item))
        quantity = item.quantity if "quantity" in item.document else had_quantity
        reprices = changes or quantity != had_quantity or self._selects_others(offer, had, chosen)
        reshape(
            self.work,
            _known(item),
            lambda product: with_order_item(product | after, self.order, item),
            agreed_prices(self.work, self.order["id"], _known(item)) if reprices else None,
            quantity=quantity,
        )

    def _selects_others(self, offer: Offer | None, before: Sequence[Document], after: Sequence[Document]) -> bool:
        """Tell whether the change of characteristics alone leads to other prices; if not, those sold stay in force."""
        if offer is None:
            return False
        had, has = (
            [price["id"] for price in offer.prices_at(self.work.now, characteristics.values(each))]
            for each in (before, after)
        )
        return had != has

    def _ends_with_another(self, item: Item) -> bool:
        """Tell whether the order ends a product by ending what that is part of, or relies on."""
        ended = {other.product_id for other in self.case.of_action("delete") if other is not item}
        seen: set[str] = set()
        holder = parent_of(self.product(item)) if item.action == "delete" else None
        while holder is not None and holder not in ended | seen:
            seen.add(holder)
            holder = parent_of(self.work.get("Product", holder) or {})
        return holder in ended

    def _taken(self, item: Item, assigned: Assigned) -> list[Fault]:
        path = item.at("product.productCharacteristic")
        wanted = {number: path + tail for number, tail in numbers_in([*assigned, *item.characteristics])}
        return [
            Fault(wanted[number], "numberInUse", in_use(number))
            for number in (claim(self.work, _known(item), wanted) if wanted else ())
        ]


def _known(item: Item) -> str:
    assert item.product_id, "judging asks for the product, or gives the new one its identifier"
    return item.product_id


def _description(offer: Offer | None) -> Document:
    description = offer.offering.get("description") if offer else None
    return {"description": description} if description else {}


def _with_part(holder: Document, part: Item) -> Document:
    return holder | {"product": [*(holder.get("product") or ()), *references_to([part])]}
