"""The taxes on a price, with the brand's own category and rate where the catalog leaves them out."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from core.catalog import Price
from core.settings import Settings

HUNDRED = Decimal(100)


class AppliedTax(NamedTuple):
    """A tax that is charged: its category, and its rate in per cent."""

    category: str
    rate: Decimal


def taxes_of(price: Price, settings: Settings) -> tuple[AppliedTax, ...]:
    """Return the taxes on a price (TMF620 `tax`), each once; a price that names none has the brand's."""
    brand = AppliedTax(settings.tax_category, settings.tax_rate)
    named = dict.fromkeys(
        AppliedTax(tax.category or brand.category, brand.rate if tax.rate is None else tax.rate) for tax in price.taxes
    )
    return tuple(named) or (brand,)


def with_taxes(amount: Decimal, taxes: tuple[AppliedTax, ...]) -> Decimal:
    """Return an amount with its taxes, not rounded."""
    return amount * (HUNDRED + sum((tax.rate for tax in taxes), Decimal(0))) / HUNDRED
