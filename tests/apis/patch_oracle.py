"""What a patch comes to, told the plain way: RFC 6902 and RFC 7396 word for word, and TMF630's one addition to them."""

from __future__ import annotations

from typing import Any

from core.entity import copied


class DoesNotFit(Exception):
    """An operation that can't be done on the document."""


def merged(target: Any, patch: Any) -> Any:
    """Return a document after a merge patch: the algorithm of RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def operated(document: Any, operations: list[dict[str, Any]]) -> Any:
    """Return a document after a JSON Patch. Raises DoesNotFit."""
    document = copied(document)
    for operation in operations:
        document = _done(document, operation)
    return document


def _done(document: Any, operation: dict[str, Any]) -> Any:
    kind, steps = operation["op"], _steps(operation["path"])
    if kind == "test":
        if not _equal(_at(document, steps), operation["value"]):
            raise DoesNotFit
        return document
    if kind == "remove":
        return _without(document, steps)
    if kind == "replace":
        _at(document, steps)
        return _with(document, steps, copied(operation["value"]), instead=True)
    if kind == "add":
        value = copied(operation["value"])
        return _with(document, _appended(document, steps, value), value)
    source = _steps(operation["from"])
    value = copied(_at(document, source))
    if kind == "move":
        if steps == source:
            return document
        if steps[: len(source)] == source:
            raise DoesNotFit
    steps = _appended(document, steps, value)
    return _with(_without(document, source) if kind == "move" else document, steps, value)


def _appended(document: Any, steps: list[str], value: Any) -> list[str]:
    """Return where a value goes: an object that goes to an array is appended (TMF630 Part 1)."""
    return [*steps, "-"] if isinstance(value, dict) and isinstance(_found(document, steps), list) else steps


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _at(document: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list):
            document = document[_index(step, len(document) - 1)]
        else:
            raise DoesNotFit
    return document


def _found(document: Any, steps: list[str]) -> Any:
    try:
        return _at(document, steps)
    except DoesNotFit:
        return None


def _equal(one: Any, other: Any) -> bool:
    """Compare as RFC 6902, 4.6 does: numbers by their value; Python takes true for 1 as well."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _index(step: str, last: int) -> int:
    if not step.isdigit() or (step[0] == "0" and step != "0") or int(step) > last:
        raise DoesNotFit
    return int(step)


def _with(document: Any, steps: list[str], value: Any, *, instead: bool = False) -> Any:
    if not steps:
        return value
    holder, last = _at(document, steps[:-1]), steps[-1]
    if isinstance(holder, dict):
        holder[last] = value
    elif not isinstance(holder, list):
        raise DoesNotFit
    elif instead:
        holder[_index(last, len(holder) - 1)] = value
    else:
        holder.insert(len(holder) if last == "-" else _index(last, len(holder)), value)
    return document


def _without(document: Any, steps: list[str]) -> Any:
    if not steps:
        raise DoesNotFit
    _at(document, steps)
    holder = _at(document, steps[:-1])
    del holder[steps[-1] if isinstance(holder, dict) else int(steps[-1])]
    return document
