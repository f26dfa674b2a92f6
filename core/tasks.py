"""Work to be done after the commit that asked for it: rows that any process may claim, run and book, until done.

A claim is a lease, renewed while the task runs: a process that dies loses it when it expires, and another one runs the
task again. Handlers are therefore written so that running them twice ends the same.

A task that fails is tried again with growing pauses, without end: nothing that was accepted is lost. Of some kinds
somebody waits for the end; such a task is given up after `MOST_FAILURES`, and its ending says why. What counts as a
failure is only what could be booked as one: neither a killed process nor a database that is away.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import structlog
from sqlalchemy import Column, Index, Integer, String, Table, Text, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError

from core.context import Context
from core.entity import new_id
from core.errors import BssError
from core.reading import Reading
from core.service import Core, Work
from core.storage.expiry import remove_older
from core.storage.tables import ID, TENANT, metadata
from core.storage.types import Instant

LONGEST_PAUSE = timedelta(minutes=10)
# The last of them comes four minutes after the first.
MOST_FAILURES = 8

task_table = Table(
    "task",
    metadata,
    Column("tenant", TENANT, primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("subject", ID, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_until", Instant),
    Column("done_at", Instant),
    Column("error", Text),
)
Index(
    "ix_task_open",
    task_table.c.due_at,
    sqlite_where=task_table.c.done_at.is_(None),
    postgresql_where=task_table.c.done_at.is_(None),
)
Index(
    "ix_task_done",
    task_table.c.done_at,
    sqlite_where=task_table.c.done_at.is_not(None),
    postgresql_where=task_table.c.done_at.is_not(None),
)

_now = bindparam("b_now", type_=Instant)
# Built once: they are asked several times a second, mostly for nothing.
_DUE = (
    select(task_table)
    .where(
        task_table.c.done_at.is_(None),
        task_table.c.due_at <= _now,
        task_table.c.claimed_until.is_(None) | (task_table.c.claimed_until < _now),
        task_table.c.kind.in_(bindparam("b_kinds", expanding=True)),
    )
    .order_by(task_table.c.due_at, task_table.c.id)
    .limit(1)
)
_DUE_AND_FREE = _DUE.with_for_update(skip_locked=True)

Handler = Callable[[Core, Context, str], None]
# Says of what a task is about that it was given up, and why.
Ending = Callable[[Core, Context, str, str], None]
Chore = Callable[[Core], Any]
CHORES_EVERY = timedelta(minutes=10)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed piece of work: its kind, the identifier of what it is about, and which attempt at it this is."""

    id: str
    kind: str
    subject: str
    context: Context
    attempts: int


def enqueue(work: Work, kind: str, subject: str, *, due_at: datetime | None = None) -> None:
    """Ask for work in the running transaction: it is done once that has committed, at `due_at` or at once."""
    row = {
        "tenant": work.context.tenant,
        "id": new_id(),
        "kind": kind,
        "subject": subject,
        "correlation_id": work.context.correlation_id,
        "actor": work.context.actor,
        "created_at": work.now,
        "due_at": due_at or work.now,
        "attempts": 0,
    }
    work.connection.execute(insert(task_table), row)


def forget_done(core: Core) -> int:
    """Remove tasks of all brands that were done longer ago than events are kept; return how many."""
    before = core.clock.now() - timedelta(seconds=core.settings.event_retention)
    return remove_older(core.database, task_table, task_table.c.done_at, before)


def failing(reading: Reading) -> Sequence[Any]:
    """Return the rows of tasks that are tried again since they have failed, oldest first."""
    table = task_table
    mine = (table.c.tenant == reading.context.tenant) & table.c.done_at.is_(None) & table.c.error.is_not(None)
    return reading.connection.execute(select(table).where(mine).order_by(table.c.created_at, table.c.id)).all()


class Worker:
    """Runs the tasks of an opened system, one after the other; start as many as wanted, in any process."""

    def __init__(
        self,
        core: Core,
        handlers: Mapping[str, Handler],
        *,
        endings: Mapping[str, Ending] = MappingProxyType({}),
        chores: Sequence[Chore] = (),
        pause: float = 0.1,
    ) -> None:
        self.core = core
        self.handlers = handlers
        self.endings = endings
        self.chores = chores
        self.pause = pause
        self._chores_at = core.clock.now()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run in a thread of this process until `stop`."""
        self._thread = threading.Thread(target=self._loop, name="tasks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the task at hand and end."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=10)

    def run_due(self) -> int:
        """Run what is due until nothing is; return how many tasks were run."""
        count = 0
        while not self._stop.is_set() and (task := self._claim()):
            self._run(task)
            count += 1
        return count

    def do_chores(self) -> None:
        """Do what is done every ten minutes, whether anybody asked for something or not; at once for the first time.

        Several processes may do it at the same time.
        """
        now = self.core.clock.now()
        if now < self._chores_at:
            return
        self._chores_at = now + CHORES_EVERY
        for chore in self.chores:
            chore(self.core)

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                self.do_chores()
                self.run_due()
            except Exception:
                log.exception("tasks.interrupted")
            self._stop.wait(self.pause)

    def _claim(self) -> Task | None:
        now = self.core.clock.now()
        asked = {"b_now": now, "b_kinds": [*self.handlers]}
        with self.core.database.reading() as connection:
            if connection.execute(_DUE, asked).first() is None:
                return None
        with self.core.database.writing() as connection:
            row = connection.execute(_DUE_AND_FREE, asked).first()
            if row is None:
                return None
            lease = timedelta(seconds=self.core.settings.task_lease)
            # What a process was killed in goes on: it has not failed.
            attempts = row.attempts + (row.claimed_until is None)
            claim = {"claimed_until": now + lease, "attempts": attempts}
            connection.execute(update(task_table).where(_is(row)).values(claim))
        context = Context(row.tenant, actor=row.actor, correlation_id=row.correlation_id)
        return Task(row.id, row.kind, row.subject, context, attempts)

    def _run(self, task: Task) -> None:
        try:
            with self._kept(task):
                self.handlers[task.kind](self.core, task.context, task.subject)
        except Exception as error:
            log.exception("task.failed", kind=task.kind, subject=task.subject, attempts=task.attempts)
            self._book_failure(task, error)
        else:
            self._book(task, {"done_at": self.core.clock.now(), "claimed_until": None, "error": None})

    def _book_failure(self, task: Task, error: Exception) -> None:
        now, booked = self.core.clock.now(), {"claimed_until": None, "error": repr(error)[:2000]}
        if task.kind in self.endings and task.attempts >= MOST_FAILURES:
            self.endings[task.kind](self.core, task.context, task.subject, _given_up(task, error))
            self._book(task, booked | {"done_at": now})
        else:
            # The power is bounded before it is taken: years of failures make numbers that no pause can be.
            pause = min(timedelta(seconds=2 ** min(task.attempts, 10)), LONGEST_PAUSE)
            self._book(task, booked | {"due_at": now + pause})

    @contextmanager
    def _kept(self, task: Task) -> Iterator[None]:
        """Renew the lease of a task as long as it runs."""
        over, lease = threading.Event(), self.core.settings.task_lease

        def renew() -> None:
            while not over.wait(lease / 3):
                try:
                    self._book(task, {"claimed_until": self.core.clock.now() + timedelta(seconds=lease)})
                except Exception:
                    log.exception("task.lease_not_renewed", kind=task.kind, subject=task.subject)

        renewal = threading.Thread(target=renew, name="task-lease", daemon=True)
        renewal.start()
        try:
            yield
        finally:
            over.set()
            renewal.join()

    def _book(self, task: Task, values: dict[str, Any]) -> None:
        with self.core.database.writing() as connection:
            table = task_table
            mine = (table.c.tenant == task.context.tenant) & (table.c.id == task.id)
            connection.execute(update(table).where(mine).values(values))


def _given_up(task: Task, error: Exception) -> str:
    """Return why a task was given up: what the database or a rule has said, if it has, and where to look."""
    said = error.reason if isinstance(error, BssError) else "our mistake"
    if isinstance(error, DBAPIError):
        # The rest of it is the statement, which says nothing to a caller.
        said = str(error.orig).strip().partition("\n")[0]
    logged = f"logged under the correlation id {task.context.correlation_id}"
    return f"given up after {task.attempts} attempts: {said} ({logged})"


def _is(row: Any) -> Any:
    return (task_table.c.tenant == row.tenant) & (task_table.c.id == row.id)
