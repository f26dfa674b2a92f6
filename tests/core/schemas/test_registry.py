"""The registry of extension schemas: what a brand adds and removes, every process knows."""

from __future__ import annotations

import pytest

from core.context import Context
from core.errors import Conflict, NotFound
from core.schemas import ExtensionSchema, Registry, get, get_all, remove
from core.service import Core
from tests.builders.schemas import a_schema, register

OTHER_BRAND = Context(tenant="other")


def found(core: Core, context: Context, registry: Registry, *names: str) -> dict[str, ExtensionSchema]:
    with core.reading(context) as work:
        return registry.find(work.connection, context.tenant, names or None)


def test_a_schema_comes_back_as_it_was_registered(core: Core, context: Context) -> None:
    assert register(core, context)
    with core.reading(context) as work:
        schema = get(work.connection, context.tenant, "pigeon")
        assert (schema.base_type, schema.document) == ("ContactMedium", a_schema())
        assert get_all(work.connection, context.tenant) == [schema]
        assert get_all(work.connection, OTHER_BRAND.tenant) == []


def test_a_name_stands_for_one_schema_and_repeating_it_does_no_harm(core: Core, context: Context) -> None:
    assert register(core, context)
    assert not register(core, context)
    assert register(core, OTHER_BRAND, a_schema(required=[]))
    with pytest.raises(Conflict, match="'pigeon' is another schema already"):
        register(core, context, a_schema(required=[]))


def test_what_is_not_there_can_be_neither_read_nor_removed(core: Core, context: Context) -> None:
    register(core, OTHER_BRAND)
    with core.work(context) as work:
        for attempt in (get, remove):
            with pytest.raises(NotFound, match="no schema 'pigeon'"):
                attempt(work.connection, context.tenant, "pigeon")


def test_a_process_compiles_once_and_sees_what_others_add_and_remove(core: Core, context: Context) -> None:
    registry = Registry()
    assert found(core, context, registry) == {}
    register(core, context)
    register(core, context, a_schema("dove"))
    first = found(core, context, registry, "pigeon", "crow")
    assert first.keys() == {"pigeon"}
    assert found(core, context, registry).keys() == {"pigeon", "dove"}
    assert found(core, context, registry)["pigeon"] is first["pigeon"]
    with core.work(context) as work:
        remove(work.connection, context.tenant, "pigeon")
    assert found(core, context, registry, "pigeon") == {}
    register(core, context, a_schema(required=[]))
    assert [*found(core, context, registry, "pigeon")["pigeon"].errors({})] == []
    assert found(core, OTHER_BRAND, registry) == {}
