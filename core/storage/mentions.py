"""Words that a JSON text has if it meets a criterion: SQLite finds them much faster than it looks into the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from core.query import AllOf, Condition, Criterion, Member
from core.storage.fragments import Fragments
from core.storage.json import dumps_text
from core.values import Reading, readings

# Looking for more words than these takes as long as looking into the document.
_MOST = 30
# SQLite refuses patterns that are very long; the beginning of a word is in the text, too.
_LONGEST = 200
_SPECIAL = re.compile(r"([*?\[])")


def mentions(criterion: Criterion, source: str, fragments: Fragments) -> Iterator[str]:
    """Yield tests that every text passes that meets a criterion, and some that don't.

    They use GLOB, which passes over a text ten times as fast as instr() does.
    """
    match criterion:
        case AllOf(parts):
            for part in parts:
                yield from mentions(part, source, fragments)
        case Member(_, part):
            yield from mentions(part, source, fragments)
        case Condition(operator="eq"):
            words = {word for one in readings(criterion.values, criterion.kind) for word in _words(one)}
            if 0 < len(words) <= _MOST and "" not in words:
                tests = (f"{source} GLOB {fragments.bind(_anywhere(word))}" for word in sorted(words))
                yield f"({' OR '.join(tests)})"


def _words(wanted: Reading) -> Iterator[str]:
    """Yield words, one of which is in every text that has what is asked for; an empty one where that isn't known.

    All that is stored is written by `core.storage.json`: text in one way, numbers plainly or, as Decimal writes some of
    them, with `E+` or `E-`.
    """
    plain = None
    if wanted.instant is not None:
        yield ""  # at any offset, with any number of digits
    if wanted.number is not None:
        plain = _plainly(wanted.number)
        yield from (plain, "E+", "E-")
    if wanted.truth is not None:
        plain = "true" if wanted.truth else "false"
        yield plain
    if wanted.text is not None and (plain is None or plain not in wanted.text):
        yield dumps_text(wanted.text)[1:]  # the quotation mark that it begins with is everywhere


def _plainly(number: Decimal) -> str:
    """Return what is in a number wherever it is written without an exponent."""
    text = f"{number:f}" if number else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _anywhere(word: str) -> str:
    """Return the pattern of texts that contain a word."""
    return "*" + _SPECIAL.sub(r"[\1]", word[:_LONGEST]) + "*"
