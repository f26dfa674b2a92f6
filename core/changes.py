"""What there is to tell of a change: that attributes have changed or the state has moved, and what rules see in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from core.entity import Document, Entity
from core.errors import Conflict, Fault
from core.events.outbox import Event, Payload
from core.storage.json import dumps
from core.values import read_instant


def worded_anew(before: Document, after: Document) -> list[str]:
    """Return the attributes that Python takes for equal and JSON doesn't: true for 1, 1.5 for 1.50."""
    equal = (name for name in before.keys() & after.keys() if before[name] == after[name])
    return sorted(name for name in equal if dumps(before[name], sort=True) != dumps(after[name], sort=True))


def differing(before: Document, after: Document) -> frozenset[str]:
    """Return the names of the attributes in which two documents differ."""
    return frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def changes(
    rules: Entity,
    before: Document,
    after: Document,
    version: int,
    payload: Payload,
    asked: frozenset[str] = frozenset(),
) -> list[Event]:
    """Return what there is to tell of a change: the move where the state moves, else that attributes have changed.

    What a caller has `asked` to change beside the state that moves is told of after the move, as the change that it
    is; the rest moves along with the state. Beside that, what the entity's rules see in it.
    """
    changed = tuple(sorted(differing(before, after)))
    if not set(changed) - {rules.touched} - rules.untold:
        changed = tuple(name for name in worded_anew(before, after) if name not in rules.untold)
    if not changed:
        return []
    moves = rules.state(before) != rules.state(after)
    beside = asked - {rules.state_attribute, rules.touched} - rules.untold if moves else frozenset()
    along = tuple(name for name in changed if name not in beside)
    usual = Event(rules.name, after["id"], version, "StateChange" if moves else "AttributeValueChange", payload, along)
    further = (replace(usual, kind=news, changed=(attribute,)) for news, attribute in rules.news(before, after))
    if others := tuple(name for name in changed if name in beside):
        return [usual, replace(usual, kind="AttributeValueChange", changed=others), *further]
    return [usual, *further]


def faults_of_changes(
    attributes: Iterable[str], before: Document, after: Document, code: str, why: str
) -> Iterator[Fault]:
    """Yield a fault for each of some attributes that a change touches: "can't be changed: " and why."""
    for attribute in sorted(differing(before, after).intersection(attributes)):
        yield Fault(attribute, code, f"can't be changed: {why}")


def fixed_in(rules: Entity, attributes: Iterable[str]) -> set[str]:
    """Return those of some attributes that callers can't change."""
    free = rules.changeable | {rules.touched}
    return {
        name
        for name in attributes
        if name == "id" or name in rules.unchangeable or (rules.changeable and name not in free)
    }


def keep_what_is_fixed(rules: Entity, before: Document, after: Document) -> None:
    """Leave what callers can't change as it is written: 18.6 is no change of 18.60, nor is an instant elsewhere."""
    for name in fixed_in(rules, before.keys() & after.keys()):
        said, instant = after[name], read_instant(before[name])
        if said == before[name] or (instant and instant == read_instant(said)):
            after[name] = before[name]


def refuse_forbidden_change(rules: Entity, before: Document, after: Document, caller: bool) -> None:
    """Raise Conflict for a change of what can't be changed, by a `caller` or at all, and for a forbidden move."""
    fixed = fixed_in(rules, differing(before, after)) if caller else differing(before, after) & {"id"}
    if touched := sorted(fixed):
        only = f": only {' and '.join(sorted(rules.changeable))} can" if rules.changeable else ""
        faults = [Fault(attribute, "unchangeable", f"can't be changed{only}") for attribute in touched]
        raise Conflict(f"{', '.join(touched)} can't be changed", code="unchangeable", faults=faults)
    if rules.lifecycle and rules.state_attribute:
        old, new = before.get(rules.state_attribute), after.get(rules.state_attribute)
        mine = rules.requestable if caller else None
        rules.lifecycle.check(old or rules.lifecycle.initial, new or "", rules.state_attribute, mine)
