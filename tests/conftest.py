"""What every test may ask for: a database of each kind, the opened core, a caller, a clock."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import structlog
from sqlalchemy import text

from core.clock import FixedClock
from core.context import Context
from core.domains import open_core
from core.service import Core
from core.settings import Settings

pytest_plugins = ["tests.databases"]

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)

# How fast examples are made says something about the machine, nothing about the suite.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def settings_of_the_machine_are_out_of_sight(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the developer's BSS_* variables and bss.toml out of the tests, and proxies out of calls to this machine."""
    for name in [name for name in os.environ if name.startswith("BSS_") and not name.startswith("BSS_TEST_")]:
        del os.environ[name]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
    empty = tmp_path_factory.mktemp("settings") / "bss.toml"
    empty.touch()
    os.environ["BSS_CONFIG"] = str(empty)


@pytest.fixture
def logs_are_as_before() -> Iterator[None]:
    """Give the logging set-up back as it was, for tests of what configures it."""
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings with a database of its own, migrated and empty, and an exchange folder."""
    folder = tmp_path / "exchange"
    folder.mkdir()
    return Settings(database_url=database_url, exchange_folder=folder)


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at noon, 15 January 2026, until the test moves it."""
    return FixedClock(NOON)


@pytest.fixture
def context() -> Context:
    """A caller of the default brand."""
    return Context(tenant="default", actor="test", correlation_id="test-correlation")


@pytest.fixture
def core(settings: Settings, clock: FixedClock) -> Iterator[Core]:
    """The opened core over an empty database, once on SQLite and once on PostgreSQL."""
    core = open_core(settings, clock)
    yield core
    core.dispose()


@pytest.fixture
def one_customer_a_name(core: Core) -> Iterator[None]:
    """Let the database refuse a second customer of a name, which no rule of ours does beforehand."""
    with core.database.writing() as connection:
        connection.execute(text("CREATE UNIQUE INDEX one_customer_a_name ON customer (name)"))
    yield
    with core.database.writing() as connection:
        connection.execute(text("DROP INDEX one_customer_a_name"))
