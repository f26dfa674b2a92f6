"""`bss reindex`: make the derived columns anew after their declaration has changed."""

from __future__ import annotations

import typer

from cli.session import load_settings, opened


def reindex() -> None:
    """Make the columns that are derived from documents anew, for every resource of every brand."""
    from core.reindex import reindex as reindex_all

    with opened(load_settings()) as core:
        count = reindex_all(core, progress=lambda entity, done: typer.echo(f"{entity:<32} {done:>10}"))
    resources = "1 resource" if count == 1 else f"{count} resources"
    typer.echo(f"The derived columns of {resources} have been made anew.")
