"""A developer's task (`make migration`): writes the initial migration anew from the tables.

Only until the first release: from then on that file is history, and every change gets one of its own.
"""

from __future__ import annotations

import importlib
import pkgutil
from textwrap import dedent
from typing import Literal

from alembic.autogenerate import render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy import Index, MetaData, Table

import core
from core.domains import all_entities
from core.storage.migrations import FOLDER
from core.storage.tables import metadata, resource_table
from core.storage.types import Amount, Instant, Word

TARGET = FOLDER / "versions" / "0001_initial.py"
HEADING = '''"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.storage.types import Amount, Instant, Word

revision = "0001"
down_revision = None

'''


def complete_metadata() -> MetaData:
    """Return the schema with the tables of every entity and every module of the core in it."""
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if not module.name.startswith("core.storage.migrations"):
            importlib.import_module(module.name)
    for entity in all_entities():
        resource_table(entity)
    return metadata


def initial_migration(schema: MetaData) -> str:
    """Return the source of a migration that makes `schema` from nothing, one function a table."""
    tables = schema.sorted_tables
    calls = "\n".join(f"    _create_{table.name}()" for table in tables)
    drops = "\n".join(f'    op.drop_table("{table.name}")' for table in reversed(tables))
    return "\n\n".join(
        [
            f"{HEADING}def upgrade() -> None:\n{calls}\n",
            f"def downgrade() -> None:\n{drops}\n",
            *(f"def _create_{table.name}() -> None:\n{_body(table)}\n" for table in tables),
        ]
    )


def _body(table: Table) -> str:
    lines = _rendered(ops.CreateTableOp.from_table(table))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        lines += _guarded(index)
    return "\n".join(f"    {line}" if line else line for line in lines)


def _guarded(index: Index) -> list[str]:
    lines = _rendered(ops.CreateIndexOp.from_index(index))
    if index._ddl_if is None:
        return lines
    return [
        f'if op.get_bind().dialect.name == "{index._ddl_if.dialect}":',
        *(f"    {line}" for line in lines),
    ]


def _rendered(operation: ops.MigrateOperation) -> list[str]:
    text = render_python_code(
        ops.UpgradeOps([operation]),
        migration_context=MigrationContext.configure(dialect_name="postgresql"),
        render_item=_own_type,
    )
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return dedent("\n".join(lines).strip("\n")).splitlines()


def _own_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Name the project's column types plainly; False leaves the rest to Alembic."""
    return f"{type(item).__name__}()" if kind == "type" and isinstance(item, Amount | Instant | Word) else False


if __name__ == "__main__":
    TARGET.write_text(initial_migration(complete_metadata()), encoding="utf-8")
