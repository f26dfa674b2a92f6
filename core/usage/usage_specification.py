"""What a usage specification demands of the usages that name it, and what is true of the specification itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.catalog import faults_of_characteristics
from core.entity import Document, Entity
from core.errors import Conflict, Fault, refuse
from core.query import Query
from core.usage.characteristics import characteristics
from core.validity import faults_of_periods

if TYPE_CHECKING:
    from core.service import Work


class UsageSpecification(Entity):
    """Describes one kind of usage record (TMF635): which characteristics it has and which values they take."""

    name = "UsageSpecification"
    table = "usage_specification"

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
        """Refuse to delete what usages are judged by."""
        if work.find("Usage", Query.matching({"usageSpecification.id": document["id"]}, limit=1)).items:
            reason = "usages refer to this specification; take it out of use by its lifecycleStatus instead"
            raise Conflict(reason, path="id", code="specificationInUse")


def faults_of_specified(usage: Document, specification: Document) -> list[Fault]:
    """Return what in a usage contradicts its specification: types, values not allowed, mandatory ones missing.

    Characteristics that the specification doesn't describe are welcome (TMF635 `specCharacteristic`).
    """
    described = {"productSpecCharacteristic": specification.get("specCharacteristic")}
    faults = faults_of_characteristics(described, characteristics(usage), "usageCharacteristic")
    return [fault for fault in faults if fault.code != "unknownCharacteristic"]
