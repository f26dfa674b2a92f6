"""The smallest valid usages, and a subscriber whom they belong to."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.catalog import freeze_all
from core.clock import parse_instant, wire_instant
from core.entity import Document, new_id
from core.inventory import PriceVersion, install
from core.service import Work
from tests.builders.catalog import a_usage_price, a_use, an_allowance
from tests.builders.inventory import a_product, characteristics

MSISDN = "+4915112345678"
JANUARY_10 = parse_instant("2026-01-10T10:00:00Z")


def a_usage(kind: str = "voice", *, at: datetime | None = JANUARY_10, **values: Any) -> Document:
    """A usage of MSISDN with characteristics by name; `values` wins, and None leaves a characteristic out."""
    named = {"msisdn": MSISDN, **values}
    return {
        "usageType": kind,
        **({"usageDate": wire_instant(at)} if at else {}),
        "usageCharacteristic": [
            {"name": name, "valueType": _type(value), "value": value}
            for name, value in named.items()
            if value is not None
        ],
    }


def a_call(seconds: Any = 60, *, to: str = "+4930123456", **values: Any) -> Document:
    """A call of so many seconds."""
    return a_usage("voice", duration=seconds, destination=to, **values)


def a_session(volume: Any, **values: Any) -> Document:
    """A data session of so many bytes."""
    return a_usage("data", volume=volume, **values)


def a_usage_specification(*characteristics: Document, **attributes: Any) -> Document:
    """A usage specification (TMF635 v4) with these characteristics."""
    return {"id": new_id(), "name": "Voice call", "specCharacteristic": list(characteristics), **attributes}


def a_subscriber(work: Work, *prices: Document, msisdn: str | None = MSISDN, **attributes: Any) -> Document:
    """Install a product sold at these prices, with a number, active since New Year unless it says otherwise."""
    numbers = {"productCharacteristic": characteristics(msisdn=msisdn)} if msisdn else {}
    product = a_product(name="Plan M", startDate="2026-01-01T00:00:00.000Z", **numbers) | attributes
    quantity = product.pop("quantity", 1)
    keys = freeze_all(work, prices)
    versions = [PriceVersion(key.price_id, key.revision, price) for key, price in zip(keys, prices, strict=True)]
    return install(work, product, versions, quantity=quantity)


def a_voice_price(amount: str = "0.09", *, per: int = 60, **attributes: Any) -> Document:
    """A price for each started minute of a call, unless `per` says other seconds."""
    conditions = {"usageType": ["voice"], **attributes.pop("conditions", {})}
    return a_usage_price(Decimal(amount), per=per, conditions=conditions, **attributes)


def a_data_price(amount: str = "2", *, per: int = 1, units: str = "MB", **attributes: Any) -> Document:
    """A price for each started megabyte."""
    conditions = {"usageType": ["data"], **attributes.pop("conditions", {})}
    return a_usage_price(Decimal(amount), per=per, units=units, conditions=conditions, **attributes)


def a_voice_allowance(minutes: int = 100, **conditions: Any) -> Document:
    """Minutes that are included in each month."""
    return an_allowance(minutes, "min", conditions={"usageType": ["voice"], **conditions})


def a_data_allowance(megabytes: int = 1000) -> Document:
    """Megabytes that are included in each month."""
    return an_allowance(megabytes, "MB", conditions={"usageType": ["data"]})


def unless(price: Document, name: str) -> Document:
    """A price that applies only where a usage has no such characteristic."""
    return price | {"prodSpecCharValueUse": [*price["prodSpecCharValueUse"], a_use(name) | {"maxCardinality": 0}]}


def charged(usage: Document) -> Decimal:
    """What a rated usage costs before tax."""
    amounts = [part["taxExcludedRatingAmount"]["value"] for part in usage["ratedProductUsage"]]
    return sum(amounts, Decimal(0))


def tags(usage: Document) -> list[str]:
    """How the parts of a rated usage were rated."""
    return [part["usageRatingTag"] for part in usage["ratedProductUsage"]]


def reasons(usage: Document) -> list[tuple[str, str]]:
    """Path and code of every reason why a usage was rejected."""
    values = [each["value"] for each in usage["usageCharacteristic"] if each["name"] == "rejectReason"]
    return [(value["path"], value["code"]) for value in values]


def _type(value: Any) -> str:
    return "number" if isinstance(value, int | Decimal) else "string"
