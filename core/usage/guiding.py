"""Guiding: which product a usage belongs to, by product identifier, MSISDN or IMSI at the time of use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.catalog import spelling
from core.clock import parse_instant
from core.entity import Document
from core.errors import Fault
from core.inventory import Sighting, family_documents, guide
from core.period import Period
from core.reading import Reading
from core.usage.characteristics import instant_of, path_of, values_of

PRODUCT = "productId"
NUMBERS = ("msisdn", "imsi")


@dataclass(frozen=True, slots=True)
class Guided:
    """Whose usage it is: the product, the products whose prices it shares (itself first), the account that pays."""

    product_id: str
    product_name: str | None
    family: tuple[str, ...]
    billing_account_id: str


def subject_of(usage: Document) -> str:
    """Return what a usage says of whose it is, before anybody looks it up: usages alike in this belong together."""
    values = values_of(usage)
    given = (values[name] for name in (PRODUCT, *NUMBERS) if values.get(name) is not None)
    return spelling(next(given, ""))


def guide_all(reading: Reading, usages: Sequence[Document]) -> dict[str, Guided | Fault]:
    """Return for each usage (all have a date), by identifier, whom it belongs to or why that can't be told."""
    sightings = {usage["id"]: _sightings(usage) for usage in usages}
    by_number = guide(reading, {each for several in sightings.values() for each in several})
    named = {usage["id"]: spelling(values_of(usage).get(PRODUCT) or "") for usage in usages}
    found = {
        usage["id"]: named[usage["id"]] or next((by_number[s] for s in sightings[usage["id"]] if s in by_number), "")
        for usage in usages
    }
    families = family_documents(reading, set(filter(None, found.values())))
    return {usage["id"]: _guided(usage, found[usage["id"]], families) for usage in usages}


def _sightings(usage: Document) -> list[Sighting]:
    values, at = values_of(usage), _at(usage)
    return [Sighting(kind, spelling(values[kind]), at) for kind in NUMBERS if values.get(kind) is not None]


def _guided(usage: Document, product_id: str, families: Mapping[str, list[Document]]) -> Guided | Fault:
    family = families.get(product_id)
    if family is None or not _lifetime(family[0]).contains(_at(usage)):
        return _unguided(usage)
    account = next(filter(None, map(_account, family)), None)
    if account is None:
        reason = f"product '{product_id}' has no billing account that the usage could be charged to"
        return Fault(path_of(usage, PRODUCT), "noBillingAccount", reason)
    return Guided(product_id, family[0].get("name"), tuple(each["id"] for each in family), account)


def _unguided(usage: Document) -> Fault:
    values = values_of(usage)
    given = [name for name in (PRODUCT, *NUMBERS) if values.get(name) is not None]
    if not given:
        reason = f"one of the characteristics {PRODUCT}, {', '.join(NUMBERS)} must say whose usage it is"
        return Fault("usageCharacteristic", "notGuidable", reason)
    said = " or ".join(f"{name} {spelling(values[name])}" for name in given)
    reason = f"no product had {said} on {usage['usageDate']}"
    return Fault(path_of(usage, given[0]), "notGuidable", reason)


def _lifetime(product: Document) -> Period:
    start = product.get("startDate") or product.get("creationDate")
    end = product.get("terminationDate")
    return Period(parse_instant(start) if start else None, parse_instant(end) if end else None)


def _account(product: Document) -> str | None:
    return (product.get("billingAccount") or {}).get("id")


def _at(usage: Document) -> datetime:
    at = instant_of(usage)
    assert at is not None, "a usage without a date is rejected before it is guided"
    return at
