"""What an offering is sold on top of: the products that one sold from it must rely on, by what the catalog says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.catalog.sale import Offer
from core.entity import Document
from core.validity import is_valid_at

# Types of productOfferingRelationship and productSpecificationRelationship, in lower case; others only inform.
RELIES = frozenset({"relieson", "requires"})


@dataclass(frozen=True, slots=True)
class Reliance:
    """The offerings, or else the specifications, of one of which there must be a product to rely on."""

    offerings: frozenset[str]
    specifications: frozenset[str]

    def admits(self, offering_id: str | None, specification_id: str | None) -> bool:
        """Tell whether a product of this offering and specification will do."""
        return offering_id in self.offerings or specification_id in self.specifications

    def __str__(self) -> str:
        kind = "offering" if self.offerings else "specification"
        return f"{kind} " + " or ".join(f"'{each}'" for each in sorted(self.offerings or self.specifications))


def reliance_of(offer: Offer, at: datetime) -> Reliance | None:
    """Return what an offering says at `at` that it needs, or else its specification; None where neither does.

    Several that are named are alternatives: a product relies on one other.
    """
    if offerings := _relied_on(offer.offering.get("productOfferingRelationship"), at):
        return Reliance(offerings, frozenset())
    specifications = _relied_on((offer.specification or {}).get("productSpecificationRelationship"), at)
    return Reliance(frozenset(), specifications) if specifications else None


def _relied_on(relationships: Iterable[Document] | None, at: datetime) -> frozenset[str]:
    return frozenset(
        one["id"]
        for one in relationships or ()
        if one.get("id") and (one.get("relationshipType") or "").lower() in RELIES and is_valid_at(one, at)
    )
