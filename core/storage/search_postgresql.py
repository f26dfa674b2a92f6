"""Criteria as SQL for PostgreSQL: JSON paths, which the GIN index answers; date-times are compared as timestamps."""

from __future__ import annotations

from collections.abc import Sequence

from core.clock import EARLIEST, LATEST
from core.query import AllOf, AnyOf, Condition, Criterion, Member, Negation, Path, leaves, negated
from core.storage.fragments import Fragments, combined, joined
from core.storage.json import dumps_text
from core.values import DATE_TIME, reading, wanted_by

_EARLIEST, _LATEST = (f"TIMESTAMPTZ '{at.isoformat()}'" for at in (EARLIEST, LATEST))
# A filter goes into an array, and a comparison in it would go into those inside of it.
_NO_ARRAY = '@.type() != "array"'
_SIGNS = {"eq": "==", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def clause_of(criterion: Criterion, source: str, fragments: Fragments) -> str:
    """Return the test of a criterion on a jsonb value: a whole document, or a member of one."""
    if not any(_has_instants(leaf) for _, leaf in leaves(criterion)):
        whole = fragments.bind(f"$ ? ({predicate(criterion)})")
        return f"({source} @? CAST({whole} AS jsonpath))"
    match criterion:
        case AllOf() | AnyOf() | Negation():
            return combined(criterion, lambda part: clause_of(part, source, fragments))
        case Member(path, part):
            name = fragments.alias()
            members = fragments.bind(f"{accessor('$', path)} ? ({_NO_ARRAY})")
            return _exists(source, members, name, clause_of(part, f"{name}.node", fragments))
        case Condition(path, values, "ne", kind):
            return f"(NOT {clause_of(Condition(path, values, kind=kind), source, fragments)})"
        case Condition():
            return _condition(criterion, source, fragments)
        case _:
            raise TypeError(f"{type(criterion).__name__} can't be said in SQL")


def is_indexed(criterion: Criterion) -> bool:
    """Tell whether the GIN index finds what meets a criterion: equality, wherever it has to hold."""
    match criterion:
        case AllOf(parts):
            return any(map(is_indexed, parts))
        case AnyOf(parts):
            return all(map(is_indexed, parts))
        case Member(_, part):
            return is_indexed(part)
        case Condition(operator="eq"):
            return not _has_instants(criterion)
        case _:
            return False


def predicate(criterion: Criterion) -> str:
    """Return a criterion without date-times as a predicate of a JSON path on the current item."""
    match criterion:
        case AllOf(parts):
            return f"({joined([*map(predicate, parts)], ' && ')})"
        case AnyOf(parts):
            return f"({joined([*map(predicate, parts)], ' || ')})"
        case Negation(AllOf() | AnyOf() | Negation() as part):
            # Of `!(a && b)`, where it can't look for one of them, the GIN index of PostgreSQL (18 too) finds what meets
            # the other, and loses what lacks both.
            return predicate(negated(part))
        case Negation(part):
            return f"!({predicate(part)})"
        case Member(path, part):
            return f"exists({accessor('@', path)} ? ({_NO_ARRAY} && {predicate(part)}))"
        case Condition(path, values, "ne", kind):
            return f"!({predicate(Condition(path, values, kind=kind))})"
        case Condition(path, _, "present"):
            return f"exists({accessor('@', path)})"
        case Condition(path, _, "null"):
            return f"exists({accessor('@', path)} ? ({_NO_ARRAY} && @ == null))"
        case Condition(path):
            # What doesn't compare is neither true nor false; `exists` makes it false.
            return f"exists({accessor('@', path)} ? ({_any_test(_tests(criterion))}))"
        case _:
            raise TypeError(f"{type(criterion).__name__} can't be said in SQL")


def accessor(start: str, path: Path) -> str:
    """Return the JSON path of an attribute; in lax mode, the default, it goes through one array at each step."""
    return start + "".join("." + dumps_text(step) for step in path)


def instant_of(text: str, fragments: Fragments) -> str:
    """Return the instant that a text expression says, NULL where it is no date-time; digits beyond six don't count.

    What an offset takes out of the years 1 to 9999 is the nearest instant in them, as `parse_instant` has it.
    """
    shape = fragments.bind(f"^{DATE_TIME}$")
    digits, kept = fragments.bind(r"(\.[0-9]{6})[0-9]+"), fragments.bind(r"\1")
    at = f"CAST(regexp_replace({text}, {digits}, {kept}) AS timestamptz)"
    return (
        f"CASE WHEN {text} ~ {shape} AND pg_input_is_valid({text}, 'timestamptz') "
        f"THEN LEAST(GREATEST({at}, {_EARLIEST}), {_LATEST}) END"
    )


def _condition(condition: Condition, source: str, fragments: Fragments) -> str:
    name, sign = fragments.alias(), _SIGNS[condition.operator].replace("==", "=")
    wanted = [one.instant for one in wanted_by(condition) if one.instant is not None]
    strings = fragments.bind(f'{accessor("$", condition.path)} ? (@.type() == "string")')
    at = instant_of(f"({name}.node #>> '{{}}')", fragments)
    found = _exists(source, strings, name, f"({at}) {sign} ANY (CAST({fragments.bind(wanted)} AS timestamptz[]))")
    if not (others := _tests(condition)):
        return found
    path = fragments.bind(f"{accessor('$', condition.path)} ? ({_any_test(others)})")
    return f"({found} OR {source} @? CAST({path} AS jsonpath))"


def _exists(source: str, path: str, name: str, test: str) -> str:
    # Only names of our own are put into the text; paths and values are bound.
    nodes = f"jsonb_path_query({source}, CAST({path} AS jsonpath)) AS {name}(node)"
    return f"EXISTS (SELECT 1 FROM {nodes} WHERE {test})"  # noqa: S608


def _any_test(tests: Sequence[str]) -> str:
    return f"{_NO_ARRAY} && ({joined(tests, ' || ') or '@ != @'})"


def _tests(condition: Condition) -> list[str]:
    """Return the tests, as JSON paths write them, that a node is or is beyond something other than an instant."""
    sign = _SIGNS[condition.operator]
    said = [value for one in wanted_by(condition) for value in (one.text, one.number, one.truth)]
    return [f"@ {sign} {dumps_text(value)}" for value in said if value is not None]


def _has_instants(leaf: object) -> bool:
    if not isinstance(leaf, Condition) or leaf.operator in ("present", "null", "regex"):
        return False
    return any(reading(value, leaf.kind).instant is not None for value in leaf.values)
