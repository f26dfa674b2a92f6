"""`bss rate`: guide and rate the usage that waits for it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.progress import bar
from cli.session import context_of, load_settings, opened


def rate(
    rejected: Annotated[bool, typer.Option("--rejected", help="Try again what was rejected, too.")] = False,
) -> None:
    """Guide and rate the usage that waits, in sets; may run in several processes and be interrupted at any time."""
    from core.usage import rate_backlog

    settings = load_settings()
    with opened(settings) as core, bar("usage") as shown:
        counts = rate_backlog(core, context_of(settings), shown.add, rejected=rejected)
    if not counts:
        typer.echo("No usage waits: nothing to do.")
    for state, count in sorted(counts.items()):
        typer.echo(f"{count} {state}")
