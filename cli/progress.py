"""The bar that long commands show on a terminal, and leave out of files and pipes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


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


@contextmanager
def bar(what: str) -> Iterator[Bar]:
    """Show a bar for `what` as long as the block runs."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        yield Bar(progress, progress.add_task(what, total=None))
