"""What each demo customer orders: a plan alone, with options, or in a bundle with SIM and handset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any

from cli.demo.traffic import Line

Document = dict[str, Any]
STRIDE = 61  # has no divisor in common with the sum of the shares, 100


@dataclass(frozen=True, slots=True)
class Sale:
    """An order (TMF622 v5 request body) and the line that comes of it."""

    order: Document
    line: Line
    product_id: str


def sale(number: int, sales: Sequence[Mapping[str, Any]], seed: int) -> Sale:
    """Return what customer `number` (from 1) orders; `sales` is data/sales.json.

    Identifiers are readable: `order-0001`, charged to `account-0001`, makes the product `line-0001`. Numbers are the
    demo's own: IMSIs of the test network 001-01, ICCIDs and IMEIs that were never given out.
    """
    sold, numbers = _sold(number, sales), _numbers(number)
    order = {
        "@type": "ProductOrder",
        "id": f"order-{number:04d}",
        "category": "consumer",
        "description": f"First order of customer {number}",
        "relatedParty": [_customer(number)],
        "billingAccount": {
            "@type": "BillingAccountRef",
            "@referredType": "BillingAccount",
            "id": f"account-{number:04d}",
        },
        "productOrderItem": list(_Basket(number, sold, numbers, seed).items()),
    }
    return Sale(order, Line(numbers["msisdn"], float(sold["appetite"])), f"line-{number:04d}")


def _sold(number: int, sales: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return what customer `number` buys: of every hundred customers as many as its share says, well mixed."""
    place = number * STRIDE % sum(choice["share"] for choice in sales)
    reached = accumulate(choice["share"] for choice in sales)
    return next(choice for choice, end in zip(sales, reached, strict=True) if place < end)


def _customer(number: int) -> Document:
    return {
        "@type": "RelatedPartyRefOrPartyRoleRef",
        "role": "customer",
        "partyOrPartyRole": {"@type": "PartyRoleRef", "@referredType": "Customer", "id": f"customer-{number:04d}"},
    }


class _Basket:
    """The items of one order: what was sold, what is inside it, the options beside it."""

    def __init__(self, number: int, sold: Mapping[str, Any], numbers: Mapping[str, str], seed: int) -> None:
        self.number = number
        self.sold = sold
        self.numbers = numbers
        self.parts: Sequence[str] = sold.get("parts", ())
        self.dice = Random(f"{seed}/sale/{number}")  # noqa: S311 - no secret

    def items(self) -> Iterator[Document]:
        inside = [self._item(f"1.{place}", part) for place, part in enumerate(self.parts, start=1)]
        yield self._item("1", self.sold["offering"]) | ({"productOrderItem": inside} if inside else {})
        relies = {"@type": "OrderItemRelationship", "relationshipType": "reliesOn", "id": "1"}
        for place, option in enumerate(self.sold.get("options", ()), start=2):
            yield self._item(str(place), option) | {"productOrderItemRelationship": [relies]}

    def _item(self, item_id: str, offering: str) -> Document:
        product: Document = {"@type": "Product"}
        if offering.startswith("plan-"):
            product["id"] = f"line-{self.number:04d}"
        if chosen := self._chosen(offering):
            product["productCharacteristic"] = _characteristics(chosen)
        return {
            "@type": "ProductOrderItem",
            "id": item_id,
            "action": "add",
            "quantity": 1,
            "productOffering": {"@type": "ProductOfferingRef", "id": offering},
            "product": product,
        }

    def _chosen(self, offering: str) -> dict[str, str]:
        if offering.startswith("plan-"):
            # A SIM that is a product of its own carries its number itself.
            names = ["msisdn", "imsi"] if "sim-card" in self.parts else ["msisdn", "imsi", "iccid"]
            return {name: self.numbers[name] for name in names}
        if offering == "sim-card":
            return {"iccid": self.numbers["iccid"], "form": self.dice.choice(["plastic", "embedded"])}
        if offering.startswith("finch-f2"):
            colour, storage = self.dice.choice(["slate", "moss", "copper"]), self.dice.choice(["128 GB", "256 GB"])
            return {"colour": colour, "storage": storage, "imei": self.numbers["imei"]}
        return {}


def _characteristics(values: Mapping[str, str]) -> list[Document]:
    return [
        {"@type": "StringCharacteristic", "name": name, "valueType": "string", "value": value}
        for name, value in values.items()
    ]


def _numbers(number: int) -> dict[str, str]:
    return {
        "msisdn": f"4915590{number:06d}",
        "imsi": f"00101{number:010d}",
        "iccid": _checked(f"8900001{number:011d}"),
        "imei": _checked(f"00101700{number:06d}"),
    }


def _checked(digits: str) -> str:
    """Return digits with their check digit (Luhn; ITU-T E.118, 3GPP TS 23.003)."""
    doubled = (int(digit) * (2 - position % 2) for position, digit in enumerate(reversed(digits)))
    return f"{digits}{-sum(value // 10 + value % 10 for value in doubled) % 10}"
