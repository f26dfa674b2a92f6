"""Functions made of what the differences of a wording say, once, when the first object of it is translated.

Calling each difference for each object costs more than all that they do: in one function a customer takes half as
long. Statements are made from declarations in this source tree alone: nothing that a caller sent is in them.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from textwrap import dedent, indent
from typing import Any

Document = dict[str, Any]
Translate = Callable[[Document], Document]
STEP = "    "


class Names:
    """What the statements of one function call the things that they need."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self._variables = 0
        self._within: list[Any] = []

    def __call__(self, thing: Any) -> str:
        """Return what to write for a thing: texts stand for themselves, all else has a name."""
        if isinstance(thing, str):
            return repr(thing)
        kind = getattr(thing, "__name__", type(thing).__name__)
        name = f"{kind.strip('<>')}_{len(self.known)}"
        self.known[name] = thing
        return name

    def variable(self, name: str) -> str:
        """Return a variable that no other statements have."""
        self._variables += 1
        return f"{name}_of_{self._variables}"

    @contextmanager
    def within(self, whole: Any) -> Iterator[bool]:
        """Tell whether the statements of something are about to have themselves inside."""
        is_recursive = whole in self._within
        self._within.append(whole)
        yield is_recursive
        self._within.pop()


def block(text: str, *, under: str = "") -> str:
    """Return statements without the indentation that they are written with, or indented below a line."""
    statements = dedent(text).strip("\n")
    return f"{under}\n{indent(statements, STEP)}" if under else statements


def joined(*statements: str) -> str:
    """Return statements one after another."""
    return "\n".join(filter(None, statements))


def function(title: str, statements: str, names: Names) -> Translate:
    """Return a function that does the statements to an object, which they call `each`, and returns it."""
    source, file = block(joined(statements, "return each"), under="def translate(each):"), f"<{title}>"
    # So that a traceback shows the statement.
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace = dict(names.known)
    exec(compile(source, file, "exec"), namespace)  # noqa: S102 - of our own declarations alone, see above
    made: Translate = namespace["translate"]
    return made
