"""Looks through the conditions of a JSONPath: what they are about, and what they may not have."""

from __future__ import annotations

from collections.abc import Iterator

from jsonpath.filter import (
    BaseExpression,
    BooleanLiteral,
    FilterExpression,
    FloatLiteral,
    FunctionExtension,
    InfixExpression,
    IntegerLiteral,
    ListLiteral,
    Nil,
    PrefixExpression,
    RelativeFilterQuery,
    StringLiteral,
)
from jsonpath.segments import JSONPathChildSegment
from jsonpath.selectors import NameSelector

from apis.tmf630.jsonpath_filter import read_filter, refused
from core.query import Path

LITERALS = (StringLiteral, IntegerLiteral, FloatLiteral, BooleanLiteral, Nil)
_COUNTING = ("length", "count", "value")


def alternatives_in(text: str) -> Iterator[list[Path]]:
    """Yield the paths of each part of a filter that may be met though one of them is not there: `||`, and `!`.

    Raises InvalidInput naming the place in the text.
    """
    selected = read_filter(text)
    waiting = [selected.expression] if selected.expression is not None else []
    while waiting:
        expression = waiting.pop()
        is_or = isinstance(expression, InfixExpression) and expression.operator == "||"
        if is_or or isinstance(expression, PrefixExpression):
            yield [(*selected.path, *path) for path in paths_in(expression)]
        else:
            waiting += expression.children()


def operands(chain: InfixExpression) -> Iterator[BaseExpression]:
    """Yield what one operator joins, whichever way it was put in parentheses; hundreds of them are no deep nest."""
    waiting: list[BaseExpression] = [chain]
    while waiting:
        expression = waiting.pop()
        if isinstance(expression, InfixExpression) and expression.operator == chain.operator:
            waiting += (expression.right, expression.left)
        else:
            yield expression


def refuse_unbounded(expression: BaseExpression) -> None:
    """Refuse what could take long, or what has no place in a filter, in a condition that the library evaluates."""
    match expression:
        case FunctionExtension(name=name) if name not in _COUNTING:
            raise refused(f"the function '{name}' is not offered here; there are: length, count, value, match, search")
        case RelativeFilterQuery(path=path):
            if not all(isinstance(segment, JSONPathChildSegment) for segment in path.segments):
                raise refused("can't search at any depth (..)")
        case InfixExpression() | PrefixExpression() | FunctionExtension() | FilterExpression() | ListLiteral():
            if isinstance(expression, InfixExpression) and expression.operator in ("in", "contains"):
                holder = expression.right if expression.operator == "in" else expression.left
                if isinstance(holder, LITERALS):
                    raise refused(f"'{holder}' is no list, which '{expression.operator}' needs")
            if isinstance(expression, InfixExpression) and expression.operator == "=~":
                raise refused("=~ needs an attribute by its names on the left and a /pattern/ on the right")
        case _ if not isinstance(expression, LITERALS):
            raise refused(f"can't have '{expression}' in a condition")
    for child in [*expression.children(), *_arguments(expression)]:
        refuse_unbounded(child)


def paths_in(expression: BaseExpression) -> Iterator[Path]:
    """Yield the paths that a condition is about, without places in arrays."""
    if isinstance(expression, RelativeFilterQuery):
        selectors = [selector for segment in expression.path.segments for selector in segment.selectors]
        yield tuple(selector.name for selector in selectors if isinstance(selector, NameSelector))
    for child in [*expression.children(), *_arguments(expression)]:
        yield from paths_in(child)


def _arguments(expression: BaseExpression) -> Iterator[BaseExpression]:
    if isinstance(expression, FunctionExtension):
        yield from expression.args
