"""Turns the conditions of a JSONPath into criteria; what has no counterpart among them is evaluated by its library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from jsonpath.filter import (
    BaseExpression,
    BooleanLiteral,
    FilterExpression,
    FunctionExtension,
    InfixExpression,
    ListLiteral,
    Nil,
    PrefixExpression,
    RegexLiteral,
    RelativeFilterQuery,
    StringLiteral,
)
from jsonpath.selectors import FilterContext

from apis.tmf630.addresses import NO_TEXT
from apis.tmf630.attributes import Attributes
from apis.tmf630.jsonpath_expressions import LITERALS, operands, paths_in, refuse_unbounded
from apis.tmf630.jsonpath_filter import (
    ENVIRONMENT,
    PLACE,
    Selected,
    names_on,
    pattern_literal,
    read_filter,
    refused,
    split_steps,
    steps_of,
)
from core.errors import Fault, InvalidInput
from core.query import AllOf, Condition, Criterion, Judged, Kind, Member, Path, all_of, any_of, member, negated
from core.values import read_number

_OPERATORS = {"==": "eq", "!=": "ne", "<>": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=~": "regex"}
_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


class _OnlyShown(Exception):
    """What is asked of the members of an array isn't stored in them as the version shows it."""


@dataclass(frozen=True, slots=True)
class ArrayFilter:
    """The members of the array at a path, in the words of the version, that a filter selects."""

    path: Path
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles conditions on the members at `scope`, a path in the words of the version.

    The criteria are on resources as they are stored, or, where it `is_worded`, as the version shows them.
    """

    attributes: Attributes
    scope: Path = ()
    is_worded: bool = False

    def compile(self, expression: BaseExpression) -> Criterion:
        """Return the criterion that a condition stands for. Raises InvalidInput for one that isn't offered."""
        match expression:
            case FilterExpression():
                return self.compile(expression.expression)
            case InfixExpression(operator="&&"):
                return all_of(map(self.compile, operands(expression)))
            case InfixExpression(operator="||"):
                return any_of(map(self.compile, operands(expression)))
            case PrefixExpression(right=right):
                return negated(self.compile(right))
            case RelativeFilterQuery(path=path):
                return self.selected(split_steps(steps_of(path))) if _is_plain(path) else self._judged(expression)
            case FunctionExtension(name="match" | "search", args=[RelativeFilterQuery(), StringLiteral()]):
                query, text = cast(Any, expression.args)
                whole = f"^(?:{text.value})$" if expression.name == "match" else text.value
                return self._compared(query, "regex", pattern_literal(whole))
            case InfixExpression(left=left, operator=operator, right=right):
                return self._comparison(left, operator, right) or self._judged(expression)
            case _:
                raise refused(f"can't have '{expression}' as a condition")

    def selected(self, selected: Selected) -> Criterion:
        """Return the criterion that something is there, and that a member meets the condition on it."""
        if selected.expression is None:
            return self._known(selected.path, "present")
        if self.scope or self.is_worded or not selected.path:
            return self._member(selected, selected.expression)
        try:
            return self._member(selected, selected.expression)
        except _OnlyShown:
            return self.attributes.judged(Compiler(self.attributes, is_worded=True).selected(selected))

    def _member(self, selected: Selected, expression: BaseExpression) -> Criterion:
        inner = replace(self, scope=(*self.scope, *selected.path))
        part = inner.compile(expression)
        if selected.below:
            part = all_of((part, inner._known(selected.below, "present")))
        if not selected.path:
            return part
        # A filter that is a path to an array shows the members there, and not those inside of them.
        return (member if self.scope else Member)(self._relative(inner.scope), part)

    def _comparison(self, left: BaseExpression, operator: str, right: BaseExpression) -> Criterion | None:
        if isinstance(right, RelativeFilterQuery) and not isinstance(left, RelativeFilterQuery):
            if operator in ("in", "contains"):
                left, right, operator = right, left, "contains" if operator == "in" else "in"
            else:
                left, right, operator = right, left, _MIRRORED.get(operator, operator)
        self._refuse_parts_of_text(left, operator, right)
        if not isinstance(left, RelativeFilterQuery) or not _is_plain(left.path):
            return None
        if operator == "in" and isinstance(right, ListLiteral):
            return any_of(self._compared(left, "eq", item) for item in right.items) if right.items else None
        if operator == "contains" and isinstance(right, LITERALS):
            return self._compared(left, "eq", right)
        if operator not in _OPERATORS or not isinstance(right, (*LITERALS, RegexLiteral)):
            return None
        return self._compared(left, _OPERATORS[operator], right)

    def _refuse_parts_of_text(self, left: Any, operator: str, right: Any) -> None:
        """Refuse `in` and `contains` where what would have the members is a single value."""
        holder = {"in": right, "contains": left}.get(operator)
        if isinstance(holder, RelativeFilterQuery):
            names, placed = names_on(holder.path)
            is_text = bool(names) and self.attributes.is_single((*self.scope, *names), (*self.scope, *placed))
        else:
            is_text = isinstance(holder, LITERALS)
        if is_text:
            raise refused(f"'{holder}' is no list, which '{operator}' needs; a part of a text is found by =~ /part/")

    def _compared(self, query: Any, operator: str, literal: Any) -> Criterion:
        path = split_steps(steps_of(query.path))
        if path.expression is not None:
            raise refused(f"can't compare '{query}'; put the comparison inside of its condition")
        if isinstance(literal, Nil):
            if operator not in ("eq", "ne"):
                raise refused("null is equal or not equal to something, nothing else")
            known = self._known(path.path, "null")
            return known if operator == "eq" else negated(known)
        value, kind = _literal(literal)
        if kind == "number" and read_number(value) is None:
            raise refused("has a number that is too large or too small")
        if isinstance(literal, RegexLiteral) != (operator == "regex"):
            raise refused(f"can't compare '{query}' with a pattern but by =~")
        full = (*self.scope, *path.path)
        if not full:
            raise refused("compares attributes of a resource, not the resource")
        condition = self.attributes.condition(full, operator, (value,), PLACE)
        if condition is None:
            return AllOf(())
        if kind != condition.kind and condition.kind in ("any", "text"):
            condition = replace(condition, kind=kind)
        return self._finding(condition)

    def _finding(self, wanted: Condition) -> Criterion:
        """Return what finds members by a condition, whose path is that of the query. Raises _OnlyShown."""
        if self.is_worded:
            return replace(wanted, path=wanted.path[len(self.scope) :])
        if not self.scope:
            return self.attributes.finding(wanted)
        stored = self.attributes.stored(wanted)
        if stored is None:
            raise _OnlyShown
        return replace(stored, path=self._below(stored.path))

    def _known(self, path: Path, operator: Any) -> Criterion:
        full = (*self.scope, *path)
        if not full:
            raise refused("has conditions on attributes of a resource; that it exists goes without saying")
        if not self.attributes.knows(full, PLACE):
            return AllOf(())
        return self._finding(Condition(full, operator=operator))

    def _relative(self, scope: Path) -> Path:
        self.attributes.knows(scope, PLACE)
        return scope[len(self.scope) :] if self.is_worded else self._below(self._canonical(scope))

    def _below(self, canonical: Path) -> Path:
        """Return a canonical path as it counts from the members that the condition is about."""
        above = self._canonical(self.scope)
        if canonical[: len(above)] != above:
            raise _OnlyShown
        return canonical[len(above) :]

    def _canonical(self, path: Path) -> Path:
        return self.attributes.canonical(path) if path else path

    def _judged(self, expression: BaseExpression) -> Criterion:
        """Return a condition that the library evaluates on each candidate, as the version words it."""
        refuse_unbounded(expression)
        for path in paths_in(expression):
            if path and not self.attributes.knows((*self.scope, *path), PLACE):
                continue
            if self.attributes.is_address((*self.scope, *path)):
                raise refused(f"has a condition on '{'.'.join(path)}', which {NO_TEXT}")
        if not self.scope:
            return Judged(_test(expression, self.attributes.shown))
        if not self.is_worded and self.attributes.resource.dialect.translation is not None:
            raise _OnlyShown
        return Judged(_test(expression, lambda node: node))


def read_criterion(texts: Sequence[str], attributes: Attributes) -> tuple[Criterion | None, ArrayFilter | None]:
    """Return what `filter`, given at most once, asks of a resource, and which members of an array it shows.

    Faults are noted. Raises InvalidInput for what is no JSONPath or can't be used as a filter.
    """
    if len(texts) > 1:
        attributes.faults.append(Fault(PLACE, "invalidParameter", "must be given once; && joins conditions"))
    if len(texts) != 1:
        return None, None
    selected = read_filter(texts[0])
    criterion = Compiler(attributes).selected(selected)
    if attributes.faults:
        return None, None
    if selected.path and selected.expression is not None:
        shown = Compiler(attributes, is_worded=True).selected(selected)
        if isinstance(shown, Member):
            return criterion, ArrayFilter(shown.path, shown.part)
    return criterion, None


def _test(expression: BaseExpression, worded: Callable[[Any], Any]) -> Callable[[Any], bool]:
    whole = FilterExpression(expression)

    def test(node: Any) -> bool:
        shown = worded(node)
        try:
            return whole.evaluate(FilterContext(env=ENVIRONMENT, current=shown, root=shown))
        except TypeError:
            # The library compares what doesn't compare: a document of such types isn't what is asked for.
            return False

    return test


def _is_plain(path: Any) -> bool:
    try:
        steps_of(path)
    except InvalidInput:
        return False
    return True


def _literal(literal: Any) -> tuple[str, Kind]:
    if isinstance(literal, BooleanLiteral):
        return ("true" if literal.value else "false"), "truth"
    if isinstance(literal.value, Decimal):
        return str(literal.value), "number"
    return str(literal.value), "text"
