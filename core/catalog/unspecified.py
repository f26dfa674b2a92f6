"""The specification of offerings that name none: v4 has one in every offering that is no bundle, and points to this."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.context import Context
from core.entity import Document
from core.query import Condition, Negation, Query
from core.unspecified import StandIn

if TYPE_CHECKING:
    from core.service import Core, Work

STAND_IN = StandIn("ProductSpecification", "product offerings")
# Offerings of which `names_none` is true.
_NAMING_NONE = (
    Negation(Condition(("productSpecification",), operator="present")),
    Negation(Condition(("isBundle",), ("true",), kind="truth")),
)


def names_none(offering: Document) -> bool:
    """Tell whether an offering says neither of what specification it is nor that it is a bundle."""
    return "productSpecification" not in offering and offering.get("isBundle") is not True


def provide_specification(work: Work, offerings: Iterable[Document]) -> None:
    """Make the specification that stands for those that offerings don't name, if it is wanted and isn't there yet."""
    if any(map(names_none, offerings)):
        STAND_IN.provide(work)


def complete_catalog(core: Core) -> None:
    """Make the specification for offerings that came in before there was one: a chore of the servers."""
    context = Context(core.settings.tenant)
    with core.reading(context) as reading:
        if STAND_IN.is_there(reading):
            return
        found = reading.find("ProductOffering", Query(_NAMING_NONE, limit=1, count_limit=1)).items
    if found:
        core.run(context, STAND_IN.provide)
