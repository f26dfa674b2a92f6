"""`bss demo`: fill the database with an invented brand, its customers, a month of usage and its bills."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.progress import Lines
from cli.session import context_of, load_settings, opened, stop

if TYPE_CHECKING:
    from cli.demo.loader import Advance, Loader
    from core.context import Context
    from core.service import Core
    from core.settings import Settings

SUBSCRIBERS = 20
SEED = 1


def demo(
    subscribers: Annotated[int, typer.Option(min=1, max=1_000_000, help="Customers, each with a line.")] = SUBSCRIBERS,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=366, help="Days of usage, up to the end of last month.", show_default="last month"),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same customers and usage.")] = SEED,
    add: Annotated[bool, typer.Option("--add", help="Add more customers to a database that has the demo.")] = False,
) -> None:
    """Load the demo brand: its catalog, customers, orders, usage, bills; 1000 usage records a customer and month."""
    settings = load_settings()
    load_demo(settings, subscribers, days, seed, add=add)


def load_demo(
    settings: Settings, subscribers: int = SUBSCRIBERS, days: int | None = None, seed: int = SEED, *, add: bool = False
) -> None:
    """Load a demo into a migrated database, or what is missing of it, and print identifiers to try.

    Ends with code 1 if all of it is there already.
    """
    from cli.demo.desk import Desk
    from cli.demo.loader import Loader
    from cli.demo.story import Story
    from cli.demo.summary import is_begun, is_loaded, next_customer
    from core.clock import FixedClock, SystemClock

    clock = FixedClock(SystemClock().now())
    with opened(settings, clock) as core:
        context = context_of(settings)
        if is_loaded(core, context) and not add:
            stop("The database has the demo already; --add adds more customers to it.")
        first = 1 if is_begun(core, context) else next_customer(core, context)
        story = Story.until(clock.now(), subscribers, days, seed, first)
        loader = Loader(Desk(core, context), clock, story)
        try:
            with _progress(loader) as advance:
                loader.load(advance)
        except KeyboardInterrupt:
            stop("Interrupted: part of the demo is in the database now. The same command loads the rest.")
        show_identifiers(core, context, story.first)


def show_identifiers(core: Core, context: Context, number: int = 1) -> None:
    """Print what somebody may try of demo customer `number`; nothing where the demo isn't loaded."""
    from cli.demo.summary import identifiers_to_try

    for what, identifier in identifiers_to_try(core, context, number):
        typer.echo(f"  {what:<10} {identifier}")


@contextmanager
def _progress(loader: Loader) -> Iterator[Advance]:
    """Show one bar for each kind of thing that is loaded; where there is no terminal, write lines."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console, totals = Console(stderr=True), loader.totals()
    if not console.is_terminal:
        yield Lines(totals).add
        return
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tasks = {kind: progress.add_task(kind, total=total) for kind, total in totals.items()}
        yield lambda kind, count: progress.advance(tasks[kind], count)
