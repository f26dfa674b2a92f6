"""`bss migrate`: bring the database to the shape that this release needs."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import exits
from cli.session import database_of, load_settings, stop


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit with 3 if a migration is due.")] = False,
) -> None:
    """Create the database or bring it to the shape that this release needs."""
    from core.storage.migrations import position, upgrade

    settings = load_settings()
    with database_of(settings) as database:
        before = position(database) if check else upgrade(database)
        name = database.url.render_as_string()
    if before.is_head:
        typer.echo(f"{name} is {before}: nothing to do.")
    elif check:
        stop(f"{name} is {before}, this release needs {before.head}.", exits.NOT_READY)
    else:
        typer.echo(f"{name} was {before} and is now at revision {before.head}.")
