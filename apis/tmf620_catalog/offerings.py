"""Offerings in v4: what kits look for in every one, in bundles and in what is none."""

from __future__ import annotations

from typing import Any

from apis.tmf630.differences import Owed
from apis.tmf630.statements import Document, Names
from core.unspecified import UNSPECIFIED

NO_SPECIFICATION = {"@type": "ProductSpecificationRef", "id": UNSPECIFIED}


class Unspecified(Owed):
    """What an offering that is no bundle is of: where none is named, v4 is pointed to the one that stands for that."""

    def told(self) -> str:
        """Say what is shown, and what it means when it comes back."""
        return f"{super().told()}; sent so, it says that there is none"

    def reading(self, names: Names) -> str:
        """Return what leaves out a pointer that says no more than that."""
        owed = names(self.owed)
        return f"if {owed} in each and {names(_is_unspecified)}(each[{owed}]): del each[{owed}]"


def is_bundle(offering: Document) -> bool:
    """Tell whether an offering says that it is a bundle."""
    return offering.get("isBundle") is True


def is_alone(offering: Document) -> bool:
    """Tell whether it doesn't say so."""
    return not is_bundle(offering)


def _is_unspecified(value: Any) -> bool:
    return isinstance(value, dict) and "id" in value and value.items() <= NO_SPECIFICATION.items()
