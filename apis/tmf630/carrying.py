"""Carries a change that was made to one wording of a document over to the document: what is not changed stays.

A version can't show all that a stored document says. So a PATCH is applied to what the version shows; what that says,
before and after, is translated, and only where the two differ the stored document changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apis.tmf630.matching import is_another, places_before
from core.storage.json import dumps


def carry(stored: Any, before: Any, after: Any) -> Any:
    """Return what becomes of a stored value when what is said of it changes from `before` to `after`."""
    if _same(before, after):
        return stored
    if isinstance(stored, dict) and isinstance(before, dict) and isinstance(after, dict):
        return after if is_another(before, after) else _carried_attributes(stored, before, after)
    if isinstance(stored, list) and isinstance(before, list) and isinstance(after, list):
        return _carried_members(stored, before, after)
    return after


def _carried_attributes(stored: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    result = {name: value for name, value in stored.items() if name in after or name not in before}
    for name, value in after.items():
        if name not in before:
            result[name] = value
        elif name in stored:
            result[name] = carry(stored[name], before[name], value)
        elif not _same(before[name], value):
            # What is only said because it is demanded is said by nobody.
            result[name] = value
    for name in before.keys() - after.keys():
        if rest := _hidden(stored.get(name), before[name]):
            result[name] = rest
    return result


def _carried_members(stored: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    shown = _shown(stored, before)
    members = [
        member if place is None else carry(stored[shown[place]], before[place], member)
        for place, member in zip(places_before(before, after), after, strict=True)
    ]
    return [*members, *_hidden(stored, before)]


def _hidden(stored: Any, before: Any) -> list[Any]:
    """Return the members of a stored array that a version doesn't show: as many as it shows fewer."""
    if not isinstance(stored, list) or not isinstance(before, list) or len(stored) <= len(before):
        return []
    shown = {*_shown(stored, before)}
    return [member for place, member in enumerate(stored) if place not in shown]


def _shown(stored: list[Any], before: list[Any]) -> Sequence[int]:
    """Return where in a stored array the members are that a version shows."""
    places = places_before(stored, before) if len(stored) > len(before) else [None]
    known = [place for place in places if place is not None]
    return known if len(known) == len(places) else range(len(before))


def _same(left: Any, right: Any) -> bool:
    # Python holds 1, 1.0 and True for equal; written as JSON they differ.
    return bool(left == right) and (left is right or dumps(left) == dumps(right))
