"""What to look for, in the domain's words: criteria on attribute paths, a page, an order. No SQL, no URL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Path = tuple[str, ...]
Operator = Literal["eq", "ne", "gt", "gte", "lt", "lte", "regex", "present", "null"]
# What values are compared as: `any` is whatever the text spells, and what the document has decides.
Kind = Literal["any", "text", "number", "truth", "instant"]


@dataclass(frozen=True, slots=True)
class Condition:
    """An attribute path and the values it may have (any of them); arrays on the way match by any member.

    `ne` is the opposite of `eq`: no member has any of the values. `present` and `null` have no values.
    """

    path: Path
    values: tuple[str, ...] = ()
    operator: Operator = "eq"
    kind: Kind = "any"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds where all parts hold."""

    parts: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where one part holds."""

    parts: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """Holds where the part doesn't."""

    part: Criterion


@dataclass(frozen=True, slots=True)
class Member:
    """Holds where one member of the array at `path` (or the object there) meets `part`, whose paths begin at it."""

    path: Path
    part: Criterion


@dataclass(frozen=True, slots=True)
class Judged:
    """What can't be said in SQL: a pure function of the document or member, which it must not change."""

    test: Callable[[Any], bool]


Criterion = Condition | AllOf | AnyOf | Negation | Member | Judged


@dataclass(frozen=True, slots=True)
class Order:
    """By which attribute to sort.

    Numbers come first, then date-times as the instants that they are, other text, truth values, and what has none of
    these last. Of the kind `text`, date-times are text as any other. What of texts is `shown` as another one, which
    stands behind it, counts as that; instants never are.
    """

    path: Path
    descending: bool = False
    kind: Kind = "any"
    shown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """All conditions must hold. `limit` None means all; identifiers decide where `sort` doesn't.

    `after` are the sort keys of the last item of the page before (`Page.last`), and `passed` how many items there were
    up to that one. Counting ends at `count_limit`.
    Where no index helps, at most `scan_limit` documents are looked at; None means any number, for both. `wording` gives
    the path by which who asks knows an attribute, where that is another one.
    """

    conditions: tuple[Criterion, ...] = ()
    offset: int = 0
    limit: int | None = None
    sort: tuple[Order, ...] = ()
    after: tuple[Any, ...] | None = None
    passed: int = 0
    count_limit: int | None = None
    scan_limit: int | None = None
    wording: Callable[[Path], Path] | None = None

    @classmethod
    def matching(cls, values: Mapping[str, str], **page: Any) -> Query:
        """Build equality conditions from dotted paths: `Query.matching({"billingAccount.id": "b1"})`."""
        conditions = tuple(Condition(tuple(path.split(".")), (value,)) for path, value in values.items())
        return cls(conditions, **page)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the documents found, and how many there are in all, or at least where it isn't `exact`.

    `last` are the sort keys of the last item, for the page after it.
    """

    items: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0
    exact: bool = True
    last: tuple[Any, ...] | None = None


def bounded(items: list[dict[str, Any]], counted: int, query: Query, last: tuple[Any, ...] | None) -> Page:
    """Return a page whose total is exact up to the limit of the count, and a lower bound beyond it."""
    limit = query.count_limit
    if limit is None or counted <= limit:
        return Page(items, counted, last=last)
    seen = query.passed + query.offset + len(items) if items else 0
    return Page(items, max(limit, seen), exact=False, last=last)


def all_of(parts: Iterable[Criterion]) -> Criterion:
    """Return that all parts hold: in one level, and what an attribute mustn't be in one condition."""
    flat = (each for part in parts for each in (part.parts if isinstance(part, AllOf) else (part,)))
    said = _together(flat, lambda operator: operator == "ne")
    return said[0] if len(said) == 1 else AllOf(said)


def any_of(parts: Iterable[Criterion]) -> Criterion:
    """Return that one part holds: in one level, and what an attribute may be in one condition, as an index answers."""
    flat = (each for part in parts for each in (part.parts if isinstance(part, AnyOf) else (part,)))
    said = _together(flat, lambda operator: operator not in ("ne", "present", "null"))
    return said[0] if len(said) == 1 else AnyOf(said)


def negated(criterion: Criterion) -> Criterion:
    """Return that a criterion doesn't hold, said of single conditions and of members alone."""
    match criterion:
        case AllOf(parts):
            return any_of(map(negated, parts))
        case AnyOf(parts):
            return all_of(map(negated, parts))
        case Negation(part):
            return part
        case _:
            return Negation(criterion)


def member(path: Path, part: Criterion) -> Criterion:
    """Return that a member of an array meets a criterion; a member of a member is found by one path."""
    return Member((*path, *part.path), part.part) if isinstance(part, Member) else Member(path, part)


def leaves(criterion: Criterion, above: Path = ()) -> Iterator[tuple[Path, Condition | Judged]]:
    """Yield every condition of a criterion with the path of the member that it is about."""
    match criterion:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part, above)
        case Negation(part):
            yield from leaves(part, above)
        case Member(path, part):
            yield from leaves(part, (*above, *path))
        case _:
            yield above, criterion


def _together(parts: Iterable[Criterion], joins: Callable[[Operator], bool]) -> tuple[Criterion, ...]:
    """Return parts of which those on one attribute are one, with the values of all, where its operator joins them."""
    said: dict[object, Criterion] = {}
    values: dict[object, dict[str, None]] = {}
    for number, part in enumerate(parts):
        if not isinstance(part, Condition) or not joins(part.operator):
            said[number] = part
            continue
        key = part.path, part.operator, part.kind
        said.setdefault(key, part)
        values.setdefault(key, {}).update(dict.fromkeys(part.values))
    return tuple(
        replace(part, values=tuple(values[key])) if isinstance(part, Condition) and key in values else part
        for key, part in said.items()
    )
