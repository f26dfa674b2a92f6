"""`bss run`: from nothing to a server with something in it, in one command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.demo.command import load_demo, show_identifiers
from cli.serve import Host, Port, Workers, refuse_taken_port, serve_until_stopped
from cli.session import context_of, database_of, load_settings, opened

if TYPE_CHECKING:
    from core.settings import Settings


def run(
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    demo: Annotated[bool, typer.Option(help="Load the demo brand if the database is new.")] = True,
) -> None:
    """Create or migrate the database, load the demo brand if it is new, and serve until interrupted."""
    settings = load_settings(host=host, port=port, workers=workers)
    refuse_taken_port(settings)
    typer.echo("Looking at the database.")
    _prepare(settings)
    if demo:
        _fill(settings)
    typer.echo("Starting the server.")
    serve_until_stopped(settings)


def _prepare(settings: Settings) -> None:
    from core.storage.migrations import upgrade

    settings.exchange_folder.mkdir(parents=True, exist_ok=True)
    with database_of(settings) as database:
        before = upgrade(database)
        if not before.is_head:
            typer.echo(f"{database.url.render_as_string()} was {before} and is now at revision {before.head}.")


def _fill(settings: Settings) -> None:
    """Load the demo into a new database, or what is missing of it; show what may be tried of it wherever it is."""
    from cli.demo.summary import is_begun, is_new

    with opened(settings) as core:
        context = context_of(settings)
        new, begun = is_new(core, context), is_begun(core, context)
        if not new and not begun:
            show_identifiers(core, context)
    if new:
        typer.echo("The database is new: loading the demo brand, which takes half a minute or so.")
    elif begun:
        typer.echo("Loading the demo brand was broken off: loading the rest.")
    if new or begun:
        load_demo(settings)
