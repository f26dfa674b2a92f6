"""A number that an order asks for is one, is free, and goes to one product."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.entity import Document
from core.errors import Fault
from core.inventory import Identifier, identifier, in_use, named_in, owners, quantity_of
from core.ordering.case import Case
from core.ordering.items import Item

LIST = "product.productCharacteristic"


def refuse_wrong_numbers(case: Case) -> Iterator[Fault]:
    """Refuse what isn't a telephone number, an IMSI or an ICCID where one is named."""
    for item in case.of_action("add", "modify"):
        for named in named_in(item.characteristics):
            try:
                identifier(named.kind, named.raw)
            except ValueError as error:
                yield Fault(item.at(LIST) + named.path, "numberInvalid", str(error))


def refuse_numbers_in_use(case: Case) -> Iterator[Fault]:
    """Refuse a number that another live product has, or that another item of the order names too."""
    named = [found for item in case.of_action("add", "modify") for found in numbers_of(item)]
    owner = owners(case.reading, {number for number, _, _ in named})
    first: dict[Identifier, Item] = {}
    for number, path, item in named:
        if owner.get(number, item.product_id) != item.product_id:
            yield Fault(path, "numberInUse", in_use(number))
        elif first.setdefault(number, item) is not item:
            reason = f"another item of the order names {number.kind} {number.value} too"
            yield Fault(path, "numberNamedTwice", reason)


def refuse_one_number_for_several(case: Case) -> Iterator[Fault]:
    """Refuse more than one of a product that has a number, or is given one."""
    reason = "a number belongs to one product; order each by an item of its own"
    for item in case.of_action("add", "modify"):
        if _quantity(case, item) > 1 and (any(numbers_of(item)) or any(_numbers_had(case, item))):
            yield Fault(item.at("quantity"), "quantityOfNumber", reason)


def _quantity(case: Case, item: Item) -> int:
    """Return how many there are after an item: a change that doesn't say, but names a number, leaves them as sold."""
    if item.action == "modify" and "quantity" not in item.document and item.product_id and any(numbers_of(item)):
        return quantity_of(case.reading, item.product_id)
    return item.quantity


def _numbers_had(case: Case, item: Item) -> Iterator[tuple[Identifier, str]]:
    product = case.products.get(item.product_id or "", {}) if item.action == "modify" else {}
    return numbers_in(product.get("productCharacteristic") or ())


def numbers_of(item: Item) -> Iterator[tuple[Identifier, str, Item]]:
    """Yield (number, path, item) for every right number that an item names for its product."""
    return ((number, item.at(LIST) + path, item) for number, path in numbers_in(item.characteristics))


def numbers_in(characteristics: Iterable[Document]) -> Iterator[tuple[Identifier, str]]:
    """Yield (number, path in the list) for every right number among characteristics; wrong ones are left out."""
    for named in named_in(characteristics):
        try:
            number = identifier(named.kind, named.raw)
        except ValueError:
            continue
        yield number, named.path
