"""How the outcome of rating stands in a usage document: ratedProductUsage (TMF635), or the reasons for rejection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from core.clock import wire_instant
from core.entity import Document
from core.errors import Fault
from core.reading import Reading
from core.usage.characteristics import REJECT_REASON, characteristics, is_reason
from core.usage.guiding import Guided
from core.usage.rating import Part
from core.usage.taxes import taxes_of, with_taxes

# What the edge takes the reference to be, as it has no type of its own: a PATCH must find nothing to add.
RATE_REFERENCE = "EntityRef"


def rejected(usage: Document, faults: Iterable[Fault]) -> Document:
    """Return a usage as rejected: each fault is a characteristic `rejectReason`, TMF635 having no other place."""
    reasons = [_reason(fault) for fault in faults]
    return usage | {"status": "rejected", "usageCharacteristic": [*characteristics(usage), *reasons]}


def faults_of(usage: Document) -> list[Fault]:
    """Return why a usage was rejected; empty when it wasn't."""
    if usage.get("status") != "rejected":
        return []
    everything = usage.get("usageCharacteristic") or []
    reasons = [each["value"] for each in everything if is_reason(each)]
    return [Fault(reason["path"], reason["code"], reason["reason"]) for reason in reasons]


def guided(usage: Document) -> Document:
    """Return a usage as guided, without the reasons for which it may have been rejected before."""
    return usage | {"status": "guided", "usageCharacteristic": characteristics(usage)}


def rated(reading: Reading, usage: Document, whose: Guided, parts: Sequence[Part]) -> Document:
    """Return a usage with what it was rated at, one `ratedProductUsage` a part, amounts exact to the last digit."""
    words = [_rated_part(reading, whose, part) for part in parts]
    status = "rerated" if usage["status"] == "rerated" else "rated"
    return usage | {"status": status, "ratedProductUsage": words}


def billed(usage: Document, rates: Sequence[str]) -> Document:
    """Return a usage as billed, each part with the applied customer billing rate (TMF678) that it has gone into."""
    parts = [
        part | {"isBilled": True, "appliedCustomerBillingRate": {"@type": RATE_REFERENCE, "id": rate}}
        for part, rate in zip(usage["ratedProductUsage"], rates, strict=True)
    ]
    return usage | {"status": "billed", "ratedProductUsage": parts}


def _rated_part(reading: Reading, whose: Guided, part: Part) -> Document:
    taxes = taxes_of(part.tariff.price, reading.settings)
    currency = part.tariff.currency or reading.settings.currency
    words: dict[str, Any] = {
        "@type": "RatedProductUsage",
        "isBilled": False,
        "isTaxExempt": not any(tax.rate for tax in taxes),
        "offerTariffType": part.tariff.price.name,
        "ratingAmountType": "Total",
        "ratingDate": wire_instant(reading.now),
        "taxRate": sum((tax.rate for tax in taxes), Decimal(0)),
        "usageRatingTag": part.tag,
        "productRef": _product(whose),
        "taxExcludedRatingAmount": _money(part.amount, currency),
        "taxIncludedRatingAmount": _money(with_taxes(part.amount, taxes), currency),
    }
    if part.worth is not None:
        words["bucketValueConvertedInAmount"] = _money(part.worth, currency)
    return words


def _product(whose: Guided) -> Document:
    # Types stand at every level, as the edge sets them in what a caller sends: a PATCH must find nothing to add.
    named = {"name": whose.product_name} if whose.product_name else {}
    return {"@type": "ProductRef", "id": whose.product_id} | named


def _money(amount: Decimal, currency: str) -> Document:
    # Plain digits: what is left of an amount's exponent would read 0E+2 or 1.2E+3 in JSON.
    return {"@type": "Money", "unit": currency, "value": Decimal(format(amount.normalize(), "f"))}


def _reason(fault: Fault) -> Document:
    value = {"path": fault.path, "code": fault.code, "reason": fault.reason}
    return {"@type": "UsageCharacteristic", "name": REJECT_REASON, "valueType": "object", "value": value}
