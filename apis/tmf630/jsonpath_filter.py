"""Reads `filter`, a JSONPath that selects resources or members of an array inside them (TMF630 Part 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from re import Pattern
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, NodeList
from jsonpath.exceptions import JSONPathError
from jsonpath.filter import (
    BaseExpression,
    FilterExpression,
    FloatLiteral,
    InfixExpression,
    IntegerLiteral,
    PrefixExpression,
    RegexLiteral,
    RelativeFilterQuery,
)
from jsonpath.lex import Lexer
from jsonpath.parse import Parser
from jsonpath.segments import JSONPathChildSegment
from jsonpath.selectors import Filter as FilterSelector
from jsonpath.selectors import IndexSelector, NameSelector, WildcardSelector
from jsonpath.stream import TokenStream
from jsonpath.token import TOKEN_RE_FLAGS

from core.errors import Fault, InvalidInput
from core.query import Path

PLACE = "filter"
LONGEST = 2000
# SQLite reads statements that are a hundred deep, and a condition on members takes ten of them.
MOST_LEVELS = 8


class ExactParser(Parser):
    """Keeps the digits of numbers, and patterns as they are written: the engine here is not Python's."""

    def parse_integer_literal(self, stream: TokenStream) -> BaseExpression:
        """Read an integer, which may have an exponent."""
        return IntegerLiteral(value=Decimal(stream.next().value))  # type: ignore[arg-type]

    def parse_float_literal(self, stream: TokenStream) -> BaseExpression:
        """Read a number."""
        return FloatLiteral(value=Decimal(stream.next().value))  # type: ignore[arg-type]

    def parse_regex(self, stream: TokenStream) -> BaseExpression:
        """Read a pattern between slashes, with its flags."""
        written, flags = stream.current().value, ""
        if stream.peek().kind == TOKEN_RE_FLAGS:
            stream.next()
            flags = "".join(sorted(set(stream.next().value)))
        return pattern_literal(f"(?{flags}){written}" if flags else written)


class PatternLiteral(RegexLiteral):
    """A pattern as it is written; the library would have it compiled."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"/{self.value}/"


def pattern_literal(text: str) -> RegexLiteral:
    """Return a pattern as it is written."""
    return PatternLiteral(value=text)  # type: ignore[arg-type]


class TypesLexer(Lexer):
    """Takes `@.@type` for `@['@type']`, as TMF630 writes it, and the other names of its own that begin so."""

    key_pattern = rf"(?:@(?:type|baseType|schemaLocation|referredType)(?![\w-])|{Lexer.key_pattern})"

    def compile_rules(self) -> Pattern[str]:
        """Prepare the rules: a pattern ends at a slash without a backslash, of which `\\\\` is none."""
        self.re_pattern = r"/(?P<G_RE>(?:[^/\\]|\\.)*)/(?P<G_RE_FLAGS>[aims]*)"
        return super().compile_rules()


class ExactEnvironment(JSONPathEnvironment):
    """JSONPath with exact numbers, in which only lists have members."""

    lexer_class = TypesLexer
    parser_class = ExactParser

    def compare(self, left: object, operator: str, right: object) -> bool:
        """Compare; to the library parts of a text and names of an object are members too, and true is one of [1]."""
        if operator not in ("in", "contains"):
            return super().compare(left, operator, right)
        member, holder = (left, right) if operator == "in" else (right, left)
        # What a path finds in several places is no list that anybody has.
        if not isinstance(holder, list) or isinstance(holder, NodeList):
            return False
        return any(self.compare(each, "==", member) for each in holder)


ENVIRONMENT = ExactEnvironment()


@dataclass(frozen=True, slots=True)
class Selected:
    """What a filter is about: the members of the array at `path` (none: the resources) that meet `expression`.

    `below` is what they must have besides; without an expression, existing is enough.
    """

    path: Path
    expression: BaseExpression | None = None
    below: Path = ()


def read_filter(text: str) -> Selected:
    """Return what a JSONPath selects: `$[?(@.state=='active')]`, `note[?(@.author=='x')].text`.

    Raises InvalidInput naming the place in the text.
    """
    if len(text) > LONGEST:
        raise refused(f"has at most {LONGEST} characters")
    try:
        compiled = ENVIRONMENT.compile(text.strip())
    except JSONPathError as error:
        position = f", at character {error.token.index + 1}" if error.token is not None else ""
        raise refused(f"is no JSONPath: {error.args[0]}{position}") from None
    except (ArithmeticError, ValueError, RecursionError):
        raise refused("is no JSONPath that can be used here") from None
    if not isinstance(compiled, JSONPath):
        raise refused("is one JSONPath; unions of several are not offered, || in a condition is")
    if _levels(compiled) > MOST_LEVELS:
        raise refused(f"has more than {MOST_LEVELS} levels of [?...], &&, || and ! inside of one another")
    return _selected(compiled)


def steps_of(path: JSONPath) -> list[str | BaseExpression]:
    """Return the steps of a path, names and conditions; `[*]` is none, as arrays stand for their members."""
    steps: list[str | BaseExpression] = []
    for segment in path.segments:
        selectors = segment.selectors
        if not isinstance(segment, JSONPathChildSegment) or len(selectors) != 1:
            raise refused(f"can go by names and conditions; '{segment}' is neither")
        selector = selectors[0]
        if isinstance(selector, NameSelector):
            steps.append(selector.name)
        elif isinstance(selector, FilterSelector):
            steps.append(selector.expression.expression)
        elif not isinstance(selector, WildcardSelector):
            raise refused(f"can go by names and conditions; '{segment}' is neither")
    return steps


def names_on(path: JSONPath) -> tuple[Path, Path]:
    """Return the names on a path and, of them, those before its last place in an array (`[0]`).

    There are none on a path of anything but names, places and `[*]`.
    """
    names: list[str] = []
    placed = 0
    for segment in path.segments:
        selector = segment.selectors[0] if len(segment.selectors) == 1 else None
        if not isinstance(segment, JSONPathChildSegment):
            return (), ()
        if isinstance(selector, NameSelector):
            names.append(selector.name)
        elif isinstance(selector, IndexSelector):
            placed = len(names)
        elif not isinstance(selector, WildcardSelector):
            return (), ()
    return tuple(names), tuple(names[:placed])


def split_steps(steps: Sequence[str | BaseExpression]) -> Selected:
    """Return a path of steps as names, at most one condition, and names."""
    places = [place for place, step in enumerate(steps) if isinstance(step, BaseExpression)]
    if len(places) > 1:
        raise refused("has more than one [?...] one after another; put the second inside of the first")
    if not places:
        return Selected(tuple(map(str, steps)))
    before, after = steps[: places[0]], steps[places[0] + 1 :]
    expression: Any = steps[places[0]]
    return Selected(tuple(map(str, before)), expression, tuple(map(str, after)))


def refused(reason: str) -> InvalidInput:
    """Return the refusal of a filter."""
    return InvalidInput("the query can't be understood", faults=(Fault(PLACE, "invalidFilter", reason),))


def _levels(path: JSONPath) -> int:
    """Return how many conditions are inside of one another; a chain of && or || is one, however long it is."""
    most = 0
    waiting: list[tuple[int, str, BaseExpression]] = [(0, "", RelativeFilterQuery(path))]
    while waiting:
        level, above, expression = waiting.pop()
        said = _said_by(expression)
        level += bool(said) and (said != above or said == "!")
        most = max(most, level)
        waiting += [(level, said, child) for child in expression.children()]
    return most


def _said_by(expression: BaseExpression) -> str:
    match expression:
        case InfixExpression(operator="&&" | "||") | PrefixExpression():
            return str(expression.operator)
        case FilterExpression():
            return "?"
        case _:
            return ""


def _selected(path: JSONPath) -> Selected:
    selected = split_steps(steps_of(path))
    if not selected.path and selected.expression is None:
        raise refused("selects everything; a condition is written as $[?(@.name=='x')]")
    return selected
