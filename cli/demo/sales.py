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

    Identifiers are readable: order `order-0001`, the line's product `line-0001`. Numbers are the demo's own: IMSIs
    of the test network 001-01, ICCIDs and IMEIs that were never given out.
    """
    dice = Random(f"{seed}/sale/{number}")  # noqa: S311 - no secret
    sold = _sold(number, sales)
    numbers = _numbers(number)
    order = {
        "@type": "ProductOrder",
        "id": f"order-{number:04d}",
        "category": "consumer",
        "description": f"First order of customer {number}",
        "relatedParty": [_customer(number)],
        "productOrderItem": list(_items(sold, number, numbers, dice)),
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


def _items(sold: Mapping[str, Any], number: int, numbers: Mapping[str, str], dice: Random) -> Iterator[Document]:
    parts, options = sold.get("parts", []), sold.get("options", [])
    has_card = "sim-card" in parts
    inside = [_item(f"1.{i}", part, number, numbers, dice, has_card) for i, part in enumerate(parts, start=1)]
    yield _item("1", sold["offering"], number, numbers, dice, has_card) | (
        {"productOrderItem": inside} if inside else {}
    )
    for index, option in enumerate(options, start=2):
        relies = {"@type": "OrderItemRelationship", "relationshipType": "reliesOn", "id": "1"}
        item = _item(str(index), option, number, numbers, dice, has_card)
        yield item | {"productOrderItemRelationship": [relies]}


def _item(
    item_id: str, offering: str, number: int, numbers: Mapping[str, str], dice: Random, has_card: bool
) -> Document:
    product: Document = {"@type": "Product"}
    if offering.startswith("plan-"):
        product["id"] = f"line-{number:04d}"
        names = ["msisdn", "imsi"] if has_card else ["msisdn", "imsi", "iccid"]
        product["productCharacteristic"] = _characteristics({name: numbers[name] for name in names})
    elif offering == "sim-card":
        values = {"iccid": numbers["iccid"], "form": dice.choice(["plastic", "embedded"])}
        product["productCharacteristic"] = _characteristics(values)
    elif offering.startswith("finch-f2"):
        choice = {"colour": dice.choice(["slate", "moss", "copper"]), "storage": dice.choice(["128 GB", "256 GB"])}
        product["productCharacteristic"] = _characteristics({**choice, "imei": numbers["imei"]})
    return {
        "@type": "ProductOrderItem",
        "id": item_id,
        "action": "add",
        "quantity": 1,
        "productOffering": {"@type": "ProductOfferingRef", "id": offering},
        "product": product,
    }


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
