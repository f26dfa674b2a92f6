"""What somebody who sells an offering must know of it: whether it may be sold, at which prices, made of what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.catalog.bundle import everything_in
from core.catalog.lifecycle import is_on_sale
from core.catalog.price import faults_of_charging, is_price_reference
from core.catalog.pricing import read_price
from core.entity import Document
from core.errors import Fault
from core.reading import Reading
from core.service import Work
from core.storage.statements import hold_rows
from core.validity import is_valid_at

# Relations by which one price brings another one with it; further types (`replaces`, ...) only inform.
BRINGS_ALONG = frozenset({"discount", "allowance", "alteration", "bundled"})


@dataclass(frozen=True, slots=True)
class Offer:
    """An offering with what it refers to, and the currency it would be billed in.

    `unknown_prices` are identifiers that lead nowhere here.
    """

    offering: Document
    specification: Document | None
    prices: tuple[Document, ...]
    unknown_prices: tuple[str, ...]
    currency: str

    def prices_at(self, at: datetime, characteristics: Mapping[str, Any] | None = None) -> list[Document]:
        """Return the prices that a sale at `at` with these characteristics (name to value) agrees on.

        Those Active or Launched and valid; usage prices all, others where their conditions are met.
        """
        return [one for one in self.prices if _is_in_force(one, at) and _is_meant(one, characteristics or {})]


def load_offers(work: Reading, offering_ids: Iterable[str]) -> dict[str, Offer]:
    """Return offerings, and those inside their bundles, by identifier; unknown ones are missing. Reads in sets."""
    offerings: dict[str, Document] = {}
    frontier = set(offering_ids)
    while frontier:
        found = work.get_many("ProductOffering", frontier)
        offerings |= found
        frontier = (
            {part.offering_id for one in found.values() for part in everything_in(one)} - offerings.keys() - frontier
        )
    specifications = work.get_many(
        "ProductSpecification", filter(None, (specification_id(one) for one in offerings.values()))
    )
    prices = _load_price_documents(work, offerings.values())
    currency = work.settings.currency
    return {
        identifier: _offer(offering, specifications, prices, currency) for identifier, offering in offerings.items()
    }


def hold_offerings(work: Work, offering_ids: Iterable[str]) -> None:
    """Keep offerings that are about to be sold from being deleted before this transaction has ended."""
    hold_rows(work.connection, work.core.repositories["ProductOffering"].table, work.context.tenant, offering_ids)


def faults_of_sale(offers: Mapping[str, Offer], offering_id: str, at: datetime, path: str) -> list[Fault]:
    """Return what forbids selling an offering at `at`, every fault at `path` (the reference to the offering).

    Unknown, not Active or Launched, not sellable on its own, outside its validity, prices that can't be charged,
    a bundle with a mandatory part that can't be sold. `offers` comes from `load_offers`.
    """
    offer = offers.get(offering_id)
    if offer is None:
        return [Fault(f"{path}.id", "unknownOffering", f"there is no product offering '{offering_id}'")]
    faults = list(_faults_of_offering(offer, at, path))
    if offer.offering.get("isSellable") is False:
        reason = f"offering '{offering_id}' is sold only as part of a bundle (isSellable is false)"
        faults.append(Fault(f"{path}.id", "offeringNotSellable", reason))
    for part in everything_in(offer.offering):
        if part.limits.lower > 0:
            faults += _faults_of_part(offers, part.offering_id, at, path)
    return faults


def faults_of_prices(offer: Offer, at: datetime, path: str) -> Iterator[Fault]:
    """Yield what keeps prices of an offering that are in force at `at` from being charged, every fault at `path`."""
    for price in offer.prices:
        if not _is_in_force(price, at):
            continue
        for fault in faults_of_charging(price, offer.currency):
            told = f"price '{price['id']}' of offering '{offer.offering['id']}', {fault.path}: {fault.reason}"
            yield Fault(f"{path}.id", fault.code, told)


def specification_id(offering: Document) -> str | None:
    """Return the identifier of the offering's product specification."""
    return (offering.get("productSpecification") or {}).get("id")


def _prices(offering: Document) -> list[Document]:
    return [one for one in offering.get("productOfferingPrice") or [] if one.get("id")]


def _is_in_force(price: Document, at: datetime) -> bool:
    # A price by value that has no state of its own lives and ends with its offering.
    status = price.get("lifecycleStatus")
    return (status is None or is_on_sale(status)) and is_valid_at(price, at)


def _is_meant(price: Document, characteristics: Mapping[str, Any]) -> bool:
    read = read_price(price)
    return read.kind == "usage" or read.applies_to(characteristics)


def _faults_of_offering(offer: Offer, at: datetime, path: str) -> Iterator[Fault]:
    identifier, status = offer.offering["id"], offer.offering.get("lifecycleStatus")
    if not is_on_sale(status):
        reason = f"offering '{identifier}' is '{status}'; only Active and Launched ones are sold"
        yield Fault(f"{path}.id", "offeringNotLaunched", reason)
    if not is_valid_at(offer.offering, at):
        reason = f"offering '{identifier}' isn't valid at {at.isoformat()} (validFor)"
        yield Fault(f"{path}.id", "offeringOutsideValidity", reason)
    for price_id in offer.unknown_prices:
        yield Fault(f"{path}.id", "unknownPrice", f"offering '{identifier}' has a price '{price_id}' that isn't known")
    in_force = [one for one in offer.prices if _is_in_force(one, at)]
    if offer.prices and not in_force:
        reason = f"none of the prices of offering '{identifier}' is Active or Launched and valid at {at.isoformat()}"
        yield Fault(f"{path}.id", "noPriceInForce", reason)
    yield from faults_of_prices(offer, at, path)


def _faults_of_part(offers: Mapping[str, Offer], part_id: str, at: datetime, path: str) -> list[Fault]:
    if part_id not in offers:
        return [Fault(f"{path}.id", "bundleIncomplete", f"part '{part_id}' of the bundle isn't known")]
    return [
        Fault(fault.path, "bundleIncomplete", f"part of the bundle: {fault.reason}")
        for fault in _faults_of_offering(offers[part_id], at, path)
    ]


def _load_price_documents(work: Reading, offerings: Iterable[Document]) -> dict[str, Document]:
    """Return all prices of the catalog that offerings refer to, those that others bring along included, by identifier.

    Those that an offering has by value are its own, whatever else has the same identifier.
    """
    values = [one for offering in offerings for one in _prices(offering)]
    frontier = {one["id"] for one in values if is_price_reference(one)}
    frontier |= {other for one in values if not is_price_reference(one) for other in _brought_along(one)}
    known: dict[str, Document] = {}
    tried: set[str] = set()
    while frontier := frontier - known.keys() - tried:
        tried |= frontier
        found = work.get_many("ProductOfferingPrice", frontier)
        known |= found
        frontier = {other for one in found.values() for other in _brought_along(one)}
    return known


def _brought_along(price: Document) -> list[str]:
    related = [
        one for one in price.get("popRelationship") or [] if (one.get("relationshipType") or "").lower() in BRINGS_ALONG
    ]
    return [one["id"] for one in [*(price.get("bundledPopRelationship") or []), *related] if one.get("id")]


def _offer(
    offering: Document, specifications: Mapping[str, Document], prices: Mapping[str, Document], currency: str
) -> Offer:
    prices = {**prices, **{one["id"]: one for one in _prices(offering) if not is_price_reference(one)}}
    wanted = [one["id"] for one in _prices(offering)]
    for price_id in wanted:
        wanted += [other for other in _brought_along(prices.get(price_id, {})) if other not in wanted]
    return Offer(
        offering,
        specifications.get(specification_id(offering) or ""),
        # A bundle of prices only holds others together: nothing is charged for it itself.
        tuple(prices[one] for one in wanted if one in prices and not prices[one].get("bundledPopRelationship")),
        tuple(one for one in wanted if one not in prices),
        currency,
    )
