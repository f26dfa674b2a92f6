"""`bss bill-run`: bill every account whose period has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cli import exits
from cli.progress import bar
from cli.session import context_of, load_settings, opened


def bill_run(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Bill what has ended when this day begins (UTC).", show_default="today"
        ),
    ] = None,
) -> None:
    """Make every bill that is due; safe to interrupt and to repeat, one period of an account is billed once."""
    from core.billing import run_bills
    from core.clock import SystemClock

    settings = load_settings()
    day = (as_of or SystemClock().now()).date()
    with opened(settings) as core, bar("accounts") as shown:
        run = run_bills(core, context_of(settings), day, shown.reach)
    typer.echo(f"{len(run.bills)} bills made as of {day}." if run.bills else f"No bill is due as of {day}.")
    for account, reason in run.failed.items():
        typer.secho(f"Account {account} can't be billed: {reason}", err=True, fg="red")
    if run.failed:
        raise typer.Exit(exits.FAILED)
