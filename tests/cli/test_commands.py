"""The command `bss` explains itself, starts quickly, and ends with the code that its help promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import validate

from cli import exits
from tests.cli.conftest import Bss

HEAVY = ("sqlalchemy", "alembic", "pydantic", "connexion", "uvicorn", "yaml", "requests", "typst")


def test_help_names_every_command_and_the_exit_codes(bss: Bss) -> None:
    result = bss("--help")
    assert result.exit_code == exits.OK
    for word in ("serve", "migrate", "spec", "doctor", "reindex", "settings", "Exit codes"):
        assert word in result.output


def test_help_loads_nothing_heavy() -> None:
    program = f"import cli.main, sys; print([name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_an_unknown_command_is_wrong_usage(bss: Bss) -> None:
    assert bss("brew-coffee").exit_code == exits.WRONG_USAGE


def test_migrate_makes_the_database_once(bss: Bss) -> None:
    due = bss("migrate", "--check")
    assert due.exit_code == exits.NOT_READY
    assert "is empty" in due.output
    assert "was empty" in bss("migrate").output
    assert "nothing to do" in bss("migrate").output
    assert bss("migrate", "--check").exit_code == exits.OK


@pytest.mark.parametrize("command", [["serve"], ["reindex"]])
def test_a_command_that_needs_the_database_asks_for_the_migration(bss: Bss, command: list[str]) -> None:
    result = bss(*command)
    assert result.exit_code == exits.NOT_READY
    assert "run `bss migrate`" in result.output


def test_reindex_says_what_it_did(bss: Bss) -> None:
    bss("migrate")
    assert "The derived columns of 0 resources have been made anew." in bss("reindex").output


def test_spec_prints_a_valid_document(bss: Bss) -> None:
    document = json.loads(bss("spec", "tmf622", "--version", "5").stdout)
    validate(document)
    assert document["info"]["title"] == "Product Ordering"
    assert yaml.safe_load(bss("spec", "tmf622", "--version", "v5", "--format", "yaml").stdout) == document
    assert json.loads(bss("spec", "TMF622").stdout) == document


def test_spec_without_an_api_lists_what_there_is(bss: Bss) -> None:
    assert "tmf622 v5  Product Ordering" in bss("spec").output


def test_an_unknown_specification_is_refused_with_what_there_is(bss: Bss) -> None:
    result = bss("spec", "tmf999")
    assert result.exit_code == exits.WRONG_USAGE
    assert "tmf622 v5" in result.output


def test_settings_shows_what_is_in_force_without_the_password(bss: Bss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSS_DATABASE_URL", "postgresql://me:secret@db.example/bss")
    monkeypatch.setenv("BSS_BRAND_NAME", "Chirp Mobile")
    output = bss("settings").output
    assert "Chirp Mobile" in output
    assert "secret" not in output


def test_settings_go_into_a_pipe_whole(bss: Bss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    url = f"sqlite:///{'long' * 50}.db"
    monkeypatch.setenv("BSS_DATABASE_URL", url)
    rows = [line.split("\t") for line in bss("settings").output.splitlines()]
    assert {len(row) for row in rows} == {3}
    assert [row[1] for row in rows if row[0] == "database_url"] == [url]


def test_a_wrong_setting_is_named_and_is_wrong_usage(bss: Bss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSS_MAX_LIMIT", "many")
    result = bss("migrate")
    assert result.exit_code == exits.WRONG_USAGE
    assert "max_limit" in result.output


@pytest.mark.parametrize("command", ["doctor", "migrate", "run", "serve", "rate", "settings"])
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "is no address of a database"),
        ("postgresql://me:secret@db.example:port/bss", "is no address of a database"),
        ("mysql://me:secret@db.example/bss", "mysql is no database that the suite runs on"),
        ("postgresql+asyncpg://me:secret@db.example/bss", "postgresql+asyncpg is no database"),
        ("sqlite:///", "names no file"),
        ("sqlite://", "names no file"),
    ],
)
def test_an_address_that_leads_to_no_database_is_wrong_usage(
    bss: Bss, monkeypatch: pytest.MonkeyPatch, command: str, address: str, words: str
) -> None:
    monkeypatch.setenv("BSS_DATABASE_URL", address)
    result = bss(command)
    assert result.exit_code == exits.WRONG_USAGE
    assert f"database_url: {words}" in result.output
    assert "sqlite:///FILE" in result.output
    assert "secret" not in result.output


def test_a_list_that_is_no_json_is_wrong_usage_with_an_example(bss: Bss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSS_CALLBACK_NETWORKS", "10.20.0.0/16")
    result = bss("settings")
    assert result.exit_code == exits.WRONG_USAGE
    assert "BSS_CALLBACK_NETWORKS is no JSON" in result.output
    monkeypatch.setenv("BSS_CALLBACK_NETWORKS", '["10.20.0.0/16"]')
    assert bss("settings").exit_code == exits.OK


def test_a_name_in_the_file_that_is_no_setting_is_wrong_usage(bss: Bss, tmp_path: Path) -> None:
    (tmp_path / "bss.toml").write_text("prot = 8081\n")
    result = bss("migrate")
    assert result.exit_code == exits.WRONG_USAGE
    assert "prot: there is no such setting" in result.output


def test_an_unreachable_database_is_said_in_a_sentence(bss: Bss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSS_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/bss")
    result = bss("migrate")
    assert result.exit_code == exits.FAILED
    assert "can't be used" in result.output
    assert "secret" not in result.output
