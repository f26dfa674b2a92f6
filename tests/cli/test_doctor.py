"""`bss doctor` finds what is wrong and says what to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cli import checks, exits
from cli.session import load_settings
from core.clock import SystemClock
from core.context import Context
from core.domains import open_core
from core.events.outbox import Event, append, rows_of
from core.storage.database import Database
from core.tasks import Worker, enqueue
from tests.builders.catalog import a_price, an_offering
from tests.cli.conftest import Bss


@pytest.fixture(autouse=True)
def specifications_are_checked_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the slow check of the specifications to the test of a whole installation."""
    if "fresh_installation" not in request.node.name:
        monkeypatch.setattr(checks, "CHECKS", tuple(c for c in checks.CHECKS if c is not checks.check_specifications))


def test_a_fresh_installation_is_in_order(bss: Bss, tmp_path: Path) -> None:
    bss("migrate")
    (tmp_path / "exchange").mkdir()
    result = bss("doctor")
    assert result.exit_code == exits.OK
    assert "tmf622 v5" in result.output
    assert "✘" not in result.output
    assert "!" not in result.output


def test_looking_makes_no_database(bss: Bss, tmp_path: Path) -> None:
    result = bss("doctor")
    assert result.exit_code == exits.FAILED
    assert f"there is no file {tmp_path / 'bss.db'}" in result.output.replace("\n", "")
    assert not (tmp_path / "bss.db").exists()


def test_a_database_that_is_no_database_is_found(bss: Bss, tmp_path: Path) -> None:
    (tmp_path / "bss.db").write_bytes(b"this was once a database, then a disk failed" * 100)
    result = bss("doctor")
    assert result.exit_code == exits.FAILED
    assert "file is not a database" in result.output


def test_events_from_the_future_mean_that_the_clock_is_wrong(bss: Bss) -> None:
    bss("migrate")
    tomorrow = SystemClock().now() + timedelta(days=1)
    database = Database("sqlite:///bss.db")
    with database.writing() as connection:
        append(connection, rows_of(Context("default"), [Event("Customer", "c1", 1, "Create", {})], tomorrow))
    database.dispose()
    result = bss("doctor")
    assert result.exit_code == exits.FAILED
    assert "✘ clock" in result.output


def test_a_misspelt_variable_is_pointed_out(bss: Bss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSS_PROT", "8081")
    assert "BSS_PROT: no such setting" in bss("doctor").output


def test_an_exchange_folder_that_is_missing_is_no_fault_where_it_can_be_made(
    bss: Bss, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "✔ exchange folder  " in (missing := bss("doctor").output)
    assert "exchange doesn't exist yet; the first export job makes it" in missing
    (tmp_path / "file").touch()
    monkeypatch.setenv("BSS_EXCHANGE_FOLDER", "file")
    assert "✘ exchange folder" in bss("doctor").output


def test_the_server_on_postgresql_is_looked_at_too(
    bss: Bss, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BSS_DATABASE_URL", postgresql_url)
    result = bss("doctor")
    assert result.exit_code == exits.OK
    assert "PostgreSQL 18" in result.output
    assert "seconds from the database server's" in result.output


@pytest.mark.parametrize("command", [["doctor"], ["migrate"], ["migrate", "--check"], ["serve"], ["reindex"]])
def test_a_postgresql_that_is_too_old_is_refused(
    bss: Bss, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("BSS_DATABASE_URL", postgresql_url)
    monkeypatch.setattr("core.storage.database.OLDEST_POSTGRESQL", 19)
    result = bss(*command)
    assert result.exit_code == exits.FAILED
    assert "can't be used: it is PostgreSQL 18, and the suite needs 19 or newer" in result.output


def test_prices_that_orders_leave_out_are_listed(bss: Bss) -> None:
    bss("migrate")
    made = [
        a_price(id="fee"),
        a_price(id="monthly", lifecycleStatus="In study"),
        a_price(id="old", lifecycleStatus="Retired"),
    ]
    core = open_core(load_settings())
    with core.work(Context("default")) as work:
        for price in made:
            work.create("ProductOfferingPrice", price)
        for identifier, status in (("plan", "Launched"), ("next", "In design")):
            work.create("ProductOffering", an_offering(*made, id=identifier, lifecycleStatus=status))
    core.dispose()
    result = bss("doctor")
    assert result.exit_code == exits.OK
    assert [line for line in result.output.splitlines() if line.startswith("! price")] == [
        "! price            'monthly' is 'In study': whoever orders offering 'plan' is sold it without"
    ]


def test_what_is_only_doubtful_is_no_failure_and_takes_a_line_whatever_it_is_called(bss: Bss) -> None:
    bss("migrate")
    core = open_core(load_settings())
    with core.work(Context("default")) as work:
        price = work.create("ProductOfferingPrice", a_price(id="two\nlines", lifecycleStatus="In study"))
        work.create("ProductOffering", an_offering(price, id="plan\u2028\x1b", lifecycleStatus="Launched"))
    core.dispose()
    result = bss("doctor")
    assert result.exit_code == exits.OK
    assert "'two\\nlines' is 'In study': whoever orders offering 'plan\\u2028\\x1b' is" in result.output


def test_tasks_that_keep_failing_are_listed(bss: Bss) -> None:
    def fail(*_: object) -> None:
        raise KeyError("color")

    bss("migrate")
    core = open_core(load_settings())
    with core.work(Context("default")) as work:
        enqueue(work, "greet", "s1")
    assert "none that keeps failing" in bss("doctor").output
    Worker(core, {"greet": fail}).run_due()
    core.dispose()
    result = bss("doctor")
    assert result.exit_code == exits.OK
    assert "! task             greet of 's1' has failed (1 so far), at last by KeyError('color')" in result.output
