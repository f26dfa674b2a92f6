"""A small shop to order from, and ways to look at what became of an order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from core.clock import FixedClock
from core.context import Context
from core.domains import task_handlers
from core.entity import Document, copied
from core.service import Core, Work
from core.storage.tables import outbox
from core.tasks import Worker
from tests.builders.catalog import (
    a_bundle,
    a_characteristic,
    a_monthly_price,
    a_price,
    a_specification,
    an_offering,
    part,
)
from tests.builders.customer import a_customer
from tests.builders.ordering import CUSTOMER

T = TypeVar("T")


@dataclass
class Shop:
    """An opened core with a catalog and two customers in it.

    Offerings: `plan-s` and `plan-m` (lines with a number and a colour), `data` (an addition), `handset`, `hidden`
    (only inside bundles), `retired`; `bundle` takes one plan-m, one handset and up to two of data. `option` is sold for
    a line only, `option-m` for plan-m only; `starter` takes a plan-s, an `option` and a SIM.
    """

    core: Core
    context: Context
    clock: FixedClock

    def order(self, order: Document) -> Document:
        """Place an order and return what the caller gets."""
        return self.run(lambda work: work.create("ProductOrder", copied(order)))

    def patch(self, order_id: str, **attributes: Any) -> Document:
        """Change an order as a caller."""
        return self.run(lambda work: work.change("ProductOrder", order_id, lambda o: o | attributes, caller=True))

    def fulfilled(self, order: Document) -> Document:
        """Place an order, let the worker run, and return the order as it is then."""
        placed = self.order(order)
        self.work_off()
        return self.get("ProductOrder", placed["id"])

    def product(self, order: Document) -> Document:
        """Return the product that the only item of a completed order made or changed."""
        made = self.fulfilled(order)
        assert made["state"] == "completed", made.get("productOrderErrorMessage")
        return self.get("Product", made["productOrderItem"][0]["product"]["id"])

    def work_off(self) -> None:
        """Do all tasks that are due."""
        Worker(self.core, task_handlers()).run_due()

    def get(self, entity: str, identifier: str) -> Document:
        """Return a resource."""
        with self.core.reading(self.context) as reading:
            return reading.require(entity, identifier)

    def products(self) -> list[Document]:
        """Return all products, oldest first."""
        with self.core.reading(self.context) as reading:
            return reading.find_by("Product")

    def sold_as(self, offering_id: str) -> Document:
        """Return the only product that was sold from an offering."""
        (product,) = (p for p in self.products() if p["productOffering"]["id"] == offering_id)
        return product

    def events(self, entity: str) -> list[tuple[str, str | None]]:
        """Return kind and state of every event of an entity, in the order they were written."""
        with self.core.reading(self.context) as reading:
            rows = reading.connection.execute(select(outbox).where(outbox.c.entity == entity).order_by(outbox.c.id))
            return [(row.kind, row.payload.get("state")) for row in rows]

    def told(self, entity: str, kind: str) -> list[Document]:
        """Return what the events of a kind tell, in the order they were written."""
        of_kind = (outbox.c.entity == entity) & (outbox.c.kind == kind)
        with self.core.reading(self.context) as reading:
            return [
                *reading.connection.execute(
                    select(outbox.c.payload).where(of_kind).order_by(outbox.c.position)
                ).scalars()
            ]

    def run(self, task: Callable[[Work], T]) -> T:
        """Run a transaction."""
        return self.core.run(self.context, task)


def faults(order: Document) -> list[tuple[str, str]]:
    """Return path and code of every message of an order."""
    return [(message["message"], message["code"]) for message in order.get("productOrderErrorMessage", ())]


def stock(work: Work) -> None:
    """Fill the shop."""
    line = a_specification(
        a_characteristic("msisdn"),
        a_characteristic("color", "red", "blue", default=True),
        id="line",
    )
    relies = [{"@type": "ProductSpecificationRelationship", "relationshipType": "reliesOn", "id": "line"}]
    requires = [{"@type": "ProductOfferingRelationship", "relationshipType": "requires", "id": "plan-m"}]
    work.create(
        "ProductSpecification", a_specification(id="option", name="Option", productSpecificationRelationship=relies)
    )
    work.create("ProductSpecification", line)
    work.create("ProductSpecification", a_specification(id="line-m", name="Line M"))
    prices = [
        a_monthly_price(Decimal("9.99"), id="fee-s"),
        a_price(Decimal("5.00"), id="activation"),
        a_monthly_price(Decimal("19.99"), id="fee-m"),
        a_monthly_price(Decimal("4.99"), id="fee-data"),
        a_price(Decimal("199.00"), id="price-handset"),
        a_monthly_price(Decimal("2.00"), id="discounted"),
    ]
    work.create_many("ProductOfferingPrice", prices)
    fee_s, activation, fee_m, fee_data, price_handset, discounted = prices
    offerings = [
        an_offering(fee_s, activation, id="plan-s", name="Plan S", specification="line"),
        an_offering(fee_m, id="plan-m", name="Plan M", specification="line-m"),
        an_offering(fee_data, id="data", name="Data"),
        an_offering(price_handset, id="handset", name="Handset"),
        an_offering(id="option", name="Option", specification="option"),
        an_offering(id="option-m", name="Option M", specification="option", productOfferingRelationship=requires),
        an_offering(id="sim", name="SIM"),
        an_offering(id="hidden", name="Hidden", isSellable=False),
        an_offering(id="retired", name="Retired", lifecycleStatus="Retired"),
        a_bundle(part("plan-s"), part("option", 0, 1, 1), part("sim", 0, 1), id="starter"),
        a_bundle(part("plan-m", 1, 1), part("handset"), part("data", 0, 2), id="bundle", productOfferingPrice=[]),
    ]
    offerings[-1]["productOfferingPrice"] = [{"@type": "ProductOfferingPriceRef", "id": discounted["id"]}]
    work.create_many("ProductOffering", offerings)
    work.create("Customer", a_customer(id=CUSTOMER, name="Ada"))
    work.create("Customer", a_customer(id="customer-2", name="Grace"))
