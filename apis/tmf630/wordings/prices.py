"""The prices written out in an offering: one object with and without tax in v4; price, tax and percentage in v5."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import fields

from apis.tmf630.dialect import Wording
from apis.tmf630.differences import Difference, Step
from apis.tmf630.folding import REFERENCE
from apis.tmf630.keeping import set_aside
from apis.tmf630.statements import Document, Names
from apis.tmf630.type_names import TypeName, TypeOf
from apis.tmf630.wordings import kinds
from core.query import Path

# What v4 says of a price and v5 has no place for.
REST = "v4_price"
_TAX = ("taxCategory", "taxRate")
_TAX_WORDS = {"taxAmount": "taxIncludedAmount", **dict(zip(_TAX, _TAX, strict=True))}
_TAX_ITEM = frozenset(("@type", *_TAX_WORDS))


class PolicyRef(Wording):
    """A pointer to a rule; v4 calls it a constraint."""

    type_ = TypeName("ConstraintRef", "PolicyRef")


class PriceValue(Difference):
    """The amounts of a price.

    v4 `price.dutyFreeAmount` is v5 `price`, `price.percentage` is `percentage`, and `price.taxRate`,
    `price.taxCategory` and what `price.taxIncludedAmount` has more than the other are one item of `tax`.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """Return what the amounts are in v5."""
        return ("price", "percentage", "tax", REST)

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """Return where each amount is in either wording."""
        taxes = tuple((f"price.{name}", f"tax.{name}") for name in _TAX)
        net = (("price.dutyFreeAmount", "price"), ("price.percentage", "percentage"), *taxes)
        return (*net, ("price.taxIncludedAmount", "tax.taxAmount"))

    def told(self) -> str:
        """Say what becomes of the rest."""
        return "the amount with tax is v5's amount and its tax added up; several taxes v4 shows where v5 has them"

    def reading(self, names: Names) -> str:
        """Return what takes the amounts apart.

        What v5 has no place for is in `v4_price`, and with a total the amount it is of.
        """
        return f"{names(self._take_apart)}(each)"

    def writing(self, names: Names) -> str:
        """Return what puts the amounts together; several taxes, or more about one than v4 can say, stay as they are.

        A total that was said of another amount than v5 has since then is no longer true.
        """
        return f"{names(self._put_together)}(each)"

    def _take_apart(self, document: Document) -> None:
        if "percentage" in document:
            set_aside(document, "percentage")
        value: Document = {}
        says_nothing = document.get("price") == {}
        if isinstance(document.get("price"), dict):
            value = dict(document.pop("price"))
        if "dutyFreeAmount" in value:
            document["price"] = value.pop("dutyFreeAmount")
        if "percentage" in value:
            document["percentage"] = value.pop("percentage")
        self._read_tax(document, value)
        if "taxIncludedAmount" in value and "price" in document:
            value["dutyFreeAmount"] = document["price"]
        if value or says_nothing:
            document[REST] = value

    @staticmethod
    def _read_tax(document: Document, value: Document) -> None:
        """Make an item of what a price says of tax, unless v4 shows several taxes beside it, which v5 has so too."""
        tax: Document = {name: value[name] for name in _TAX if name in value}
        if amount := _apart(value.get("taxIncludedAmount"), document.get("price")):
            tax["taxAmount"] = amount
        if "tax" in document:
            if _are_taxes(document["tax"], document.get("price"), beside=tax):
                return
            set_aside(document, "tax")
        if tax:
            document["tax"] = [{"@type": "TaxItem", **tax}]
            for name in (*_TAX, *(("taxIncludedAmount",) if amount else ())):
                value.pop(name, None)

    @staticmethod
    def _put_together(document: Document) -> None:
        kept = document.pop(REST, None)
        value: Document = dict(kept) if isinstance(kept, dict) else {}
        if value.pop("dutyFreeAmount", None) != document.get("price"):
            value.pop("taxIncludedAmount", None)
        if "price" in document:
            value["dutyFreeAmount"] = document.pop("price")
        if "percentage" in document:
            value["percentage"] = document.pop("percentage")
        if tax := _only(document.get("tax"), value.get("dutyFreeAmount")):
            value |= tax
            del document["tax"]
        if value or kept == {}:
            document["price"] = value

    def step(self, path: Path) -> Step:
        """Lead to where v5 has an amount."""
        if path[1:2] == ("dutyFreeAmount",):
            return Step(("price",), path[2:])
        if path[1:2] == ("percentage",):
            return Step(("percentage",), path[2:])
        if path[1:2] and path[1] in _TAX:
            return Step(("tax", path[1]), path[2:])
        return Step((REST,), path[1:]) if path[1:] else Step(path, ())

    def step_back(self, path: Path) -> Step:
        """Lead to where v4 has an amount, and the first tax, which hardly ever has others beside it."""
        if path[0] == "price":
            return Step(("price", "dutyFreeAmount"), path[1:])
        if path[0] == "tax":
            word = _TAX_WORDS.get(path[2]) if len(path) > 2 and path[1] == "0" else None
            return Step(("price", word), path[3:]) if word else Step(path[:1], path[1:])
        return Step(("price", path[0]), path[1:])


class ProductOfferingPriceRefOrValue(Wording):
    """A price in an offering, or a pointer to one."""

    type_ = TypeOf(
        "ProductOfferingPriceRefOrValue",
        kinds.reference_or("ProductOfferingPrice", "ProductOfferingPriceRef", (*REFERENCE, "version")),
        remark=kinds.BY_WHAT_IS_SAID,
    )
    price = PriceValue()
    recurringChargePeriodType = fields.Raw(data_key="recurringChargePeriod")
    policy = fields.List(fields.Nested(PolicyRef), data_key="constraint")


def _are_taxes(value: Any, net: Any, *, beside: Document) -> bool:
    """Tell whether `tax` in v4 is v5's: beside a tax in the price it is only where that couldn't say it."""
    if not isinstance(value, list) or not all(isinstance(member, dict) for member in value):
        return False
    return not beside or bool(value and not _only(value, net))


def _only(taxes: Any, net: Any) -> Document | None:
    """Return what v4 says of the taxes, where there is one and v4 can say all of it."""
    if not isinstance(taxes, list) or len(taxes) != 1 or not isinstance(taxes[0], dict):
        return None
    tax = taxes[0]
    if not _TAX_ITEM.issuperset(tax) or tax.get("@type", "TaxItem") != "TaxItem":
        return None
    said = {name: tax[name] for name in _TAX if name in tax}
    if "taxAmount" not in tax:
        return said or None
    total = _combined(net, tax["taxAmount"], 1)
    return {**said, "taxIncludedAmount": total} if total else None


def _apart(total: Any, net: Any) -> Document | None:
    """Return the tax in a total, where that and the amount without tax make up the total again."""
    tax = _combined(total, net, -1)
    again = _combined(net, tax, 1)
    return tax if again and again["value"] == total["value"] else None


def _combined(left: Any, right: Any, sign: int) -> Document | None:
    """Return the sum or difference of two amounts in one currency; None where they aren't that."""
    if not _is_money(left) or not _is_money(right) or left["unit"] != right["unit"]:
        return None
    return {"unit": left["unit"], "value": Decimal(left["value"]) + sign * Decimal(right["value"])}


def _is_money(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"unit", "value"} and isinstance(value["value"], int | Decimal)
