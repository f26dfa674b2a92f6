"""`bss bill-run`: bill every account whose period has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cli import exits
from cli.progress import bar
from cli.session import context_of, load_settings, opened, stop


def bill_run(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Bill what has ended when this day begins (UTC); up to a month from today.",
            show_default="today",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Take a later day too: bills are dated ahead, and can't be deleted.")
    ] = False,
) -> None:
    """Make every bill that is due; safe to interrupt and to repeat, one period of an account is billed once."""
    from core.billing import last_day_ahead, run_bills
    from core.clock import SystemClock

    settings, today = load_settings(), SystemClock().now().date()
    day = as_of.date() if as_of else today
    if day > (last := last_day_ahead(today)) and not force:
        reason = f"{day} is far ahead: every period up to it would be billed, and bills can't be deleted."
        stop(f"{reason} Give a day up to {last}, or --force.", exits.WRONG_USAGE)
    with opened(settings) as core, bar("accounts") as shown:
        run = run_bills(core, context_of(settings), day, shown.reach)
    made = "1 bill" if len(run.bills) == 1 else f"{len(run.bills)} bills"
    typer.echo(f"{made} made as of {day}." if run.bills else f"No bill is due as of {day}.")
    for account, reason in run.failed.items():
        typer.secho(f"Account {account} can't be billed: {reason}", err=True, fg="red")
    if run.failed:
        raise typer.Exit(exits.FAILED)
