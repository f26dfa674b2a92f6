"""What is true of a product offering price, in the catalog or inside an offering."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.catalog.element import CatalogElement, refuse_deletion
from core.catalog.nested import each
from core.catalog.pricing import ALLOWANCE, MINIMUM, allowance_of, kind_of, read_price, recurrence_of
from core.catalog.units import KNOWN, LARGEST, measure
from core.catalog.value_rules import faults_of_alternatives
from core.catalog.versions import was_sold
from core.entity import Column, Document, Reference
from core.errors import Fault, InvalidInput, refuse
from core.inventory import price_in_use
from core.money import minor_unit
from core.reading import Reading

if TYPE_CHECKING:
    from core.service import Work

# What amounts can be stored and summed up exactly in (core.storage.types.Amount).
HIGHEST = Decimal(10) ** 9
SMALLEST = Decimal(1).scaleb(-9)
LONGEST_PERIOD = 1000
LONGEST_YEARS = 10
# What one pulse of usage may cost.
DEAREST = Decimal(10) ** 6
# What profiles and v5 demand and v4 leaves out: nothing is charged by it until somebody says of what type it is.
UNKNOWN_TYPE = "other"
PERIODS = "day, week, month, quarter, year"
_LONGEST = {"day": 3660, "week": 520, "month": 12 * LONGEST_YEARS, "year": LONGEST_YEARS}
_PERIOD = frozenset({"recurringChargePeriodType", "recurringChargePeriodLength"})
_VALUE = frozenset({"price", "priceType", "percentage", "recurringChargePeriodType", "unitOfMeasure", "tax"})


class ProductOfferingPrice(CatalogElement):
    """How much is charged, when and for what (TMF620). What was sold is kept, see `core.catalog.versions`."""

    name = "ProductOfferingPrice"
    table = "product_offering_price"
    columns = (
        Column("name", "name"),
        Column("lifecycle_status", "lifecycleStatus"),
        Column("price_type", "priceType"),
    )
    references = (
        Reference("bundledPopRelationship", "ProductOfferingPrice"),
        Reference("popRelationship", "ProductOfferingPrice"),
    )

    def derived(self, document: Document) -> Document:
        """Say whether it is a bundle."""
        return {"isBundle": bool(document.get("bundledPopRelationship"))}

    def complete(self, document: Document) -> None:
        """Set what a price leaves to be understood; of what type it is, only its owner knows."""
        document.setdefault("priceType", UNKNOWN_TYPE)
        complete_price(document)

    def faults(self, work: Reading, document: Document) -> Iterator[Fault]:
        """Yield what is wrong with the price."""
        yield from super().faults(work, document)
        yield from faults_of_price(document)
        for path, part in each(document, "bundledPopRelationship"):
            if part.get("id") == document["id"]:
                yield Fault(f"{path}.id", "bundleContainsItself", "a price can't be part of itself")
        for path, other in each(document, "popRelationship"):
            if other.get("id") == document["id"]:
                yield Fault(f"{path}.id", "relatedToItself", "a price can't have a relationship with itself")

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete a price that was sold or that an offering or another price refers to."""
        if was_sold(work, document["id"]) or price_in_use(work, document["id"]):
            reason = "the price has been sold: bills refer to it; set its lifecycleStatus to 'Retired' instead"
            refuse([Fault("id", "inUse", reason)])
        uses = {
            ("ProductOffering", "productOfferingPrice.id"): "the product offering",
            ("ProductOfferingPrice", "bundledPopRelationship.id"): "the product offering price",
        }
        refuse_deletion(work, uses, document["id"], "retire it or take it out there first")


def is_price_reference(member: Document) -> bool:
    """Tell whether a member of an offering's `productOfferingPrice` refers to a price, rather than being one."""
    if str(member.get("@type", "")).endswith("Ref"):
        return True
    return "id" in member and not _VALUE & member.keys()


def complete_price(document: Document) -> None:
    """Set what a price leaves to be understood: one period, a pulse of one unit."""
    if kind_of(document) == "recurring" and document.get("recurringChargePeriodType"):
        document.setdefault("recurringChargePeriodLength", 1)
    if kind_of(document) == "usage" and document.get("unitOfMeasure"):
        document["unitOfMeasure"].setdefault("amount", 1)


def faults_of_price(document: Document, prefix: str = "") -> Iterator[Fault]:
    """Yield what makes a price wrong, each fault's path below `prefix` (`productOfferingPrice[0].`).

    A price that is merely unfinished is no fault here; see `faults_of_charging`.
    """
    kind = kind_of(document)
    yield from faults_of_money(document.get("price"), f"{prefix}price", negative=kind == "discount")
    yield from _faults_of_percentage(document, prefix)
    yield from _faults_of_tax(document, prefix)
    if (kind == "recurring" and document.get("price")) or (kind == "discount" and _PERIOD & document.keys()):
        yield from _faults_of_recurrence(document, prefix)
    if kind == "usage":
        yield from _faults_of_pulse(document, prefix)
    yield from _faults_of_uses(document, prefix)


def faults_of_charging(document: Document, currency: str) -> Iterator[Fault]:
    """Yield what keeps a price from being charged, in `currency`, once it is sold; paths are those of the price."""
    kind = kind_of(document)
    has_amount = (document.get("price") or {}).get("value") is not None
    if kind == "other":
        reason = f"priceType '{document.get('priceType')}' can't be charged; recurring, oneTime, usage and discount can"
        yield Fault("priceType", "unknownPriceType", reason)
    elif not has_amount and not (kind == "discount" and document.get("percentage") is not None):
        yield Fault("price", "missingAmount", "it has no amount")
    if kind == "recurring" and recurrence_of(document) is None:
        yield Fault("recurringChargePeriodType", "missingPeriod", f"it has no period; known are {PERIODS}")
    elif (unit := (document.get("price") or {}).get("unit")) not in (None, currency):
        yield Fault("price.unit", "foreignCurrency", f"it is in {unit}, but what is sold here is billed in {currency}")
    if kind == "usage":
        yield from _faults_of_counting(document)
    for path, item in each(document, "tax"):
        if item.get("taxRate") is None:
            yield Fault(f"{path}.taxRate", "missingTaxRate", "its tax has no rate")


def _faults_of_counting(document: Document) -> Iterator[Fault]:
    if not _is_allowance(document) and not _has_known_unit(document):
        yield Fault("unitOfMeasure", "missingPulse", f"it doesn't say per how much usage; known units are {KNOWN}")
    price = read_price(document)
    measured = {"unitOfMeasure": price.pulse, ALLOWANCE: price.allowance, MINIMUM: price.minimum}
    for called, amount in measured.items():
        if amount is not None and not amount.is_countable:
            path = called if called == "unitOfMeasure" else "prodSpecCharValueUse"
            reason = f"its {called} is {amount.amount} {amount.unit}; usage is counted in whole units, 1 to {LARGEST}"
            yield Fault(path, "invalidPulse", reason)
    if price.amount is not None and price.amount.amount > DEAREST:
        yield Fault("price.value", "tooDear", f"it costs more than {DEAREST} {price.amount.unit} a pulse")


def faults_of_money(money: Document | None, path: str, *, negative: bool) -> Iterator[Fault]:
    """Yield what is wrong with an amount: no or unknown currency (ISO 4217), below zero, too large, too fine."""
    if not money or money.get("value") is None:
        return
    amount = Decimal(money["value"])
    if not money.get("unit"):
        yield Fault(f"{path}.unit", "missingCurrency", "an amount needs its currency, an ISO 4217 code such as 'EUR'")
    else:
        yield from _faults_of_currency(money["unit"], path)
    if amount < 0 and not negative:
        yield Fault(f"{path}.value", "negativeAmount", f"{amount} is below zero; only a discount may be")
    if abs(amount) >= HIGHEST:
        yield Fault(f"{path}.value", "amountOutOfRange", f"an amount must be below {HIGHEST:f}")
    elif amount != amount.quantize(SMALLEST):
        yield Fault(f"{path}.value", "tooManyDecimals", f"{amount} has more than 9 decimal places")


def _faults_of_currency(unit: Any, path: str) -> Iterator[Fault]:
    try:
        minor_unit(unit)
    except InvalidInput as error:
        yield Fault(f"{path}.unit", "unknownCurrency", error.reason)


def _faults_of_percentage(document: Document, prefix: str) -> Iterator[Fault]:
    percentage = document.get("percentage")
    if percentage is not None and abs(Decimal(percentage)) > 100:
        yield Fault(f"{prefix}percentage", "invalidPercentage", f"{percentage} is not between -100 and 100")
    if percentage is not None and kind_of(document) == "discount" and (document.get("price") or {}).get("value"):
        reason = "a discount takes off an amount (price) or a share (percentage), not both"
        yield Fault(f"{prefix}percentage", "ambiguousDiscount", reason)


def _faults_of_tax(document: Document, prefix: str) -> Iterator[Fault]:
    seen: list[tuple[Any, Decimal | None]] = []
    for path, item in each(document, "tax", prefix.rstrip(".")):
        rate = item.get("taxRate")
        if rate is not None and not 0 <= Decimal(rate) <= 100:
            yield Fault(f"{path}.taxRate", "invalidTaxRate", f"{rate} is not a rate in per cent, from 0 to 100")
        amount = item.get("taxAmount") or {}
        yield from faults_of_money(amount, f"{path}.taxAmount", negative=True)
        if (amount.get("value") or 0) < 0 and kind_of(document) != "discount":
            reason = f"a tax of {amount['value']} is below zero; only on a discount it may be"
            yield Fault(f"{path}.taxAmount.value", "negativeAmount", reason)
        taxes = [*seen, (item.get("taxCategory"), None if rate is None else Decimal(rate))]
        if taxes[-1] in seen and rate is not None:
            yield Fault(path, "duplicateTax", "the same tax is on the price already")
        seen = taxes


def _faults_of_recurrence(document: Document, prefix: str) -> Iterator[Fault]:
    length = document.get("recurringChargePeriodLength", 1)
    if not 1 <= length <= LONGEST_PERIOD:
        reason = f"{length} is not a number of periods from 1 to {LONGEST_PERIOD}"
        yield Fault(f"{prefix}recurringChargePeriodLength", "invalidPeriod", reason)
    elif (period := recurrence_of(document)) is None:
        given = document.get("recurringChargePeriodType") or ""
        reason = f"it falls due by one of the periods {PERIODS}, not by '{given}'"
        yield Fault(f"{prefix}recurringChargePeriodType", "missingPeriod", reason)
    elif _LONGEST[period.unit] < period.length:
        reason = f"the longest period is {LONGEST_YEARS} years"
        yield Fault(f"{prefix}recurringChargePeriodLength", "invalidPeriod", reason)


def _faults_of_pulse(document: Document, prefix: str) -> Iterator[Fault]:
    amount = (document.get("unitOfMeasure") or {}).get("amount")
    if amount is not None and amount <= 0:
        reason = f"{amount} can't be counted in: the usage that one price buys must be above zero"
        yield Fault(f"{prefix}unitOfMeasure.amount", "invalidPulse", reason)


def _faults_of_uses(document: Document, prefix: str) -> Iterator[Fault]:
    for path, use in each(document, "prodSpecCharValueUse", prefix.rstrip(".")):
        if use.get("name") == ALLOWANCE:
            yield from _faults_of_allowance(document, use, path)
        else:
            yield from faults_of_alternatives(use, "productSpecCharacteristicValue", path)


def _faults_of_allowance(document: Document, use: Document, path: str) -> Iterator[Fault]:
    if kind_of(document) != "usage":
        yield Fault(f"{path}.name", "invalidAllowance", "only a price of type usage can grant an allowance")
    if allowance_of(use) is None:
        reason = f"an allowance is one value above zero with its unitOfMeasure, one of {KNOWN}"
        yield Fault(f"{path}.productSpecCharacteristicValue", "invalidAllowance", reason)
    if (document.get("price") or {}).get("value"):
        reason = (
            "what is used from an allowance costs nothing: price.value must be 0; out-of-bundle is a price of its own"
        )
        yield Fault(f"{path}.name", "invalidAllowance", reason)


def _is_allowance(document: Document) -> bool:
    return any(use.get("name") == ALLOWANCE for use in document.get("prodSpecCharValueUse") or [])


def _has_known_unit(document: Document) -> bool:
    try:
        measure(1, (document.get("unitOfMeasure") or {}).get("units") or "")
    except ValueError:
        return False
    return True
