"""`bss doctor`: is everything in order here, and if not, what is to be done."""

from __future__ import annotations

import typer

from cli import exits
from cli.session import load_settings

MARKS = {"good": "[green]✔[/]", "doubtful": "[yellow]![/]", "bad": "[red]✘[/]"}


def doctor() -> None:
    """Check settings, database, migrations, specifications, clock, disk and exchange folder."""
    from rich.console import Console
    from rich.markup import escape

    from cli.checks import CHECKS

    settings = load_settings()
    console = Console(highlight=False, soft_wrap=True)
    levels = []
    for check in CHECKS:
        for finding in check(settings):
            console.print(f"{MARKS[finding.level]} {finding.subject:<16} {escape(finding.text)}")
            levels.append(finding.level)
    if "bad" in levels:
        raise typer.Exit(exits.FAILED)
