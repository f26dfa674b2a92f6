"""The specification that stands for those which resources don't name: made when it is first needed, there to stay."""

from __future__ import annotations

from dataclasses import dataclass

from core.entity import Document
from core.errors import Conflict, Fault, refuse
from core.reading import Reading
from core.service import Work

UNSPECIFIED = "unspecified"
NAME = "Not specified"


@dataclass(frozen=True, slots=True)
class StandIn:
    """The specification of one kind, `entity`, that stands for those which resources (`of`: offerings) don't name."""

    entity: str
    of: str

    def is_there(self, reading: Reading) -> bool:
        """Tell whether it was needed before."""
        return reading.get(self.entity, UNSPECIFIED) is not None

    def provide(self, work: Work) -> bool:
        """Make it, if it isn't there yet, in the running transaction; tell whether this one has made it."""
        if self.is_there(work):
            return False
        try:
            with work.attempt():
                work.create(self.entity, self._document())
        except Conflict:
            # Another transaction may have made it since then, and has committed now.
            if not self.is_there(work):
                raise
            return False
        return True

    def refuse_removal(self, identifier: str) -> None:
        """Raise Conflict where it is the one that is to be deleted."""
        if identifier == UNSPECIFIED:
            refuse([Fault("id", "inUse", f"stands for the specification of {self.of} that name none, and stays")])

    def _document(self) -> Document:
        return {
            "@type": self.entity,
            "id": UNSPECIFIED,
            "name": NAME,
            "description": f"Stands for the specification of {self.of} that name none, and says nothing of them.",
            "lifecycleStatus": "Active",
        }
