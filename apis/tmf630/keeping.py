"""Where a document keeps what its canonical wording has no room for: an extension attribute `v4_<name>` beside it.

A v4 caller may say what v5 forbids under that name: a fraction of a month, an action that isn't one of v5's, an
extension attribute whose name means something else in v5. It is set aside in the stored document and given back
where it was, unless the canonical attribute has got a value since.
"""

from __future__ import annotations

from typing import Any

ASIDE = "v4_"
# Stands at the top of a document in which something is kept at some depth, so that others need no search.
MARK = "v4_kept"


def set_aside(document: dict[str, Any], name: str) -> None:
    """Move an attribute out of the way of the canonical attribute of the same name."""
    document[ASIDE + name] = document.pop(name)


def given_back(value: Any) -> Any:
    """Return a document, or part of one, with everything at any depth where it was before it was set aside."""
    if isinstance(value, list):
        return [given_back(member) for member in value]
    if not isinstance(value, dict):
        return value
    restored = {name: given_back(member) for name, member in value.items() if name != MARK}
    for name in [name for name in restored if name.startswith(ASIDE)]:
        restored.setdefault(name.removeprefix(ASIDE), restored[name])
        del restored[name]
    return restored
