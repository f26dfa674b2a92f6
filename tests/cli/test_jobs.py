"""The commands that work on stored data: what they print, and that repeating them does nothing more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cli import exits
from core.clock import SystemClock
from core.period import month_of
from core.settings import Settings
from tests.cli.conftest import Bss


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that were served with, instead of serving."""
    calls: list[Settings] = []
    monkeypatch.setattr("cli.run.serve_until_stopped", calls.append)
    monkeypatch.setattr("cli.run.refuse_taken_port", lambda _settings: None)
    return calls


@pytest.fixture
def demos(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that a demo was loaded with, instead of loading it."""
    calls: list[Settings] = []
    monkeypatch.setattr("cli.run.load_demo", calls.append)
    return calls


def test_run_makes_what_is_missing_and_serves(
    bss: Bss, tmp_path: Path, served: list[Settings], demos: list[Settings]
) -> None:
    result = bss("run", "--port", "8099")
    assert result.exit_code == exits.OK
    steps = ("Looking at the database.", "was empty and is now at revision", "loading the demo", "Starting the server.")
    places = [result.output.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    assert (tmp_path / "exchange").is_dir()
    assert [settings.port for settings in served] == [8099]
    assert len(demos) == 1


def test_run_loads_the_demo_only_into_a_new_database(bss: Bss, served: list[Settings], demos: list[Settings]) -> None:
    bss("migrate")
    bss("demo", "--subscribers", "1", "--days", "1")
    result = bss("run")
    assert demos == []
    assert "customer-0001" in result.output
    assert len(served) == 1


def test_run_leaves_the_demo_out_when_told(bss: Bss, served: list[Settings], demos: list[Settings]) -> None:
    assert bss("run", "--no-demo").exit_code == exits.OK
    assert (len(served), len(demos)) == (1, 0)


def test_bill_run_bills_what_is_due_once(bss: Bss) -> None:
    bss("migrate")
    bss("demo", "--subscribers", "2", "--days", "1")
    assert "No bill is due" in bss("bill-run", "--as-of", "2020-01-01").output
    soon = f"{SystemClock().now() + timedelta(days=62):%Y-%m-%d}"
    made = bss("bill-run", "--as-of", soon, "--force")
    assert made.exit_code == exits.OK
    assert f"bills made as of {soon}" in made.output
    assert "No bill is due" in bss("bill-run", "--as-of", soon, "--force").output


def test_a_day_far_ahead_is_billed_only_if_it_is_meant(bss: Bss) -> None:
    bss("migrate")
    bss("demo", "--subscribers", "1", "--days", "1")
    today = SystemClock().now()
    refused = bss("bill-run", "--as-of", f"{today + timedelta(days=40):%Y-%m-%d}")
    assert refused.exit_code == exits.WRONG_USAGE
    assert "--force" in refused.output
    assert "1 bill made" in bss("bill-run", "--as-of", f"{month_of(today).end:%Y-%m-%d}").output


def test_a_date_that_is_none_is_wrong_usage(bss: Bss) -> None:
    assert bss("bill-run", "--as-of", "soon").exit_code == exits.WRONG_USAGE


def test_without_anything_waiting_rating_and_relaying_have_nothing_to_do(bss: Bss) -> None:
    bss("migrate")
    assert "nothing to do" in bss("rate").output
    assert "0 notifications taken" in bss("relay", "--once").output
