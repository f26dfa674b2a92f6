"""What a bundle is made of: which offerings, how many of each, and choices among groups (TMF620 bundled offerings)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.catalog.nested import each
from core.entity import Document
from core.errors import Fault
from core.reading import Reading


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may be taken: at least `lower`, at most `upper` (None: as many as wanted), usually `default`."""

    lower: int
    upper: int | None
    default: int

    def admit(self, count: int) -> bool:
        """Tell whether so many may be taken."""
        return self.lower <= count and (self.upper is None or count <= self.upper)

    def __str__(self) -> str:
        return f"{self.lower} to {'any number' if self.upper is None else self.upper}"


@dataclass(frozen=True, slots=True)
class Component:
    """An offering inside a bundle; `path` is where the bundle names it."""

    offering_id: str
    limits: Limits
    path: str


@dataclass(frozen=True, slots=True)
class Group:
    """Offerings of a bundle among which a choice is made, with limits for all of them together."""

    name: str
    limits: Limits
    components: tuple[Component, ...]
    path: str


def components_of(offering: Document) -> list[Component]:
    """Return the offerings that the bundle names outside of groups; one without limits is taken exactly once."""
    return [
        Component(member["id"], _limits(member, Limits(1, 1, 1)), path)
        for path, member in each(offering, "bundledProductOffering")
        if member.get("id")
    ]


def groups_of(offering: Document, prefix: str = "") -> list[Group]:
    """Return the groups of the bundle, nested ones after those around them."""
    groups: list[Group] = []
    for path, group in each(offering, "bundledGroupProductOffering", prefix):
        members = tuple(
            Component(member["id"], _limits(member, Limits(0, None, 0)), inner)
            for inner, member in each(group, "bundledProductOffering", path)
            if member.get("id")
        )
        limits = _limits(group, Limits(0, None, 0), "bundledGroupProductOfferingOption")
        groups += [Group(group.get("name") or path, limits, members, path), *groups_of(group, path)]
    return groups


def everything_in(offering: Document) -> list[Component]:
    """Return all offerings that a bundle names, in groups or not."""
    return components_of(offering) + [member for group in groups_of(offering) for member in group.components]


def faults_of_limits(offering: Document) -> Iterator[Fault]:
    """Yield a fault for limits that contradict themselves: negative, lower above upper, default outside of them."""
    named = [
        (component.path, "bundledProductOfferingOption", component.limits) for component in everything_in(offering)
    ]
    named += [(group.path, "bundledGroupProductOfferingOption", group.limits) for group in groups_of(offering)]
    for path, option, limits in named:
        if limits.lower < 0:
            yield _fault(f"{path}.{option}.numberRelOfferLowerLimit", "must be 0 or more")
        elif limits.upper is not None and limits.upper < limits.lower:
            yield _fault(f"{path}.{option}.numberRelOfferUpperLimit", f"must not be below the lower, {limits.lower}")
        elif not limits.admit(limits.default):
            yield _fault(f"{path}.{option}.numberRelOfferDefault", f"must be {limits}")


def faults_of_choice(offering: Document, chosen: Mapping[str, int], path: str) -> list[Fault]:
    """Return what keeps a choice from completing the bundle: offering id to how many, each fault at `path`.

    Too few or too many of an offering or of a group, and offerings that are no part of the bundle.
    """
    faults = [
        Fault(
            path, "bundleIncomplete", f"{count} of offering '{part.offering_id}' chosen, the bundle takes {part.limits}"
        )
        for part in everything_in(offering)
        if not part.limits.admit(count := chosen.get(part.offering_id, 0))
    ]
    for group in groups_of(offering):
        total = sum(chosen.get(member.offering_id, 0) for member in group.components)
        if group.components and not group.limits.admit(total):
            reason = f"{total} offerings of group '{group.name}' chosen, the bundle takes {group.limits}"
            faults.append(Fault(path, "bundleIncomplete", reason))
    foreign = chosen.keys() - {part.offering_id for part in everything_in(offering)}
    return faults + [
        Fault(path, "notInBundle", f"offering '{identifier}' is no part of the bundle '{offering.get('name', '')}'")
        for identifier in sorted(foreign)
    ]


def faults_of_containment(work: Reading, offering: Document) -> Iterator[Fault]:
    """Yield a fault for every component through which an offering would contain itself."""
    for component in everything_in(offering):
        if offering["id"] in _reachable(work, component.offering_id):
            reason = f"offering '{component.offering_id}' contains this one: a bundle can't contain itself"
            yield Fault(f"{component.path}.id", "bundleContainsItself", reason)


def _reachable(work: Reading, offering_id: str) -> set[str]:
    seen: set[str] = set()
    frontier = {offering_id}
    while frontier:
        seen |= frontier
        parts = [part for found in work.get_many("ProductOffering", frontier).values() for part in everything_in(found)]
        frontier = {part.offering_id for part in parts} - seen
    return seen


def _limits(member: Document, otherwise: Limits, name: str = "bundledProductOfferingOption") -> Limits:
    option = member.get(name)
    if not option:
        return otherwise
    lower = option.get("numberRelOfferLowerLimit", 0)
    return Limits(lower, option.get("numberRelOfferUpperLimit"), option.get("numberRelOfferDefault", lower))


def _fault(path: str, reason: str) -> Fault:
    return Fault(path, "invalidLimits", reason)
