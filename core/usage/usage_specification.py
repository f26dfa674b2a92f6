"""What a usage specification demands of the usages that name it, and what is true of the specification itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.catalog import faults_of_characteristics
from core.entity import Column, Document, Entity
from core.errors import Conflict, Fault, refuse
from core.query import Query
from core.unspecified import NAME, UNSPECIFIED
from core.usage.characteristics import characteristics
from core.usage.unspecified import STAND_IN, provide_specification, refer_to_it, refers_to_it
from core.validity import faults_of_periods, is_valid_at

if TYPE_CHECKING:
    from core.service import Work


IN_USE = ("Active", "Launched")


class UsageSpecification(Entity):
    """Describes one kind of usage record (TMF635): which characteristics it has and which values they take."""

    name = "UsageSpecification"
    table = "usage_specification"
    columns = (Column("name", "name"),)
    is_made_alone = True

    def fill(self, work: Work, document: Document) -> None:
        """Set version, lifecycle status and time of change."""
        document.setdefault("version", "1.0")
        document.setdefault("lifecycleStatus", "In study")
        document.setdefault("isBundle", False)
        self.touch(work, document)

    def on_create(self, work: Work, document: Document) -> None:
        """Refuse periods that end before they start."""
        refuse(faults_of_periods(document))

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        """Refuse periods that end before they start."""
        refuse(faults_of_periods(after))

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete what usages are judged by, or what stands for that."""
        STAND_IN.refuse_removal(document["id"])
        if work.find("Usage", Query.matching({"usageSpecification.id": document["id"]}, limit=1)).items:
            reason = "usages refer to this specification; take it out of use by its lifecycleStatus instead"
            raise Conflict(reason, path="id", code="specificationInUse")


def name_specifications(work: Work, usages: Sequence[Document]) -> None:
    """Let usages that name no specification name the one in use that is called as their type, the newest of several.

    Those of whose type there is none refer to the one that stands for that, which is there from then on.
    """
    open_ones = [usage for usage in usages if not usage.get("usageSpecification")]
    named = {usage["usageType"] for usage in open_ones if usage.get("usageType")}
    # With the name of the one that stands for others it costs no statement more to know that it is there.
    found = work.find_by("UsageSpecification", name=sorted(named | {NAME})) if open_ones else []
    usable = {each["name"]: each for each in found if each["lifecycleStatus"] in IN_USE and is_valid_at(each, work.now)}
    for usage in open_ones:
        if specification := usable.get(usage.get("usageType", "")):
            reference = {"@type": "UsageSpecificationRef", "id": specification["id"], "name": specification["name"]}
            usage["usageSpecification"] = reference
    refer_to_it([usage for usage in open_ones if not usage.get("usageSpecification")])
    if any(map(refers_to_it, usages)) and not any(each["id"] == UNSPECIFIED for each in found):
        provide_specification(work)


def faults_of_specified(usage: Document, specification: Document) -> list[Fault]:
    """Return what in a usage contradicts its specification: types, values not allowed, mandatory ones missing.

    Characteristics that the specification doesn't describe are welcome (TMF635 `specCharacteristic`).
    """
    described = {"productSpecCharacteristic": specification.get("specCharacteristic")}
    faults = faults_of_characteristics(described, characteristics(usage), "usageCharacteristic")
    return [fault for fault in faults if fault.code != "unknownCharacteristic"]
