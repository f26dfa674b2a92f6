"""Every benchmark runs as its first lines say, here on little, and sets what it measures beside a baseline."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = {
    "account_key": ("--rows", "2000", "--accounts", "20"),
    "events": ("--events", "40"),
    "http": ("--seconds", "0.3", "--resources", "200", "--database", "SQLite"),
    "main_job": ("--subscribers", "4", "--usages", "3"),
    "queries": ("--customers", "500", "--requests", "3"),
}
# What each prints of what it compares: times, a share of a baseline, or both layouts.
COMPARED = {
    "account_key": r"by_month: 2000 rows",
    "events": r"relay, 1 process\(es\), SQLite .* [0-9.]+ of baseline",
    "http": r"(?m)^list of 20 .* [0-9.]+   400 /s, v4 0\.75, 10 x$",
    "main_job": r"bills, their usage marked as billed .* [0-9.]+ of baseline",
    "queries": r"sorted by an indexed attribute .* p95 +[0-9.]+ ms +p50 +[0-9.]+ x",
}


def test_all_benchmarks_are_tried() -> None:
    # Those that take arguments; others are servers to compare with, and parts.
    runnable = {file.stem for file in (ROOT / "benchmarks").glob("*.py") if "add_argument" in file.read_text()}
    assert SMALL.keys() == COMPARED.keys() == runnable


@pytest.mark.parametrize("name", SMALL)
def test_a_benchmark_runs_to_its_end_and_compares(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *SMALL[name]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(COMPARED[name], done.stdout), done.stdout
