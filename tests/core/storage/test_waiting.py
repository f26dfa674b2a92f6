"""A database that somebody else has locked: a transaction waits for it as long as the settings say, and no longer."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from core.context import Context
from core.domains import open_core
from core.errors import Unavailable
from core.service import Core, Work
from core.settings import Settings
from tests.builders.customer import a_customer


@pytest.fixture
def impatient(sqlite_url: str) -> Iterator[Core]:
    """A core on SQLite that waits half a second."""
    core = open_core(Settings(database_url=sqlite_url, database_busy_timeout=0.5))
    yield core
    core.dispose()


def create_customer(work: Work) -> None:
    work.create("Customer", a_customer())


def test_a_transaction_waits_once_for_another_process(impatient: Core, context: Context) -> None:
    other = sqlite3.connect(str(impatient.database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    attempts: list[object] = []
    event.listen(impatient.database.writer.pool, "checkout", lambda *_: attempts.append(1))
    begun = time.monotonic()
    with pytest.raises(OperationalError, match="locked"):
        impatient.run(context, create_customer)
    assert time.monotonic() - begun >= 0.5
    assert len(attempts) == 1
    other.close()
    impatient.run(context, create_customer)


def test_a_transaction_waits_no_longer_for_another_thread(impatient: Core, context: Context) -> None:
    refused: list[Exception] = []

    def wait() -> None:
        try:
            impatient.run(context, create_customer)
        except Unavailable as error:
            refused.append(error)

    with impatient.database.writing():
        waiting = threading.Thread(target=wait, daemon=True)
        waiting.start()
        waiting.join(timeout=60)
    assert len(refused) == 1
    impatient.run(context, create_customer)
