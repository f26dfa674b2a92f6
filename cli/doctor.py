"""`bss doctor`: is everything in order here, and if not, what is to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli import exits
from cli.session import context_of, load_settings, opened

if TYPE_CHECKING:
    from rich.console import Console

    from cli.checks import Finding

MARKS = {"good": "[green]✔[/]", "doubtful": "[yellow]![/]", "bad": "[red]✘[/]"}


def doctor() -> None:
    """Check settings, database, migrations, specifications, clock, disk, exchange folder, and what is stored.

    That is tasks that keep failing, prices, references and schemas. It says what is to be done where something is not
    as it should be, and ends with 1 where that keeps the suite from working.
    """
    from rich.console import Console

    from cli.checks import CHECKS
    from cli.extensions import check_extensions
    from cli.prices import check_prices
    from cli.references import check_references
    from cli.tasks import check_tasks

    settings = load_settings()
    console = Console(highlight=False, soft_wrap=True)
    levels = {_shown(console, finding) for check in CHECKS for finding in check(settings)}
    if "bad" in levels:
        raise typer.Exit(exits.FAILED)
    contents = (check_tasks, check_prices, check_references, check_extensions)
    with opened(settings) as core, core.reading(context_of(settings)) as reading:
        levels = {_shown(console, finding) for check in contents for finding in check(reading)}
    if "bad" in levels:
        raise typer.Exit(exits.FAILED)


def _shown(console: Console, finding: Finding) -> str:
    from rich.markup import escape

    # A finding is a line, whatever the identifiers that it names are made of.
    line = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in finding.text)
    console.print(f"{MARKS[finding.level]} {finding.subject:<16} {escape(line)}")
    return finding.level
