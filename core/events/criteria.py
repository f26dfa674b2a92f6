"""Criteria on events as SQL on the outbox: on what they tell, and on what is known beside; values are bound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import TextClause

from core.events.selection import ENVELOPE, EventKind
from core.query import AllOf, AnyOf, Condition, Criterion, Negation
from core.storage import search_postgresql, search_sqlite
from core.storage.fragments import Fragments, combined

Wanted = Mapping[EventKind, Sequence[Criterion]]
"""Kinds of events, each with what its payload, and what is known beside it (`ENVELOPE`), has to meet."""
# What of an event has a column: texts, of which an empty one says nothing.
_COLUMNS = {(ENVELOPE, "eventId"): "id", (ENVELOPE, "correlationId"): "correlation_id", ("id",): "entity_id"}


def clause_of_wanted(wanted: Wanted, dialect: str) -> TextClause | None:
    """Return the clause of the events that are wanted, None where the kinds of events say all of it."""
    if not any(wanted.values()):
        return None
    fragments, alike = Fragments(), defaultdict[tuple[Criterion, ...], list[EventKind]](list)
    for kind, criteria in wanted.items():
        alike[tuple(criteria)].append(kind)
    tests = []
    for criteria, kinds in alike.items():
        met = [_said(criterion, dialect, fragments) for criterion in criteria]
        tests.append(f"({' AND '.join([_of_kinds(kinds, fragments), *met])})")
    return fragments.clause(f"({' OR '.join(tests)})")


def _of_kinds(kinds: Sequence[EventKind], fragments: Fragments) -> str:
    tests = (
        f"outbox.entity = {fragments.bind(entity)} AND outbox.kind = {fragments.bind(what)}" for entity, what in kinds
    )
    return f"({' OR '.join(tests)})"


def _said(criterion: Criterion, dialect: str, fragments: Fragments) -> str:
    match criterion:
        case AllOf() | AnyOf() | Negation():
            return combined(criterion, lambda part: _said(part, dialect, fragments))
        case Condition(path=path) if path in _COLUMNS:
            return _by_column(criterion, f"outbox.{_COLUMNS[path]}", dialect, fragments)
        case _:
            return _on_json(criterion, "outbox.payload", dialect, fragments)


def _by_column(condition: Condition, column: str, dialect: str, fragments: Fragments) -> str:
    is_said = f"{column} <> ''"
    if condition.operator == "present":
        return is_said
    if condition.operator == "null":
        return "1 = 0"
    if condition.operator == "ne":
        return f"(NOT {_by_column(replace(condition, operator='eq'), column, dialect, fragments)})"
    text = f"to_jsonb({column})" if dialect == "postgresql" else f"json_quote({column})"
    return f"({is_said} AND {_on_json(replace(condition, path=()), text, dialect, fragments)})"


def _on_json(criterion: Criterion, source: str, dialect: str, fragments: Fragments) -> str:
    clause_of = search_postgresql.clause_of if dialect == "postgresql" else search_sqlite.clause_of
    return clause_of(criterion, source, fragments)
