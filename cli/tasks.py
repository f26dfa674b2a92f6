"""What was accepted and can't be carried out, however often it is tried: `bss doctor` lists it."""

from __future__ import annotations

from collections.abc import Iterator

from cli.checks import Finding, listed
from core.reading import Reading
from core.tasks import failing


def check_tasks(reading: Reading) -> Iterator[Finding]:
    """List the brand's tasks that have failed, with the last error of each; they are tried again."""
    return listed("task", _failing(reading), "none that keeps failing")


def _failing(reading: Reading) -> Iterator[str]:
    for task in failing(reading):
        yield f"{task.kind} of '{task.subject}' has failed ({task.attempts} so far), at last by {task.error[:200]}"
