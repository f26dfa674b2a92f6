"""What every part of a printed bill needs: how to write, the words, the currency, what products are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.billing.formats import Formats
from core.catalog import BYTE, MESSAGE, SECOND

COUNTED = {SECOND: "calls", BYTE: "sessions", MESSAGE: "messages"}


@dataclass(frozen=True, slots=True)
class Page:
    """Writes for one bill, in its language and currency; `products` has their name and number by identifier."""

    formats: Formats
    words: Mapping[str, str]
    unit: str
    products: Mapping[str, Mapping[str, str]]

    def money(self, amount: Decimal) -> str:
        """Write an amount as it is billed."""
        return self.formats.money({"unit": self.unit, "value": amount})

    def title(self, product_id: str) -> dict[str, str]:
        """Return name and number of a product."""
        product = self.products.get(product_id, {})
        number = product.get("msisdn")
        return {"name": product.get("name") or product_id, "number": self.formats.number(number) if number else ""}

    def used(self, count: int, quantity: int, unit: str) -> str:
        """Write how often and how much was used: `3 calls, 4:05`."""
        counted = COUNTED.get(unit, "uses") + ("_one" if count == 1 else "")
        return self.words[counted].format(count=count, quantity=self.formats.usage(quantity, unit))
