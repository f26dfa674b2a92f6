"""JSONPath in the paths of JSON Patch Query: `$.productOrderItem[?(@.id=='1')].quantity` (TMF630 Part 5, RFC 9535)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from jsonpath import CompoundJSONPath, JSONPath, JSONPathEnvironment, JSONPathError, JSONPathSyntaxError, NodeList
from jsonpath.exceptions import JSONPathNameError
from jsonpath.filter import BaseExpression, FilterQuery, FloatLiteral, RootFilterQuery
from jsonpath.function_extensions import Count, Length, Value
from jsonpath.parse import Parser
from jsonpath.segments import JSONPathChildSegment
from jsonpath.selectors import Filter, IndexSelector, NameSelector
from jsonpath.stream import TokenStream

from apis.tmf630.jsonpath_filter import TypesLexer
from core.errors import BssError, Conflict, InvalidInput

LONGEST = 1000
# Functions of RFC 9535 that match regular expressions, which may take for ever.
PATTERNS = ("match", "search")
_LEADING_ZERO = re.compile(r"-?0[0-9]")
Pointer = tuple[str, ...]


class ExactParser(Parser):
    """Takes numbers for what is written: 1.1 is no binary fraction, and 1e400 is no error."""

    def parse_integer_literal(self, stream: TokenStream) -> BaseExpression:
        """Return a number."""
        return self.parse_float_literal(stream)

    def parse_float_literal(self, stream: TokenStream) -> BaseExpression:
        """Return a number."""
        token = stream.next()
        if _LEADING_ZERO.match(token.value):
            raise JSONPathSyntaxError("a number has no leading zeros", token=token)
        return FloatLiteral(value=Decimal(token.value))  # type: ignore[arg-type]


class PatchPaths(JSONPathEnvironment):
    """RFC 9535 with `@.@type`, exact numbers, and without the functions that match regular expressions."""

    lexer_class = TypesLexer
    parser_class = ExactParser

    def setup_function_extensions(self) -> None:
        """Offer the functions that take no longer than the document is long."""
        self.function_extensions = {"length": Length(), "count": Count(), "value": Value()}

    def compare(self, left: object, operator: str, right: object) -> bool:
        """Compare; the library looks whether true is compared with 1 only where it has the values themselves."""
        if operator not in ("&&", "||"):
            left, right = _single(left), _single(right)
        return super().compare(left, operator, right)


_PATHS = PatchPaths(strict=True)


def places_at(document: Any, text: str, place: str, *, new: bool) -> list[Pointer]:
    """Return the places that a JSONPath means, in document order.

    `new` is for operations that make what they lead to: then a name or index at the end need not be there. Raises
    InvalidInput naming `place` when the path isn't one, Conflict when it may take too long or leads nowhere.
    """
    path = _read(text, place)
    last = path.segments[-1].selectors[0] if path.segments else None
    end: Pointer = ()
    if new and isinstance(last, NameSelector):
        end = (last.name,)
    elif new and isinstance(last, IndexSelector) and last.index >= 0:
        end = (str(last.index),)
    found = path.segments[:-1] if end else path.segments
    matches = {match.parts for match in JSONPath(env=_PATHS, segments=found).finditer(document)}
    if not matches:
        raise Conflict(f"nothing is at '{text}'", path=place, code="patchConflict")
    return [(*map(str, parts), *end) for parts in sorted(matches, key=_order)]


def _read(text: str, place: str) -> JSONPath:
    if len(text) > LONGEST:
        raise Conflict(f"a path has at most {LONGEST} characters", path=place, code="tooLong")
    try:
        path = _PATHS.compile(text)
    except RecursionError as error:
        raise Conflict("nests too deep", path=place, code="tooDeep") from error
    except (JSONPathError, ValueError, ArithmeticError) as error:
        raise _refusal(error, place) from error
    if isinstance(path, CompoundJSONPath) or not _is_bounded(path):
        reason = "can't have several selectors in one pair of brackets, the descent '..' or a filter on '$'"
        raise Conflict(reason, path=place, code="notAllowed")
    return path


def _refusal(error: Exception, place: str) -> BssError:
    """Return what a caller hears of a path that can't be compiled: where it goes wrong, and what would be right."""
    token = error.token if isinstance(error, JSONPathError) else None
    if token and isinstance(error, JSONPathNameError) and token.value in PATTERNS:
        return Conflict("can't have functions that match regular expressions", path=place, code="notAllowed")
    # The library lets odd numbers fail in their own ways, and can't always write down what it has raised.
    fault = str(error.args[0])[:200] if error.args else "it can't be read"
    where = "" if token is None else f"at character {token.index + 1}, " if token.index >= 0 else "at its end, "
    reason = f"is not a JSONPath such as $.note[?@.author=='me'].text: {where}{fault}"
    return InvalidInput(reason, path=place, code="malformedPath")


def _is_bounded(path: JSONPath) -> bool:
    """Tell whether finding takes no longer than the document and the path are long: no node is come to twice."""
    return all(
        isinstance(segment, JSONPathChildSegment)
        and len(segment.selectors) == 1
        and all(_is_bounded(below) for below in _queries(segment.selectors))
        and not any(isinstance(each, RootFilterQuery) for each in _expressions(segment.selectors))
        for segment in path.segments
    )


def _queries(selectors: Iterable[Any]) -> Iterator[JSONPath]:
    return (each.path for each in _expressions(selectors) if isinstance(each, FilterQuery))


def _expressions(selectors: Iterable[Any]) -> Iterator[BaseExpression]:
    """Yield every expression in the filters among selectors, but for those in the queries of these filters."""
    waiting: list[BaseExpression] = [each.expression for each in selectors if isinstance(each, Filter)]
    while waiting:
        expression = waiting.pop()
        yield expression
        if not isinstance(expression, FilterQuery):
            waiting += expression.children()


def _order(parts: tuple[int | str, ...]) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in parts]


def _single(value: object) -> object:
    return value[0].obj if isinstance(value, NodeList) and len(value) == 1 else value
