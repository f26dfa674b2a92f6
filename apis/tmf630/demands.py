"""Compares what two generations of an API demand of who creates something, and with what statuses they answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from apis.tmf630.comparison import Pair, walk, wording_of
from apis.tmf630.shapes import component_name
from apis.tmf630.version import JSON, ServedResource, Version

Statuses = frozenset[str]


@dataclass(frozen=True)
class Demand:
    """What is created, or is part of it, as both generations call it, and the attributes that only one demands."""

    old: str
    new: str
    by_old: tuple[str, ...]
    by_new: tuple[str, ...]


def compare_demands(old: Version, new: Version) -> Iterator[Demand]:
    """Yield what differs in what creating the resources of an API demands, nested too; apart from `@type`."""
    pairs, suffixes = [], ("", "")
    for resource in old.resources.values():
        other = new.by_entity.get(resource.entity)
        before, after = creation(resource), creation(other) if other else None
        if before and after and other:
            pairs.append(Pair(before, after, wording_of(resource)))
            suffixes = before.removeprefix(resource.name), after.removeprefix(other.name)
    for each in walk(old, new, pairs):
        name, new_name = (each.pair.old.removesuffix(suffixes[0]), each.pair.new.removesuffix(suffixes[1]))
        by_old, by_new = each.demanded_by_old(), each.demanded_by_new()
        if by_old or by_new:
            yield Demand(name, new_name, by_old, by_new)
        for subtype, more in each.demanded_by_subtypes():
            yield Demand(name, subtype.removesuffix(suffixes[1]), (), more)


def creation(resource: ServedResource) -> str | None:
    """Return the name of the schema that a resource is created by; None where it can't be created."""
    operation = resource.version.operations.get(resource.row.operation_id("create"))
    return component_name(operation.accepted[JSON]["schema"]["$ref"]) if operation else None


def compare_statuses(pairs: Iterable[tuple[Version, Version]]) -> Iterator[tuple[str, Statuses, Statuses]]:
    """Yield each kind of operation that generations answer with other statuses of success, and these."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for versions in pairs:
        for number, version in enumerate(versions):
            for operation in version.specification.operations.values():
                statuses = {status for status in operation.definition["responses"] if status.startswith("2")}
                found.setdefault(kind_of(operation.id), (set(), set()))[number].update(statuses)
    for kind, (before, after) in found.items():
        if before != after:
            yield kind, frozenset(before), frozenset(after)


def kind_of(operation_id: str) -> str:
    """Return what kind of operation one is: its verb, and whether it is about subscriptions."""
    verb, about = re.findall(r"^[a-z]+|.+$", operation_id)
    return f"{verb} Hub" if about == "Hub" else verb
