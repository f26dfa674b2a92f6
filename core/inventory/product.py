"""What is true of a product: its life, who it belongs to, and that its numbers are its own while it lives."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.clock import parse_instant, wire_instant
from core.entity import Column, Document, Entity
from core.errors import Conflict, Fault, refuse
from core.inventory.belonging import customer_of, numbers_of, parent_of
from core.inventory.claims import forget, leave, take
from core.inventory.identifiers import Identifier
from core.inventory.lifecycle import PRODUCT, is_live
from core.inventory.ordered import refuse_change_of_what_was_ordered
from core.inventory.prices import end_prices, is_sold

if TYPE_CHECKING:
    from core.service import Work


class Product(Entity):
    """A product that a customer has (TMF637): what was ordered, at which prices, since when."""

    name = "Product"
    table = "product"
    columns = (
        Column("status", "status"),
        Column("customer_id", of=customer_of),
        Column("offering_id", "productOffering.id"),
        Column("specification_id", "productSpecification.id"),
        Column("billing_account_id", "billingAccount.id"),
        Column("parent_id", of=parent_of),
        Column("start_date", "startDate", "instant"),
    )
    state_attribute = "status"
    lifecycle = PRODUCT
    unchangeable = frozenset({"creationDate", "productPrice", "productOrderItem"})
    touched = None

    def fill(self, work: Work, document: Document) -> None:
        """Set status and date of creation; what begins active has begun now, where it doesn't say when."""
        document.setdefault("status", PRODUCT.initial)
        document.setdefault("creationDate", wire_instant(work.now))
        _date(work, document)

    def on_create(self, work: Work, document: Document) -> None:
        """Refuse numbers that aren't any."""
        numbers_of(document)

    def after_create(self, work: Work, document: Document) -> Document:
        """Make its numbers its own from its start. Raises Conflict when another live product has one."""
        if is_live(document):
            begun = parse_instant(document.get("startDate") or document["creationDate"])
            _take(work, document, numbers_of(document), begun)
        return document

    def on_request(self, work: Work, before: Document, after: Document) -> None:
        """Leave to orders what they have made of it."""
        refuse_change_of_what_was_ordered(work, before, after)

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        """Keep numbers in step with the characteristics; numbers and prices end with the product."""
        _date(work, after)
        had = numbers_of(before) if is_live(before) else {}
        has = numbers_of(after) if is_live(after) else {}
        ended = not is_live(after) and is_live(before)
        at = parse_instant(after["terminationDate"]) if ended and "terminationDate" in after else moment(work)
        leave(work, after["id"], had.keys() - has.keys(), at)
        _take(work, after, {each: has[each] for each in has if each not in had}, at)
        if ended:
            end_prices(work, after["id"], at)

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete what was sold: charges refer to it."""
        if is_sold(work, document["id"]):
            reason = "a product that was sold stays on record; terminate it by an order with the action 'delete'"
            raise Conflict(reason, path="id", code="productSold")
        forget(work, document["id"])


def moment(work: Work) -> datetime:
    """Return the instant of this transaction as documents can say it: to the millisecond."""
    return parse_instant(wire_instant(work.now))


def _date(work: Work, document: Document) -> None:
    if document["status"] == "active":
        # Networks record whole seconds: what is used in the second of the activation is used by this product.
        document.setdefault("startDate", wire_instant(work.now.replace(microsecond=0)))
    if document["status"] == "terminated":
        document.setdefault("terminationDate", wire_instant(work.now))


def _take(work: Work, document: Document, numbers: dict[Identifier, str], at: datetime) -> None:
    refused = take(work, document["id"], numbers, at) if numbers else []
    refuse(Fault(numbers[number], "numberInUse", in_use(number)) for number in refused)


def in_use(number: Identifier) -> str:
    """Say that a number is taken."""
    return f"{number.kind} {number.value} belongs to another live product; a free one is expected"
