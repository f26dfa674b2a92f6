"""Offerings in v4: what kits look for in every one, in bundles and in what is none."""

from __future__ import annotations

from apis.tmf630.differences import Document, Owed
from core.unspecified import UNSPECIFIED

NO_SPECIFICATION = {"@type": "ProductSpecificationRef", "id": UNSPECIFIED}


class Unspecified(Owed):
    """What an offering that is no bundle is of: where none is named, v4 is pointed to the one that stands for that."""

    def told(self) -> str:
        """Say what is shown, and what it means when it comes back."""
        return f"{super().told()}; sent so, it says that there is none"

    def says_nothing(self, document: Document) -> bool:
        """Tell whether a pointer says no more than that."""
        said = document[self.owed]
        return isinstance(said, dict) and "id" in said and said.items() <= self.value.items()


def is_bundle(offering: Document) -> bool:
    """Tell whether an offering says that it is a bundle."""
    return offering.get("isBundle") is True


def is_alone(offering: Document) -> bool:
    """Tell whether it doesn't say so."""
    return not is_bundle(offering)
