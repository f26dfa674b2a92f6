"""Whatever v4 shows, a filter on it finds, and finds nothing that v4 doesn't show: even where it isn't stored so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apis.tmf630.attributes import Attributes
from apis.tmf630.version import ServedResource
from core.entity import copied
from core.evaluation import holds, nodes_at
from core.query import Condition, Path
from tests.apis.generations import RESOURCES, both
from tests.apis.test_dialect_properties import drawn

bounded = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the values of a document as a filter writes them, each with its path."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from leaves(member, (*path, name))
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member, path)
    elif value is not None:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def is_named_twice(old: ServedResource, path: Path, said: Any, generation: str) -> bool:
    """Tell whether a caller of v5 has an attribute of their own that is called as v4 calls one of v5's.

    A filter in v4 is about v5's, though v4 shows the other in its place where v5's says nothing.
    """
    return generation == "v5" and old.dialect.canonical_path(path) != path and any(True for _ in nodes_at(said, path))


@pytest.mark.parametrize(("api", "name"), RESOURCES)
@pytest.mark.parametrize("generation", ["v4", "v5"])
@bounded
@given(data=st.data())
def test_a_filter_finds_what_is_shown(api: str, name: str, generation: str, data: st.DataObject) -> None:
    old, _ = both(api, name)
    said = data.draw(drawn(api, name, generation))
    stored = old.read(copied(said)) if generation == "v4" else said
    shown = old.dialect.dump(stored)
    for path, value in leaves(shown):
        if path == ("href",) or is_named_twice(old, path, said, generation):
            continue
        for operator in ("eq", "ne"):
            attributes = Attributes(old)
            wanted = attributes.condition(path, operator, [value], "")
            if wanted is not None and not attributes.extensions:
                expected = holds(Condition(path, wanted.values, operator, wanted.kind), shown)
                assert holds(attributes.finding(wanted), stored) == expected, (path, operator, value)
