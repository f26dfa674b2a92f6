"""The history of the database's shape, and the way from any point of it to the newest (Alembic)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from core.storage.database import Database

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Position:
    """Where a database stands: its revision (None: empty), and the newest one this release knows."""

    current: str | None
    head: str

    @property
    def is_head(self) -> bool:
        """Tell whether the database has the shape this release expects."""
        return self.current == self.head

    def __str__(self) -> str:
        return f"at revision {self.current}" if self.current else "empty"


def position(database: Database) -> Position:
    """Return where `database` stands. Raises sqlalchemy.exc.OperationalError when it can't be reached.

    A SQLite file that isn't there is empty, and isn't made by asking.
    """
    if database.is_sqlite and not Path(database.url.database or "").exists():
        return Position(None, _head())
    with database.reading() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return Position(current, _head())


def upgrade(database: Database) -> Position:
    """Bring `database` to the newest shape in one transaction and return where it stood before.

    A failing step leaves the database as it was.
    """
    before = position(database)
    with database.writing() as connection:
        command.upgrade(_config(connection), "head")
    return before


def stamp(database: Database) -> None:
    """Note that `database` has the newest shape, when it was made from the tables and not by migrations."""
    with database.writing() as connection:
        command.stamp(_config(connection), "head")


def _head() -> str:
    head = ScriptDirectory(str(FOLDER)).get_current_head()
    assert head is not None, "the release carries at least one migration"
    return head


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
