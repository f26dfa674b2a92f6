"""How long commands show how far they are: by a bar on a terminal; elsewhere by nothing, or by lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


MANY = 1000


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on the screen; its methods fit the `progress` callbacks of the core."""

    progress: Progress
    task: TaskID

    def add(self, count: int) -> None:
        """Note that `count` more are done, of a total that isn't known."""
        self.progress.advance(self.task, count)

    def reach(self, done: int, total: int) -> None:
        """Note that `done` of `total` are done."""
        self.progress.update(self.task, completed=done, total=total)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines on stderr about several kinds of things: when all of a kind are done, of many when a tenth more is."""

    totals: Mapping[str, int]
    done: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, count: int) -> None:
        """Note that `count` more of a kind are done."""
        before = self.done.get(kind, 0)
        now = self.done[kind] = before + count
        total = self.totals[kind]
        if now // (step := max(total // 10, min(total, MANY))) > before // step:
            typer.echo(f"  {now} of {total} {kind}", err=True)


@contextmanager
def bar(what: str) -> Iterator[Bar]:
    """Show a bar for `what` as long as the block runs."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Bar(progress, progress.add_task(what, total=None))
