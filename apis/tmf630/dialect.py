"""How one API version words a resource, declared as a marshmallow schema that names only the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import INCLUDE, Schema

from apis.tmf630.keeping import KEPT, given_back
from apis.tmf630.translation import Translation, translation_of
from core.query import Condition, Criterion, Path


class Wording(Schema):
    """Base of all wordings: an attribute that is not declared passes through, in both directions.

    A field is named after the canonical attribute; `data_key` is what the version calls it. `Raw` is for attributes
    that have another name, `Nested` and lists of it for objects that are worded differently inside, and
    apis.tmf630.differences has fields for what goes further.
    """

    class Meta:
        """Let undeclared attributes through when reading."""

        unknown = INCLUDE

    # Whether what the canonical wording has no room for is set aside, and given back.
    keeps = True


class CanonicalWording(Wording):
    """Base of what may be said otherwise in v5 too.

    What v4 has put into a document (apis/tmf630/keeping.py) is an attribute like any other there.
    """

    keeps = False


class Dialect:
    """Translates documents and attribute paths between a version's wording and the canonical one."""

    def __init__(self, wording: type[Wording] | None = None) -> None:
        self.translation: Translation | None = translation_of(wording) if wording else None

    def load(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a version's document in canonical wording."""
        return document if self.translation is None else self.translation.read({**document})

    def dump(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a canonical document in the version's wording."""
        if self.translation is None:
            return document
        return self.translation.write({**(given_back(document) if KEPT in document else document)})

    def condition(self, path: Path, values: Sequence[str]) -> Condition:
        """Return the filter that a version's path and values stand for."""
        if self.translation is None:
            return Condition(path, tuple(values))
        canonical, difference = self.translation.canonical(path)
        return difference.condition(canonical, tuple(values)) if difference else Condition(canonical, tuple(values))

    def finding(self, path: Path, wanted: Condition) -> Criterion | None:
        """Return what finds the resources that meet a condition at a version's path, if one condition can't."""
        if self.translation is None:
            return None
        canonical, difference = self.translation.canonical(path)
        return difference.finding(canonical, wanted) if difference else None

    def is_as_stored(self, path: Path, wanted: Condition) -> bool:
        """Tell whether what is stored, under the canonical path and values, decides on a condition at a version's path.

        Elsewhere what the version shows is made of more than that, or isn't what is stored.
        """
        if self.translation is None:
            return True
        if wanted.operator not in ("eq", "ne") and self.translates_values(path):
            return False
        return self.translation.is_as_stored(path, wanted)

    def shows_first(self, path: Path) -> bool:
        """Tell whether of several values that are stored the first is all that the version shows at its path."""
        if self.translation is None:
            return False
        difference = self.translation.canonical(path)[1]
        return difference is not None and difference.shows_first

    def translates_values(self, path: Path) -> bool:
        """Tell whether some value of the attribute at a version's path is shown as another than it is kept with."""
        if self.translation is None:
            return False
        difference = self.translation.canonical(path)[1]
        return difference is not None and difference.translates_values

    def shown(self, path: Path) -> Mapping[str, str]:
        """Return the texts of the attribute at a version's path that are shown as others; none where no table tells."""
        if self.translation is None:
            return {}
        difference = self.translation.canonical(path)[1]
        return difference.shown if difference is not None else {}

    def canonical_path(self, path: Path) -> Path:
        """Return the canonical path of an attribute that a filter or patch names in the version's words.

        Steps that are places in an array (`0`, `-`) stay.
        """
        return path if self.translation is None else self.translation.canonical(path)[0]

    def worded_path(self, path: Path) -> Path:
        """Return what the version calls the attribute at a canonical path."""
        return path if self.translation is None else self.translation.worded(path)


class CanonicalDialect(Dialect):
    """The canonical wording, in which some values may be taken in other spellings too.

    It shows what is stored as it is stored: what is kept for other wordings is for them to give back.
    """

    def dump(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return the document."""
        return document


CANONICAL = CanonicalDialect()
# Of a version that isn't canonical, for a resource in which it differs in nothing that is known beforehand.
PLAIN = Dialect(Wording)
