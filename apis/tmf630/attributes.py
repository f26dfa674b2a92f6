"""What a resource's attributes are to a query: whether they exist, what they compare as, their canonical path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from apis.tmf630.addresses import HREF, NO_TEXT, is_address
from apis.tmf630.envelope import Said
from apis.tmf630.jsonpath_filter import PLACE
from apis.tmf630.shapes import NOT_EXTENDED, Extended
from apis.tmf630.stored import KEEPS, TYPE, as_stored, may_be_kept, type_as_kept
from apis.tmf630.version import ServedResource
from core.errors import BssError, Fault
from core.evaluation import holds, nodes_at
from core.query import AllOf, AnyOf, Condition, Criterion, Judged, Kind, Operator, Order, Path
from core.values import instant_asked_for, pattern, read_number

# Each is a join in SQLite, which takes 64; what the APIs have is hardly deeper than ten.
MOST_STEPS = 50
# Whether some resource has one that no specification knows, all of them are looked through for.
MOST_EXTENSIONS = 20
OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "regex")
_NUMBERS = {"number", "integer"}
_VALUES = {"string", "boolean", *_NUMBERS}


@dataclass
class Attributes:
    """The attributes of a resource, as one query names them; gathers what is wrong with it, and its extensions.

    `extended` is asked for the types that registered schemas extend. `extensions` are the canonical paths of attributes
    that no schema knows, each with the name that the query has for it: they are understood where some resource has
    them, or meets what they are `perhaps`, a part of its value, and aren't noted where `accepts_any`. `named` are all
    paths that are understood, each with where the query has it. Paths begin with `within`, where a query is about more
    than resources; what is `beside` them has paths of its own. Of a query that is about what is `below` an attribute,
    they begin there.
    """

    resource: ServedResource
    extended: Callable[[], Extended] = lambda: NOT_EXTENDED
    accepts_any: bool = False
    within: Path = ()
    beside: Mapping[Path, Said] = field(default_factory=dict)
    below: Path = ()
    faults: list[Fault] = field(default_factory=list)
    extensions: dict[Path, str] = field(default_factory=dict)
    perhaps: dict[Path, Criterion] = field(default_factory=dict)
    named: dict[Path, str] = field(default_factory=dict)

    def knows(self, path: Path, place: str) -> bool:
        """Note a fault for a path that can't be one; note an extension where no schema knows it."""
        if path in self.beside:
            return True
        if len(path) > MOST_STEPS:
            self.faults.append(Fault(place, "tooDeep", f"a filter goes at most {MOST_STEPS} levels deep"))
            return False
        if place == PLACE:
            place = f"{PLACE}=@.{'.'.join(path)}"
        self.named[path] = place
        inside = self._inside(path)
        is_one = bool(inside) and all(map(_is_name, inside))
        if is_one and (self.resource.knows(inside, self.extended) or self.accepts_any):
            return True
        canonical = self.canonical(path)
        if not is_one or self.resource.dialect.worded_path(canonical) != inside:
            self.faults.append(Fault(place, "unknownAttribute", f"is not an attribute of {self.resource.name}"))
            return False
        if len(self.extensions) >= MOST_EXTENSIONS and canonical not in self.extensions:
            reason = f"a query has at most {MOST_EXTENSIONS} attributes that no specification knows"
            if not any(fault.code == "tooMany" for fault in self.faults):
                self.faults.append(Fault(place, "tooMany", reason))
            return False
        self.extensions[canonical] = place
        return True

    def canonical(self, path: Path) -> Path:
        """Return the path by which a resource is stored. An address isn't stored: its identifier stands for it."""
        inside = self._inside(path)
        if inside == HREF:
            return ("id",)
        return self.resource.dialect.canonical_path(inside) if inside else ()

    def shown(self, document: Any) -> Any:
        """Return a stored resource as the paths of the query see it."""
        worded = self.resource.dialect.dump(document)
        for step in self.below:
            worded = worded[step] if isinstance(worded.get(step), dict) else {}
        for step in reversed(self.within):
            worded = {step: worded}
        for path, said in self.beside.items():
            for found in [said.value] if said.value is not None else nodes_at(document, said.path):
                _plant(worded, path, found)
        return worded

    def kind(self, path: Path) -> Kind:
        """Return what an attribute compares as, where the schema leaves no doubt."""
        if path in self.beside:
            return self.beside[path].kind
        types, formats = self.resource.forms(self._inside(path))
        if formats == {"date-time"} and types <= {"string"}:
            return "instant"
        if types and types <= _NUMBERS:
            return "number"
        return "truth" if types == {"boolean"} else "any"

    def criterion(self, path: Path, operator: str, values: Sequence[str], place: str) -> Criterion | None:
        """Return what finds resources by an attribute; None where the condition has a fault, which is noted."""
        wanted = self.condition(path, operator, values, place)
        return None if wanted is None else self.finding(wanted)

    def condition(self, path: Path, operator: str, values: Sequence[str], place: str) -> Condition | None:
        """Return a condition on an attribute in the words of the query; None where it has a fault, which is noted."""
        if not self.knows(path, place):
            return None
        kind, before = self.kind(path), len(self.faults)
        among = self.beside[path].among if path in self.beside and operator in ("eq", "ne") else ()
        for value in values if among else ():
            if value not in among:
                self.faults.append(Fault(place, "invalidValue", f"is one of {', '.join(among)}; '{value[:50]}' isn't"))
        if example := self._part_of(path):
            reason = f"is an object, which compares with no value; its attributes do, such as {example}"
            self.faults.append(Fault(place, "invalidFilter", reason))
            return None
        if operator not in ("eq", "ne") and self.is_address(path):
            self.faults.append(Fault(place, "unknownOperator", NO_TEXT))
        for value in values:
            if unfit := _unfit(value, operator, kind):
                self.faults.append(Fault(place, "invalidValue", unfit))
        if len(self.faults) > before:
            return None
        return Condition(path, tuple(dict.fromkeys(values)), cast(Operator, operator), kind)

    def may_say(self, path: Path, text: str) -> bool:
        """Tell whether an attribute may be a text, and this one where the schema has a list of those that it may be."""
        if self.kind(path) != "any" or path in self.beside:
            return False
        shapes = list(self.resource.version.shapes.at(self.resource.schema, self._inside(path)))
        return not shapes or any(not shape.values or text in shape.values for shape in shapes)

    def order(self, path: Path, place: str, *, descending: bool) -> Order | None:
        """Return the order of resources by an attribute; None where it gives none, which is noted as a fault."""
        if not self.knows(path, place):
            return None
        if example := self._part_of(path):
            reason = f"is an object, which has no order; its attributes have, such as {example}"
            self.faults.append(Fault(place, "invalidParameter", reason))
            return None
        inside, dialect = self._inside(path), self.resource.dialect
        if inside != HREF and self.is_address(path):
            self.faults.append(Fault(place, "invalidParameter", "is an address, which gives no order"))
            return None
        shown = tuple(dialect.shown(inside).items())
        if (dialect.translates_values(inside) and not shown) or not dialect.is_as_stored(inside, Condition(path)):
            reason = f"gives no order: it isn't kept as {self.resource.version.name} shows it"
            self.faults.append(Fault(place, "invalidParameter", reason))
            return None
        kind: Kind = "instant" if self.kind(path) == "instant" else "any"
        if kind == "any" and self.resource.forms(inside)[0] == {"string"}:
            kind = "text"
        return Order(self.canonical(path), descending, kind, shown)

    def stored(self, wanted: Condition) -> Condition | None:
        """Return the condition on stored resources that says the same as one in the query's words, if there is one."""
        path = self._inside(wanted.path)
        if may_be_kept(self.resource, path) or self.resource.dialect.shows_first(path):
            return None
        return as_stored(self.resource, path, wanted)

    def finding(self, wanted: Condition) -> Criterion:
        """Return what finds the resources that the version shows to meet a condition in the query's words."""
        if wanted.path in self.beside:
            return self.beside[wanted.path].finding(wanted)
        path = self._inside(wanted.path)
        if found := self.resource.dialect.finding(path, wanted):
            return found
        said = as_stored(self.resource, path, wanted)
        if said is None:
            return self.judged(wanted)
        if self.resource.dialect.shows_first(path):
            # What has the value at all is soon found; to lack it in the first place it may have it in another.
            return self.judged(wanted) if wanted.operator == "ne" else AllOf((said, self.judged(wanted)))
        if not may_be_kept(self.resource, path):
            return said
        if path == TYPE and wanted.operator in ("eq", "ne"):
            return type_as_kept(said, wanted)
        return AllOf((AnyOf((said, KEEPS)), self.judged(wanted)))

    def refers(self, path: Path, place: str) -> None:
        """Note a fault for a path that can't be a reference: one that isn't known, or has a single value."""
        types = self.resource.forms(self._inside(path))[0] if self.knows(path, place) else set()
        if types and types <= _VALUES:
            self.faults.append(Fault(place, "invalidParameter", "is a value, and no reference that could be shown"))

    def has(self, path: Path) -> bool:
        """Tell whether a schema has an attribute."""
        inside = self._inside(path)
        return path in self.beside or (bool(inside) and self.resource.knows(inside, self.extended))

    def declares(self, path: Path) -> bool:
        """Tell whether the version has an attribute of that name, and not just room for any."""
        inside = self._inside(path)
        return bool(inside) and self.resource.version.shapes.declares(self.resource.schema, inside)

    def is_single(self, path: Path, scope: Path) -> bool:
        """Tell whether by every schema there is one value, and no array, at a path below a scope."""
        inside, within = self._inside(path), self._inside(scope)
        found = list(self.resource.version.shapes.arrays_on(self.resource.schema, inside, after=len(within)))
        return bool(found) and not any(found)

    def is_address(self, path: Path) -> bool:
        """Tell whether an attribute is an address of ours, of which the whole isn't stored."""
        return is_address(self.resource, self._inside(path))

    def _part_of(self, path: Path) -> str | None:
        """Return an attribute of what by every schema is an object; None for what may be anything else."""
        inside, shapes = self._inside(path), self.resource.version.shapes
        if path in self.beside or self.resource.forms(inside)[0] != {"object"}:
            return None
        parts = {name for shape in shapes.at(self.resource.schema, inside) for name in shape.properties}
        # What is none to this version may be an extension to it.
        likely = [name for name in ("id", "value", "name", *sorted(parts)) if name in parts]
        return ".".join((*path, likely[0])) if likely else None

    def judged(self, wanted: Criterion) -> Judged:
        """Return the test of a criterion, in the query's words, on resources as the version shows them."""
        return Judged(lambda document: holds(wanted, self.shown(document)))

    def _inside(self, path: Path) -> Path:
        """Return a path as it counts from the resource, an empty one for what is elsewhere."""
        depth = len(self.within)
        return (*self.below, *path[depth:]) if path[:depth] == self.within else ()


def _plant(document: dict[str, Any], path: Path, value: Any) -> None:
    for step in path[:-1]:
        document = document.setdefault(step, {})
    document[path[-1]] = value


def _is_name(step: str) -> bool:
    """Tell whether an attribute may be called so."""
    return bool(step) and not any(mark in step for mark in '\0"\\') and _is_whole(step)


def _is_whole(text: str) -> bool:
    """Tell whether no character is half of a surrogate pair, which nothing stored can have."""
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def _unfit(value: str, operator: str, kind: Kind) -> str | None:
    """Return what is wrong with a value, if anything."""
    if "\0" in value:
        return "can't contain the character NUL"
    if not _is_whole(value):
        return "has half of a surrogate pair in it"
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
