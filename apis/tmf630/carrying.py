"""Carries a change that was made to one wording of a document over to the document: what is not changed stays.

A version can't show all that a stored document says. So a PATCH is applied to what the version shows; what that says,
before and after, is translated, and only where the two differ the stored document changes.
"""

from __future__ import annotations

from typing import Any

from core.storage.json import dumps

_ABSENT: Any = object()


def carry(stored: Any, before: Any, after: Any) -> Any:
    """Return what becomes of a stored value when what is said of it changes from `before` to `after`."""
    if _same(before, after):
        return stored
    if isinstance(stored, dict) and isinstance(before, dict) and isinstance(after, dict):
        return _carried_attributes(stored, before, after)
    if isinstance(stored, list) and isinstance(before, list) and isinstance(after, list):
        return _carried_members(stored, before, after)
    return after


def _carried_attributes(stored: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    result = {name: value for name, value in stored.items() if name in after or name not in before}
    for name, value in after.items():
        result[name] = carry(stored[name], before[name], value) if name in stored and name in before else value
    for name in before.keys() - after.keys():
        if rest := _hidden(stored.get(name), before[name]):
            result[name] = rest
    return result


def _carried_members(stored: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    """Match members that stayed as they were, then those that are the same thing as before; the rest is new."""
    hidden = _hidden(stored, before)
    shown = [member for member in stored if not any(member is other for other in hidden)]
    unused = dict(enumerate(before))
    result: list[Any] = [_ABSENT] * len(after)
    for place, member in enumerate(after):
        # Most members are where they were.
        for number in (place, *unused):
            if number in unused and _same(unused[number], member):
                del unused[number]
                result[place] = shown[number]
                break
    for place, member in enumerate(after):
        if result[place] is _ABSENT:
            is_same_thing = place in unused and _subject(unused[place]) == _subject(member)
            result[place] = carry(shown[place], unused.pop(place), member) if is_same_thing else member
    return [*result, *hidden]


def _hidden(stored: Any, before: Any) -> list[Any]:
    """Return the members of a stored array that a version doesn't show: as many as it shows fewer."""
    if not isinstance(stored, list) or not isinstance(before, list) or len(stored) <= len(before):
        return []
    shown = [_subject(member) for member in before]
    hidden = [member for member in stored if _subject(member) not in shown]
    return hidden if len(hidden) == len(stored) - len(before) else stored[len(before) :]


def _subject(member: Any) -> Any:
    """Return what tells which thing a member is about: identifiers, its own and of what it points to, else its name."""
    if not isinstance(member, dict):
        return None
    below = [value["id"] for value in member.values() if isinstance(value, dict) and "id" in value]
    identifiers = [member["id"], *below] if "id" in member else below
    return identifiers or member.get("name")


def _same(left: Any, right: Any) -> bool:
    # Python holds 1, 1.0 and True for equal; written as JSON they differ.
    return bool(left == right) and (left is right or dumps(left) == dumps(right))
