"""A shell for the command `bss`: its own working directory, an empty database there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app

Bss = Callable[..., Result]


@pytest.fixture
def bss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logs_are_as_before: None) -> Bss:
    """Runs `bss` with some arguments in a directory of its own; the database there doesn't exist yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BSS_CONFIG")
    monkeypatch.setenv("COLUMNS", "200")
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, arguments, catch_exceptions=False)
