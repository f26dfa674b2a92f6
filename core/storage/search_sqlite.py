"""Criteria as SQL for SQLite: an EXISTS over a chain of json_each, one link a path step, arrays spread out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from core.query import AllOf, AnyOf, Condition, Criterion, Member, Negation, Path
from core.storage.fragments import Fragments, combined, joined
from core.storage.functions import instant_key, number_key
from core.storage.json import dumps_text
from core.storage.mentions import mentions
from core.values import Reading, wanted_by

_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_NUMERIC = "IN ('integer', 'real')"


@dataclass(frozen=True, slots=True)
class Chain:
    """The nodes at a path: the tables to join, and the name of the last one, a row of which is a node."""

    links: tuple[str, ...]
    last: str

    @property
    def json(self) -> str:
        """Return the node as JSON text, numbers as they are written."""
        return f"({self.last}.json -> {self.last}.fullkey)"

    def exists(self, test: str) -> str:
        """Return the test that one of the nodes meets a test."""
        # Only names of our own are put into the text; keys and values are bound.
        return f"EXISTS (SELECT 1 FROM {', '.join(self.links)} WHERE {test})"  # noqa: S608

    def first(self, what: str, test: str) -> str:
        """Return something of the first node that meets a test."""
        return f"(SELECT {what} FROM {', '.join(self.links)} WHERE {test} LIMIT 1)"  # noqa: S608


def clause_of(criterion: Criterion, source: str, fragments: Fragments) -> str:
    """Return the test of a criterion on a JSON text: a whole document, or a member of one."""
    match criterion:
        case AllOf() | AnyOf() | Negation():
            return combined(criterion, lambda part: clause_of(part, source, fragments))
        case Member(path, part):
            nodes = chain(source, path, fragments)
            # What is deep comes first, without parentheses: the parser of SQLite takes a hundred levels.
            parts = part.parts if isinstance(part, AllOf) else (part,)
            tests = [clause_of(each, nodes.json, fragments) for each in parts]
            found = nodes.exists(joined([*tests, f"{nodes.last}.type <> 'array'"], " AND "))
            return _mentioning(part, found, source, fragments)
        case Condition():
            return _condition(criterion, source, fragments)
        case _:
            raise TypeError(f"{type(criterion).__name__} can't be said in SQL")


def chain(source: str, path: Path, fragments: Fragments) -> Chain:
    """Return the nodes at a path of a JSON text; an array stands for its members, one level of it at each step."""
    if not path:
        name = fragments.alias()
        members = f"CASE json_type({source}) WHEN 'array' THEN {source} ELSE json_array(json({source})) END"
        return Chain((f"json_each({members}) AS {name}",), name)
    links, name = [], ""
    for step in path:
        if '"' in step:
            raise InvalidInput("an attribute name can't contain a quotation mark", path=".".join(path))
        key = fragments.bind(f'$."{step}"')
        members = (
            f"CASE WHEN json_type({source}, {key}) IS NULL THEN '[]' "
            f"WHEN json_type({source}, {key}) = 'array' THEN {source} -> {key} "
            f"ELSE json_array(json({source} -> {key})) END"
        )
        name = fragments.alias()
        links.append(f"json_each({members}) AS {name}")
        source = f"(CASE {name}.type WHEN 'object' THEN {name}.value ELSE '{{}}' END)"
    return Chain(tuple(links), name)


def _mentioning(criterion: Criterion, found: str, source: str, fragments: Fragments) -> str:
    """Return the test of a criterion after those that are made faster."""
    words = [*mentions(criterion, source, fragments)]
    return f"({' AND '.join([*words, found])})" if words else found


def _condition(condition: Condition, source: str, fragments: Fragments) -> str:
    if condition.operator == "ne":
        return (
            f"(NOT {_condition(Condition(condition.path, condition.values, kind=condition.kind), source, fragments)})"
        )
    if condition.operator == "present":
        return _present(condition.path, source, fragments)
    nodes = chain(source, condition.path, fragments)
    if condition.operator == "null":
        return nodes.exists(f"{nodes.last}.type = 'null'")
    wanted = wanted_by(condition)
    if condition.operator == "eq":
        found = nodes.exists(f"({' OR '.join(_equal(nodes, wanted, fragments)) or '0'})")
        return _mentioning(condition, found, source, fragments)
    sign = _SIGNS[condition.operator]
    tests = [test for one in wanted for test in _compared(nodes, one, sign, fragments)]
    return nodes.exists(f"({' OR '.join(tests) or '0'})")


def _present(path: Path, source: str, fragments: Fragments) -> str:
    if not path:
        return "1"
    key = fragments.bind(f'$."{path[-1]}"')
    if len(path) == 1:
        return f"(json_type({source}, {key}) IS NOT NULL)"
    above = chain(source, path[:-1], fragments)
    return above.exists(f"{above.last}.type = 'object' AND json_type({above.last}.value, {key}) IS NOT NULL")


def _equal(nodes: Chain, wanted: Sequence[Reading], fragments: Fragments) -> Iterator[str]:
    """Yield tests that a node is what is asked for: a set of each type, however many values there are."""
    texts = [one.text for one in wanted if one.text is not None]
    numbers = [number_key(one.number) for one in wanted if one.number is not None]
    instants = [instant_key(one.instant) for one in wanted if one.instant is not None]
    if texts:
        yield f"({nodes.last}.type = 'text' AND {nodes.last}.value IN {_set(texts, fragments)})"
    if numbers:
        yield f"({nodes.last}.type {_NUMERIC} AND number_key({nodes.json}) IN {_set(numbers, fragments)})"
    if instants:
        yield f"({nodes.last}.type = 'text' AND instant({nodes.last}.value) IN {_set(instants, fragments)})"
    for truth in {one.truth for one in wanted} - {None}:
        yield f"{nodes.last}.type = '{'true' if truth else 'false'}'"


def _compared(nodes: Chain, wanted: Reading, sign: str, fragments: Fragments) -> Iterator[str]:
    if wanted.number is not None:
        key = fragments.bind(number_key(wanted.number))
        yield f"({nodes.last}.type {_NUMERIC} AND number_key({nodes.json}) {sign} {key})"
    if wanted.instant is not None:
        at = fragments.bind(instant_key(wanted.instant))
        yield f"({nodes.last}.type = 'text' AND instant({nodes.last}.value) {sign} {at})"
    elif wanted.text is not None:
        yield f"({nodes.last}.type = 'text' AND {nodes.last}.value {sign} {fragments.bind(wanted.text)})"


def _set(values: Sequence[str], fragments: Fragments) -> str:
    if len(values) == 1:
        return f"({fragments.bind(values[0])})"
    return f"(SELECT value FROM json_each({fragments.bind(dumps_text(values))}))"  # noqa: S608
