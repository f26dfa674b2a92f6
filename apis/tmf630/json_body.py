"""Reads a JSON body so that nothing gets in that can't be stored, sent on or read back; a refusal names the place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.errors import BssError, Conflict, Fault, InvalidInput
from core.storage.json import loads

# An event wraps a resource in a few more levels, and readers on the way stop at 128 or 200.
MOST_LEVELS = 100
# What fits a double: other systems will read the number as one.
MOST_MAGNITUDE = 308
# Much smaller ones are read as 0 by others, which may be meant; a database has to write out their zeros.
LEAST_MAGNITUDE = -400
_EXPONENT = re.compile(rb"[0-9.][eE][+-]?[0-9]{3}")
_MANY_DIGITS = re.compile(rb"[0-9]{300}")
_SAMPLE = MOST_MAGNITUDE // 3
_TWO_DIGITS = re.compile(rb"[0-9]{2}")
_POSITION = re.compile(r" at line (\d+) column (\d+)$")
# A bracket, or a string as a whole: also one that is never closed, and whether it is a name. Possessive, so that each
# byte is looked at once: the text is anything but JSON, and others wait meanwhile.
_TOKEN = re.compile(
    rb'(?P<object>\{)|(?P<array>\[)|(?P<end>[]}])|"(?P<text>[^"\\]*+(?:\\.[^"\\]*+)*+)(?:(?P<name>"\s*+:)|"|\\?\Z)',
    re.DOTALL,
)
_LONGEST_PATH = 80
_EXPLANATIONS = {
    "Detected duplicate key": "an attribute stands twice in one object",
    "invalid unicode code point": "the text is not valid UTF-8",
    "control character": "a string has a control character in it, which must be escaped",
    "EOF": "the JSON text ends too early",
    "trailing characters": "something stands after the end of the JSON text",
    "hex escape": "a string has half of a surrogate pair in it, or an escape that is cut short",
}
# The parser's limits, beyond ours: what is JSON all right, and nothing a specification forbids.
_BEYOND = {
    "recursion limit exceeded": ("tooDeep", f"objects and arrays are nested more than {MOST_LEVELS} levels deep"),
    "number out of range": ("outOfRange", "a number is out of range"),
}
_NOT_JSON = "the text is not JSON there"
_NOT_NUMBERS = (b"NaN", b"Infinity")
_NO_NUMBER = "the text is not JSON there: NaN and Infinity are not numbers in JSON"


def parse_body(body: bytes, *, is_line: bool = False) -> Any:
    """Return the document in a request body, or in a line of a file that is told elsewhere, fractions as Decimal.

    Raises InvalidInput for malformed JSON, equal names in one object, NaN, lone surrogates and broken UTF-8; Conflict
    for what JSON and specifications allow, but can't be kept: NUL, numbers beyond the range of a double, and more than
    100 levels.
    """
    if not body.strip():
        raise InvalidInput("the body is missing: a JSON document is mandatory", code="missingBody")
    try:
        document = loads(body)
    except ValueError as error:
        raise _unreadable(body, str(error), is_line) from error
    if _is_suspicious(body):
        fault = next(_unfit(document, "", 0), None)
        if fault is not None:
            raise Conflict("the body can't be kept", faults=(fault,))
    return document


def _is_suspicious(body: bytes) -> bool:
    """Tell whether a body could hold something unfit, so that nearly all of them need no closer look.

    NUL can only be written as an escape; numbers out of range need an exponent or many digits, and a run of many
    digits shows as two digits side by side in a sample of the text.
    """
    return (
        b"\\u0000" in body
        or body.count(b"{") + body.count(b"[") > MOST_LEVELS
        or _EXPONENT.search(body) is not None
        or (_TWO_DIGITS.search(body[::_SAMPLE]) is not None and _MANY_DIGITS.search(body) is not None)
    )


def _unreadable(body: bytes, message: str, is_line: bool) -> BssError:
    found = _POSITION.search(message)
    problem = message[: found.start()] if found else message
    limit = next((said for part, said in _BEYOND.items() if part in problem), None)
    kind = Conflict if limit else InvalidInput
    otherwise = next((words for part, words in _EXPLANATIONS.items() if part in problem), _NOT_JSON)
    code, why = limit or ("malformedJson", otherwise)
    if not found:
        return kind(why, code=code)
    line, column = int(found[1]), int(found[2])
    before = _text_up_to(body, line, column)
    if why == _NOT_JSON and body[max(len(before) - 1, 0) :].startswith(_NOT_NUMBERS):
        why = _NO_NUMBER
    place = f"column {column}" if is_line else f"line {line}, column {column}"
    return kind(f"{why} ({place})", path=_place_in(before), code=code)


def _text_up_to(body: bytes, line: int, column: int) -> bytes:
    before = b"\n".join(body.split(b"\n", line)[:line])
    return before[: len(before) - len(before.rpartition(b"\n")[2]) + column]


def _place_in(before: bytes) -> str:
    """Return the path of the attribute at the end of a text that breaks off, as far as it is written; not in arrays."""
    names: list[bytes | None] = [None]  # of each object or array that is open (None), what it has come to
    token = None
    for token in _TOKEN.finditer(before):
        kind = token.lastgroup
        if kind == "name":
            names[-1] = token["text"]
        elif kind == "object":
            names.append(b"")
        elif kind == "array":
            names.append(None)
        # One at the very end is what isn't expected there.
        elif kind == "end" and len(names) > 1 and token.end() < len(before):
            names.pop()
    # A string in an object that no colon stands before is a name, though none stands behind it.
    is_name = token is not None and token.lastgroup == "text" and names[-1] is not None
    if token and is_name and not before[: token.start()].rstrip().endswith(b":"):
        names[-1] = token["text"]
    path = ".".join(name.decode(errors="replace") for name in names if name)
    return path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}..."


def _unfit(value: Any, path: str, level: int) -> Iterator[Fault]:
    if isinstance(value, dict | list):
        if level >= MOST_LEVELS:
            yield Fault(f"{path[:_LONGEST_PATH]}...", "tooDeep", f"is nested more than {MOST_LEVELS} levels deep")
            return
        yield from _unfit_inside(value, path, level + 1)
    elif isinstance(value, str):
        if "\0" in value:
            yield Fault(path, "notAllowed", "can't contain the character NUL")
    elif isinstance(value, int | Decimal) and not LEAST_MAGNITUDE <= _magnitude(value) <= MOST_MAGNITUDE:
        yield Fault(path, "outOfRange", f"must be a number between 1e{LEAST_MAGNITUDE} and 1e{MOST_MAGNITUDE}")


def _unfit_inside(value: dict[str, Any] | list[Any], path: str, level: int) -> Iterator[Fault]:
    if isinstance(value, list):
        for number, member in enumerate(value):
            yield from _unfit(member, f"{path}[{number}]", level)
        return
    for name, member in value.items():
        below = f"{path}.{name}" if path else name
        if "\0" in name:
            yield Fault(below.replace("\0", "\\u0000"), "notAllowed", "a name can't contain the character NUL")
        yield from _unfit(member, below, level)


def _magnitude(number: int | Decimal) -> int:
    return Decimal(number).adjusted() if number else 0
