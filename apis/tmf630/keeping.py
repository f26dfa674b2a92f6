"""Where a stored document keeps what v4 says and v5 has no room for, to be given back in v4.

Beside the attributes of an object, at any depth, `v4_extension` holds extension attributes that v5 would take for
attributes of its own, and `v4_kept` values that v5 forbids in an attribute that both have: a fraction of a month, an
action that isn't one of v5's.
"""

from __future__ import annotations

from typing import Any

ASIDE = "v4_extension"
# Stands at the top too of a document in which something is kept at some depth, so that others need no search.
KEPT = "v4_kept"
# Values that say nothing, for what a wording demands and nobody knows. The first that is valid is taken: an action
# that does nothing, an instant before there was any, the address of nothing.
NOTHING: tuple[Any, ...] = ("", "noChange", "1970-01-01T00:00:00.000Z", "about:blank", 0, False, [], {})


def set_aside(document: dict[str, Any], name: str) -> None:
    """Move an extension attribute out of the way of the canonical attribute of the same name."""
    value = document.pop(name)
    document[ASIDE] = {**_held(document, ASIDE), name: value}


def set_ours_aside(document: dict[str, Any]) -> None:
    """Move out of the way what v4 never shows: where it says something of that name, that is a caller's own."""
    for name in (ASIDE, KEPT):
        if name in document:
            set_aside(document, name)


def bring_back(document: dict[str, Any]) -> None:
    """Give the extension attributes back that were set aside in an object."""
    held = _held(document, ASIDE)
    if held:
        del document[ASIDE]
        document.update(held)


def with_own(value: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an object as its sender extended it, and of that the extension attributes that were set aside."""
    held = _held(value, ASIDE)
    return ({**{name: member for name, member in value.items() if name != ASIDE}, **held} if held else value), held


def without_aside(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of an attribute in its object as its sender has it, wherever it is kept."""
    return path[1:] if path[:1] == (ASIDE,) else path


def keep(document: dict[str, Any], name: str) -> None:
    """Keep a value that the canonical wording forbids; an empty `@type` says nothing that could get lost."""
    value = document.pop(name)
    if name == "@type" and value == "":
        return
    document[KEPT] = {**_held(document, KEPT), name: value}


def given_back(value: Any) -> Any:
    """Return a document, or part of one, with all that is kept, at any depth, where it was.

    An attribute that has been given a value since then has that one. What was set aside is a caller's own, whatever it
    is called.
    """
    if isinstance(value, list):
        return [given_back(member) for member in value]
    if not isinstance(value, dict):
        return value
    held = _held(value, KEPT)
    restored = {name: member if name == ASIDE else given_back(member) for name, member in value.items() if name != KEPT}
    for name, kept in held.items():
        if name == "@type" or restored.get(name, "") in NOTHING:
            restored[name] = given_back(kept)
    return restored


def _held(document: dict[str, Any], name: str) -> dict[str, Any]:
    held = document.get(name)
    return held if isinstance(held, dict) else {}
