"""What a resource's attributes are to a query: whether they exist, what they compare as, their canonical path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from apis.tmf630.version import ServedResource
from core.errors import BssError, Fault
from core.query import Condition, Kind, Operator, Path
from core.values import instant_asked_for, pattern, read_number

# Each is a join in SQLite, which takes 64; what the APIs have is hardly deeper than ten.
MOST_STEPS = 50
OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "regex")
_NUMBERS = {"number", "integer"}


@dataclass
class Attributes:
    """The attributes of a resource, as one query names them; gathers what is wrong with it, and its extensions.

    `extensions` are the canonical paths of attributes that no schema knows, each with the name that the query has for
    it: they are understood where some resource has them.
    """

    resource: ServedResource
    faults: list[Fault] = field(default_factory=list)
    extensions: dict[Path, str] = field(default_factory=dict)

    def knows(self, path: Path, place: str) -> bool:
        """Note a fault for a path that can't be one; note an extension where no schema knows it."""
        if len(path) > MOST_STEPS:
            self.faults.append(Fault(place, "tooDeep", f"a filter goes at most {MOST_STEPS} levels deep"))
            return False
        if not all(path) or any(character in step for step in path for character in '\0"\\'):
            self.faults.append(Fault(place, "unknownAttribute", f"is not an attribute of {self.resource.name}"))
            return False
        if not self.resource.knows(path):
            self.extensions[self.resource.dialect.canonical_path(path)] = place
        return True

    def kind(self, path: Path) -> Kind:
        """Return what an attribute compares as, where the schema leaves no doubt."""
        types, formats = self.resource.forms(path)
        if formats == {"date-time"} and types <= {"string"}:
            return "instant"
        if types and types <= _NUMBERS:
            return "number"
        return "truth" if types == {"boolean"} else "any"

    def condition(self, path: Path, operator: str, values: Sequence[str], place: str) -> Condition | None:
        """Return a condition on an attribute in canonical words; None where it has a fault, which is noted."""
        if not self.knows(path, place):
            return None
        kind = self.kind(path)
        before = len(self.faults)
        for value in values:
            if reason := _unfit(value, operator, kind):
                self.faults.append(Fault(place, "invalidValue", reason))
        if len(self.faults) > before:
            return None
        dialect = self.resource.dialect
        wanted = tuple(dict.fromkeys(values))
        said = dialect.condition(path, wanted)
        if operator in ("eq", "ne"):
            return Condition(said.path, said.values, cast(Operator, operator), kind)
        if said.values != wanted or said.path != dialect.canonical_path(path) or dialect.translates_values(path):
            version = self.resource.version.name
            reason = f"is kept with other values than {version} has: only eq and ne are offered"
            self.faults.append(Fault(place, "unknownOperator", reason))
            return None
        return Condition(said.path, wanted, cast(Operator, operator), kind)


def _unfit(value: str, operator: str, kind: Kind) -> str | None:
    """Return what is wrong with a value, if anything."""
    if "\0" in value:
        return "can't contain the character NUL"
    if operator == "regex":
        if kind in ("number", "truth"):
            return "is no text, so that no pattern can match it"
        try:
            pattern(value)
        except BssError as error:
            return error.reason
    elif kind == "instant":
        try:
            instant_asked_for(value)
        except ValueError:
            return f"is a date-time, such as 2026-01-31T10:00:00Z; '{value[:50]}' is none"
    elif kind == "number" and read_number(value) is None:
        return f"is a number; '{value[:50]}' is none"
    elif kind == "truth" and (value not in ("true", "false") or operator not in ("eq", "ne")):
        return "is true or false, and can only be equal to one of them"
    return None
