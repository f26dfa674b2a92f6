"""The migrations and the tables of the code say the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.runtime.migration import HeadMaintainer
from sqlalchemy import Connection, Index, inspect

from cli.first_migration import complete_metadata
from core.storage.database import Database
from core.storage.migrations import position, upgrade
from tests.databases import new_database


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Database]:
    """A database of each kind in which nothing was ever made."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'blank.db'}"
    else:
        name = f"blank_{worker_id}_{abs(hash(request.node.name))}"
        url = new_database(request.getfixturevalue("postgresql_server"), name)
    database = Database(url)
    yield database
    database.dispose()


def differences(connection: Connection) -> list[object]:
    """Return what distinguishes a database from the tables of the code, columns' types included."""
    options = {"compare_type": True, "include_object": partial(is_meant_for, connection.dialect.name)}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), complete_metadata()))


def is_meant_for(dialect: str, item: object, *_arguments: object) -> bool:
    """Leave out the indexes that only another kind of database has."""
    return not isinstance(item, Index) or item._ddl_if is None or item._ddl_if.dialect == dialect


def test_the_migrations_make_exactly_the_tables_of_the_code(blank: Database) -> None:
    upgrade(blank)
    with blank.reading() as connection:
        assert differences(connection) == []


def test_migrations_are_done_once(blank: Database) -> None:
    assert position(blank).current is None
    assert not position(blank).is_head
    upgrade(blank)
    assert position(blank).is_head
    assert upgrade(blank).is_head


def test_a_failing_migration_leaves_the_database_as_it_was(blank: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_at_the_end(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr(HeadMaintainer, "update_to_step", fail_at_the_end)
    with pytest.raises(RuntimeError, match="power"):
        upgrade(blank)
    with blank.reading() as connection:
        assert inspect(connection).get_table_names() == []
