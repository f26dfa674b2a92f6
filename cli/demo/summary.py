"""What of the demo is in a database: whether all of it is, how far its numbers go, and what somebody may try."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

from core.query import Query

if TYPE_CHECKING:
    from core.context import Context
    from core.entity import Document
    from core.service import Core

CATALOG = "wrenfield-consumer"
# The catalog's states while the demo is loaded, and from when all of it is there.
BEGUN, LOADED = "Active", "Launched"
STEP = 1000


def is_begun(core: Core, context: Context) -> bool:
    """Tell whether the demo is there in part: who loaded it was kept from the rest."""
    return _state(core, context) == BEGUN


def is_loaded(core: Core, context: Context) -> bool:
    """Tell whether the demo is in the database, whatever has become of it since."""
    return _state(core, context) not in (None, BEGUN)


def _state(core: Core, context: Context) -> str | None:
    with core.reading(context) as reading:
        catalog = reading.get("ProductCatalog", CATALOG)
    return catalog["lifecycleStatus"] if catalog else None


def is_new(core: Core, context: Context) -> bool:
    """Tell whether nobody has put a catalog or a customer into the database yet."""
    with core.reading(context) as reading:
        kinds = ("ProductCatalog", "ProductOffering", "Customer")
        return not any(reading.find(kind, Query(limit=1)).items for kind in kinds)


def next_customer(core: Core, context: Context) -> int:
    """Return the number of the first customer that a further demo may create: above all that are there."""
    with core.reading(context) as reading:
        for start in count(1, STEP):
            numbers = {f"customer-{number:04d}": number for number in range(start, start + STEP)}
            taken = [numbers[identifier] for identifier in reading.get_many("Customer", numbers)]
            if len(taken) < STEP:
                return max(taken, default=start - 1) + 1
    raise AssertionError("unreachable: numbers don't end")


def identifiers_to_try(core: Core, context: Context, number: int = 1) -> Iterator[tuple[str, str]]:
    """Yield (what, identifier) of what demo customer `number` has, from order to bill; nothing without the demo."""
    with core.reading(context) as reading:
        customer = reading.get("Customer", f"customer-{number:04d}")
        order = reading.get("ProductOrder", f"order-{number:04d}")
        product = reading.get("Product", f"line-{number:04d}")
        if customer is None or order is None or product is None:
            return
        account = order["billingAccount"]["id"]
        bills = reading.find("CustomerBill", Query.matching({"billingAccount.id": account})).items
    yield "offering", product["productOffering"]["id"]
    yield "customer", f"{customer['id']} ({customer['name']})"
    yield "order", order["id"]
    yield "account", account
    yield "product", f"{product['id']} (MSISDN {_msisdn(product)})"
    for bill in bills[-1:]:
        yield "bill", f"{bill['id']} (number {bill['billNo']})"


def _msisdn(product: Document) -> str:
    return next(str(each["value"]) for each in product["productCharacteristic"] if each["name"] == "msisdn")
