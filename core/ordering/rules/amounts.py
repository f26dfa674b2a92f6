"""Prices that an order brings along are in a real currency, and nobody is to be paid for ordering."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.entity import Document
from core.errors import Fault, InvalidInput
from core.money import minor_unit
from core.ordering.case import Case

AMOUNTS = ("dutyFreeAmount", "taxIncludedAmount")


def refuse_impossible_amounts(case: Case) -> Iterator[Fault]:
    """Refuse an unknown currency anywhere, and an amount below zero except in an alteration of a price."""
    yield from _faults(case.order.get("orderTotalPrice"), "orderTotalPrice")
    for item in case.items:
        for attribute in ("itemPrice", "itemTotalPrice"):
            yield from _faults(item.document.get(attribute), item.at(attribute))


def _faults(prices: Iterable[Document] | None, path: str, *, alters: bool = False) -> Iterator[Fault]:
    for index, price in enumerate(prices or ()):
        here = f"{path}[{index}]"
        for attribute in AMOUNTS:
            money = (price.get("price") or {}).get(attribute) or {}
            yield from _faults_of_money(money, f"{here}.price.{attribute}", alters)
        yield from _faults(price.get("priceAlteration"), f"{here}.priceAlteration", alters=True)


def _faults_of_money(money: Document, path: str, alters: bool) -> Iterator[Fault]:
    if "unit" in money:
        try:
            minor_unit(money["unit"])
        except InvalidInput as error:
            yield Fault(f"{path}.unit", "unknownCurrency", error.reason)
    if not alters and money.get("value", 0) < 0:
        yield Fault(f"{path}.value", "negativeAmount", f"{money['value']} is below zero; 0 or more is expected")
