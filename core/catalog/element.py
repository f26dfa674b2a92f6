"""What all catalog elements have in common: what the server sets, their life, and validity periods that make sense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.catalog.lifecycle import CATALOG
from core.clock import wire_instant
from core.entity import Document, Entity
from core.errors import Fault, refuse
from core.query import Query
from core.reading import Reading
from core.storage.statements import one_at_a_time
from core.validity import faults_of_periods

if TYPE_CHECKING:
    from core.service import Work

FIRST_VERSION = "1.0"


class CatalogElement(Entity):
    """A resource of TMF620 with a lifecycle. Subclasses add to `derived`, `complete` and `faults`."""

    state_attribute = "lifecycleStatus"
    lifecycle = CATALOG
    is_made_alone = True
    # TMF620 user guide, "Updates partially ...": attributes that a caller can't patch.
    unchangeable = frozenset({"@type", "lastUpdate"})

    def fill(self, work: Work, document: Document) -> None:
        """Set type, time, state and version where the client left them out."""
        document.setdefault("@type", self.name)
        document.setdefault("lastUpdate", wire_instant(work.now))
        document.setdefault("lifecycleStatus", CATALOG.initial)
        document.setdefault("version", FIRST_VERSION)
        for attribute, value in self.derived(document).items():
            document.setdefault(attribute, value)
        self.complete(document)

    def on_create(self, work: Work, document: Document) -> None:
        """Refuse an unknown state and whatever `faults` finds. An element may be created in any state."""
        CATALOG.check_state(document["lifecycleStatus"], "lifecycleStatus")
        refuse(self.faults(work, document))

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        """Hold the changed element against the same rules; what was derived follows, unless the caller says else."""
        old, new = self.derived(before), self.derived(after)
        for attribute, value in new.items():
            was_derived = before.get(attribute) == old[attribute]
            if attribute not in after or (was_derived and after[attribute] == before[attribute]):
                after[attribute] = value
        self.complete(after)
        if self.holds_others(after):
            # Of two changes that would close a circle between them, the second sees the first.
            one_at_a_time(work.connection, f"{work.context.tenant}/{self.name}")
        refuse(self.faults(work, after))

    def derived(self, document: Document) -> Document:
        """Return the attributes that follow from the rest of the document where the caller leaves them out."""
        return {}

    def holds_others(self, document: Document) -> bool:
        """Tell whether the element holds others of its kind, or is held by one: these may not go in circles."""
        return False

    def complete(self, document: Document) -> None:
        """Set what the members of the document leave to be understood."""

    def faults(self, work: Reading, document: Document) -> Iterator[Fault]:
        """Yield everything that a rule forbids in the document."""
        yield from faults_of_periods(document)


def refuse_deletion(work: Reading, uses: dict[tuple[str, str], str], identifier: str, instead: str) -> None:
    """Refuse to delete what others refer to: (entity, dotted path of the reference) to what to call the referrer."""
    for (entity, path), called in uses.items():
        found = work.find(entity, Query.matching({path: identifier}, limit=1)).items
        if found:
            reason = f"{called} '{found[0]['id']}' refers to it; {instead}"
            refuse([Fault("id", "inUse", reason)])
